"""The loop that sends: messages are judged and claimed one after the other, several are on their way at once."""

import asyncio
import contextlib
from dataclasses import dataclass

from kindred_common.db.faults import is_transient
from kindred_common.observability.health import LoopHealth
from kindred_common.observability.logging import get_logger
from kindred_common.observability.metrics import Metrics
from kindred_outreach.application.prepare_message import Prepared
from kindred_outreach.domain.deliveries import Delivery
from kindred_outreach.domain.messages import State
from kindred_outreach.entrypoints.dispatch import Dispatch, TooOld
from kindred_outreach.entrypoints.wiring import OpenQueries

IDLE_SECONDS = 0.5
HOUSE_SECONDS = 5.0
REST_SECONDS = 5.0
AWAY_SECONDS = 1.0
OPEN_STATES = (State.WAITING, State.CLAIMED, State.HANDED_OVER, State.UNCERTAIN, State.TASK)

_log = get_logger(__name__)


@dataclass(slots=True)
class _Found:
    """What a look for work brought, and how long to wait before the next."""

    prepared: Prepared | None
    wait: float


class Sending:
    """Sends what is due for as long as it runs; ``at_once`` mails may be on their way."""

    def __init__(
        self,
        dispatch: Dispatch,
        open_queries: OpenQueries,
        at_once: int,
        metrics: Metrics,
        health: LoopHealth,
    ) -> None:
        self._dispatch = dispatch
        self._open_queries = open_queries
        self._places = asyncio.Semaphore(at_once)
        self._metrics = metrics
        self._health = health
        self._unreachable = False

    async def run(self, stop: asyncio.Event) -> None:
        """Sends until ``stop``, then lets what is on its way come to its end."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._keep_house(stop))
            while not stop.is_set():
                await self._places.acquire()
                found = await self._look()
                if found.prepared is None or found.prepared.mail is None:
                    self._places.release()
                else:
                    group.create_task(self._deliver(found.prepared))
                await _pause(stop, found.wait)

    async def _look(self) -> _Found:
        try:
            prepared = await self._dispatch.take()
        except TooOld:
            self._metrics.sending_held.set(1)
            self._health.set_ready(True)
            return _Found(None, IDLE_SECONDS)
        except Exception as error:
            if not is_transient(error):
                raise
            self._health.set_ready(False, "database is away")
            _log.warning("sending interrupted", error=type(error).__name__)
            return _Found(None, AWAY_SECONDS)
        self._metrics.sending_held.set(0)
        self._health.set_ready(True)
        wait = REST_SECONDS if self._unreachable else 0 if prepared else IDLE_SECONDS
        return _Found(prepared, wait)

    async def _deliver(self, prepared: Prepared) -> None:
        try:
            if prepared.mail is not None:
                delivery = await self._dispatch.deliver(prepared.message, prepared.mail)
                self._unreachable = delivery is Delivery.UNREACHABLE
        finally:
            self._places.release()

    async def _keep_house(self, stop: asyncio.Event) -> None:
        """Ticks, recovers what died senders left, and counts what is open."""
        while not stop.is_set():
            self._health.tick()
            try:
                while await self._dispatch.recover():
                    self._health.tick()
                await self._count_open()
            except Exception as error:
                if not is_transient(error):
                    raise
            await _pause(stop, HOUSE_SECONDS)

    async def _count_open(self) -> None:
        async with self._dispatch.transactions.begin() as transaction:
            counted = await self._open_queries(transaction).open_messages()
        for state in OPEN_STATES:
            self._metrics.messages_open.labels(state=state).set(counted.get(state, 0))


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    if seconds:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), seconds)
