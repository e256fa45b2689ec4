"""What matching needs from its surroundings."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar
from uuid import UUID

from kindred_common.contracts.codec import Outgoing
from kindred_common.contracts.matching import CustomerMatches
from kindred_common.contracts.record import Cause
from kindred_matching.domain.exploration import Draw
from kindred_matching.domain.facts import Customer
from kindred_matching.domain.inputs import Input
from kindred_matching.domain.learning import Tally
from kindred_matching.domain.lens import Shifts
from kindred_matching.domain.rules import Rules
from kindred_matching.domain.state import Snapshot
from kindred_matching.domain.status import Status
from kindred_matching.domain.teaching import ModelInUse
from kindred_matching.domain.vocabulary import Reason
from kindred_matching.domain.wishes import Wish

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Caused:
    """An input and what led to it."""

    happening: Input
    cause: Cause


@dataclass(frozen=True, slots=True)
class Told:
    """A customer's matches as published, with the cause they carried."""

    record: CustomerMatches
    cause: Cause


@dataclass(frozen=True, slots=True)
class Report:
    """How the engine stands at a position of the journal, for those who only read."""

    position: int
    applied_at: datetime
    rules: Rules
    status: Status
    model: ModelInUse
    sweeping: bool


@dataclass(frozen=True, slots=True)
class EpochStarted:
    """A model epoch that began: who asked for it, what it shifts, and how well the one before had foretold."""

    number: int
    begun_at: datetime
    asked_by: str
    shifts: Shifts
    before: Tally


class Journal(Protocol):
    """The applied inputs in their order, with snapshots of what they led to."""

    async def lock(self) -> int:
        """Makes this transaction the only one that writes, and returns the last position.

        It fails when another writer has taken over: then nothing may be written, now or later.
        """
        ...

    async def during(self, work: Awaitable[T]) -> T:
        """The result of work that uses no store, however long it takes; the transaction stays alive as long as this process does."""
        ...

    async def append(self, after: int, batch: Sequence[Caused], at: datetime) -> None:
        """Adds one batch behind the position ``after``."""
        ...

    async def batches(self, after: int) -> list[list[Input]]:
        """The batches behind a position, in order."""
        ...

    async def latest_snapshot(self) -> tuple[int, Snapshot] | None:
        """The newest snapshot and the position at which it was taken."""
        ...

    async def keep_snapshot(self, position: int, taken: Snapshot, at: datetime) -> None:
        """Keeps a snapshot; what lies behind the one before is not needed any more and goes."""
        ...


class Projections(Protocol):
    """What others read: written in the transaction of the batch that made it true."""

    async def keep_keepers(self, customers: Sequence[Customer]) -> None:
        """Keeps whose customers these are."""
        ...

    async def forget_customers(self, customers: Sequence[UUID]) -> Sequence[UUID]:
        """Removes all rows of the customers; returns those of whom something had been published."""
        ...

    async def keep_events(self, events: Sequence[UUID]) -> None: ...

    async def forget_events(self, events: Sequence[UUID]) -> None: ...

    async def keep_matches(self, told: Sequence[Told]) -> frozenset[UUID]:
        """Keeps what differs from what was told before, apart from its time; returns whose it was."""
        ...

    async def keep_draws(self, draws: Sequence[Draw], at: datetime) -> None:
        """Keeps what was drawn by lot, whatever becomes of it."""
        ...

    async def report(self, report: Report) -> None: ...

    async def keep_epoch(self, epoch: EpochStarted) -> None: ...


class EpochRequests(Protocol):
    """Wishes for a model epoch, from processes that do not write."""

    async def ask(self, asked_by: str, at: datetime) -> None: ...

    async def take(self) -> str | None:
        """Takes all wishes away and tells who came first; None when there are none."""
        ...


@dataclass(frozen=True, slots=True)
class Heard:
    """A wish that the writer hears of; it ``stands``, or has ended."""

    wish: Wish
    stands: bool


class NewWishes(Protocol):
    """Account managers' wishes, from processes that do not write."""

    async def unheard(self, most: int) -> Sequence[Heard]:
        """What the writer has not heard, the oldest first; it has, once this transaction is over."""
        ...


@dataclass(frozen=True, slots=True)
class Stores:
    """The ports of one transaction; ``publish`` sends records when it commits."""

    journal: Journal
    projections: Projections
    requests: EpochRequests
    wishes: NewWishes
    publish: Callable[[Sequence[Outgoing]], Awaitable[object]]


class Observer(Protocol):
    """Hears what the matchmaker does, for its metrics."""

    def settled(self, seconds: float, touched: int, published: int, gap: float) -> None: ...

    def refused(self, pairs: Mapping[Reason, int]) -> None: ...

    def rematch_asked(self, reason: str) -> None: ...
