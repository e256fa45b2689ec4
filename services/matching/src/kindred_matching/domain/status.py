"""The engine in figures, for its page and its metrics."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from kindred_matching.domain.engine import Engine
from kindred_matching.domain.scoring import ALONE
from kindred_matching.domain.vocabulary import BIT, Reason


@dataclass(frozen=True, slots=True)
class Status:
    """Seats are those of the events on offer; ``value`` is the sum of the chosen weights; ``now`` the last tick."""

    customers: int
    events: int
    seats: int
    seats_fixed: int
    seats_chosen: int
    value: float
    now: datetime


def status_of(engine: Engine) -> Status:
    """How the engine stands after it has settled."""
    board, chosen = engine.board, engine.allocator.chosen
    live = board.events.live()
    rows = board.events.rows[live]
    taken = np.nonzero(chosen)
    option = np.where(chosen[taken] > 1, 1, ALONE)
    return Status(
        customers=len(engine.customers),
        events=len(live),
        seats=int(rows["seats"].sum()),
        seats_fixed=int(rows["held"].sum()),
        seats_chosen=int(chosen.sum(dtype=np.int64)),
        value=float(board.weight[(*taken, option)].sum()),
        now=engine.now,
    )


def refusals_by_reason(engine: Engine) -> Mapping[Reason, int]:
    """How many pairs with events that are not cancelled each reason refuses."""
    customers, events = engine.board.customers.in_order(), engine.board.events.shown()
    masks = engine.board.refused[np.ix_(customers, events)]
    return {reason: int(np.count_nonzero(masks & bit)) for reason, bit in BIT.items()}
