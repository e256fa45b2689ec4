"""What can be asked of matching: answered from the projections alone, whether the writer runs or not."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from kindred_common.contracts.matching import CustomerMatches
from kindred_matching.domain.exploration import Draw
from kindred_matching.domain.learning import Tally
from kindred_matching.domain.lens import Shifts
from kindred_matching.domain.rules import Rules
from kindred_matching.domain.status import Status
from kindred_matching.domain.teaching import ModelInUse


@dataclass(frozen=True, slots=True)
class Guest:
    """A customer who is matched to an event."""

    customer_id: UUID
    seats: int
    score: float
    fixed: bool


@dataclass(frozen=True, slots=True)
class Keeper:
    """Whose customer somebody is."""

    account_manager_id: str | None
    team: str | None


@dataclass(frozen=True, slots=True)
class EngineReport:
    """How the writer stands; times are None before it first ran. ``sweeping``: not everybody has been scored anew yet."""

    epoch: int
    position: int
    applied_at: datetime | None
    rules: Rules
    status: Status
    model: ModelInUse
    sweeping: bool


@dataclass(frozen=True, slots=True)
class EpochReport:
    """A model epoch and how well it foretold; ``begun_at`` is None for the one that nobody began."""

    number: int
    begun_at: datetime | None
    asked_by: str | None
    shifts: Shifts
    tally: Tally


@dataclass(frozen=True, slots=True)
class DrawReport:
    """A pair that was drawn by lot; ``drawn_at`` is when."""

    draw: Draw
    drawn_at: datetime


@dataclass(frozen=True, slots=True)
class Sight:
    """Whose customers may be seen: all, or those of one account manager and some teams."""

    everyone: bool
    account_manager_id: str
    teams: frozenset[str]


class Readings(Protocol):
    """The projections, for reading."""

    async def keeper(self, customer_id: UUID) -> Keeper | None:
        """Whose customer it is; None when the customer is not known."""
        ...

    async def visible(self, customers: Collection[UUID], sight: Sight) -> frozenset[UUID]:
        """Those of the customers who are known and may be seen."""
        ...

    async def matches(self, customer_id: UUID) -> CustomerMatches | None: ...

    async def knows_event(self, event_id: UUID) -> bool: ...

    async def guests(
        self, event_id: UUID, sight: Sight, after: tuple[float, UUID] | None, limit: int
    ) -> Sequence[Guest]:
        """Guests behind a score and customer, by falling score."""
        ...

    async def engine(self) -> EngineReport: ...

    async def epochs(self, before: int | None, limit: int) -> Sequence[EpochReport]:
        """Model epochs before a number, the latest first; the present one with its tally so far."""
        ...

    async def draws(
        self, sight: Sight, after: tuple[str, UUID] | None, limit: int
    ) -> Sequence[DrawReport]:
        """What was drawn by lot for customers in sight: behind a week and customer, the latest weeks first."""
        ...


def age_seconds(report: EngineReport, now: datetime) -> float | None:
    """How long ago the engine last heard of anything, its clock included; None before it first did."""
    return None if report.applied_at is None else (now - report.applied_at).total_seconds()


def load(status: Status) -> float:
    """The share of the seats on offer that is given or proposed; above 1 when more were given than there are."""
    return (status.seats_fixed + status.seats_chosen) / status.seats if status.seats else 0.0
