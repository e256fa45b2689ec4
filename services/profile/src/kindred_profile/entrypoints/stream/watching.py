"""Watches the facts of each customer go by and asks for a rematch when they show something together."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import cast
from uuid import UUID

from kindred_common.clock import Clock
from kindred_common.contracts.codec import RawRecord, decode
from kindred_common.contracts.envelope import MalformedRecord
from kindred_common.contracts.topics import Topic
from kindred_common.observability.logging import get_logger
from kindred_profile.application.facts_of_records import FactRecord, Stamp, facts_of
from kindred_profile.domain import bursts
from kindred_profile.domain.errors import WrongFact
from kindred_profile.domain.found import Found
from kindred_profile.domain.looking import look
from kindred_profile.domain.recent import RecentFacts

Ask = Callable[[Sequence[Found]], Awaitable[None]]
"""Enters requests, each once however often it is asked."""

_log = get_logger(__name__)


class Watcher:
    """The memory of the customers whose partitions this process has.

    It is lost with the process; what it would have found then, the sweep in the database finds.
    """

    def __init__(self, ask: Ask, clock: Clock) -> None:
        self._ask = ask
        self._clock = clock
        self._customers: dict[UUID, RecentFacts] = {}
        self._again: dict[UUID, datetime] = {}
        self._asked: dict[UUID, set[str]] = {}

    async def see(self, topic: Topic, raw: RawRecord) -> None:
        """Takes in one record; a record that breaks its contract is the consumer's business, not ours."""
        try:
            received = decode(topic, raw)
        except MalformedRecord:
            return
        stamp = Stamp(received.envelope.id, received.envelope.cause.correlation_id)
        try:
            facts = facts_of(cast("FactRecord", received.data), stamp)
        except WrongFact:
            return
        if facts:
            customer_id = facts[0].customer_id
            now = self._clock.now()
            memory = self._customers.setdefault(customer_id, RecentFacts())
            memory.add(facts, now)
            # However long ago its answers were given, a burst may grow while records are read: it is judged afterwards.
            await self._look(customer_id, now, but=bursts.REASON)
            self._again[customer_id] = now + bursts.QUIET

    async def look_again(self) -> None:
        """Looks at the customers of whom time alone may show something new."""
        now = self._clock.now()
        due = [customer_id for customer_id, moment in self._again.items() if moment <= now]
        for customer_id in due:
            await self._look(customer_id, now)

    async def _look(self, customer_id: UUID, now: datetime, *, but: str | None = None) -> None:
        seen = look(list(self._customers[customer_id].facts.values()), now)
        if seen.again_at is None:
            self._again.pop(customer_id, None)
        else:
            self._again[customer_id] = seen.again_at
        asked = self._asked.setdefault(customer_id, set())
        new = [f for f in seen.found if f.request not in asked and f.reason != but]
        if new:
            await self._ask(new)
            asked.update(found.request for found in new)
            _log.info("rematch asked", requests=len(new))
