"""The engine in figures, for its page and its metrics."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from kindred_matching.domain.engine import Engine
from kindred_matching.domain.vocabulary import REFUSING, Reason


@dataclass(frozen=True, slots=True)
class Status:
    """Seats are those of the events on offer; ``now`` is the last tick.

    ``value`` is the sum of the chosen weights and ``bound`` what no allocation can exceed; both without what invitations has
    settled. ``gap`` is the share of what was left to choose that may have been missed.
    """

    customers: int
    events: int
    seats: int
    seats_fixed: int
    seats_chosen: int
    value: float
    bound: float
    gap: float
    now: datetime


def status_of(engine: Engine) -> Status:
    """How the engine stands after it has settled."""
    live = engine.table.live()
    rows, certificate = engine.table.rows[live], engine.allocation.certificate
    return Status(
        customers=len(engine.customers),
        events=len(live),
        seats=int(rows["seats"].sum()),
        seats_fixed=int(rows["held"].sum()),
        seats_chosen=int(engine.allocation.seats_taken().sum()),
        value=certificate.value,
        bound=certificate.bound,
        gap=certificate.gap,
        now=engine.now,
    )


def refusals_by_reason(engine: Engine) -> Mapping[Reason, int]:
    """How many pairs each reason refused when their customers were last assessed."""
    totals = engine.refused.sum(axis=0)
    return {reason: int(totals[place]) for place, reason in enumerate(REFUSING)}
