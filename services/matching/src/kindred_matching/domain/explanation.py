"""Why a customer is, or is not, matched to one event."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

import numpy as np

from kindred_matching.domain.engine import Engine
from kindred_matching.domain.proposals import obstacles
from kindred_matching.domain.scoring import ABSENT, Contribution, Scores, score
from kindred_matching.domain.slots import Slot
from kindred_matching.domain.vocabulary import Reason, reasons_in


class Outcome(StrEnum):
    """What became of a pair."""

    FIXED = "fixed"
    CHOSEN = "chosen"
    CANDIDATE = "candidate"
    REFUSED = "refused"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Option:
    """One way to come: its score and what it is made of. ``score`` = ``value`` x ``probability`` x ``fit``.

    The contributions add up to ``log_odds``. ``probability`` is that of accepting, less sure than the log-odds alone would
    say, for what is not known of the customer's taste.
    """

    seats: int
    score: float
    log_odds: float
    probability: float
    fit: float
    value: float
    contributions: tuple[Contribution, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """The outcome for one pair; ``refusals`` refuse it, ``obstacles`` stand in the way of one that is allowed."""

    outcome: Outcome
    options: tuple[Option, ...]
    refusals: tuple[Reason, ...]
    obstacles: tuple[Reason, ...]


def explain(engine: Engine, customer_id: UUID, event_id: UUID, seats_left: int) -> Explanation:
    """Explains a pair of a customer and an event that the engine knows.

    The engine must know all events that the customer is matched to. ``seats_left`` are those that nobody was given or chosen
    for.
    """
    board = engine.board
    customer, event = board.customers.take(customer_id), board.events.slots.take(event_id)
    view = board.events.view([event])
    scores = score(engine.customers[customer_id], view, *engine.outlook(customer_id))
    outcome = _outcome(engine, customer, event)
    refused = outcome in (Outcome.REFUSED, Outcome.CANCELLED)
    return Explanation(
        outcome=outcome,
        options=tuple(
            _option(scores, option) for option in (0, 1) if scores.weight[0, option] > ABSENT
        ),
        refusals=reasons_in(int(board.refused[customer, event])) if refused else (),
        obstacles=_obstacles(engine, customer, event, seats_left)
        if outcome is Outcome.CANDIDATE
        else (),
    )


def _outcome(engine: Engine, customer: Slot, event: Slot) -> Outcome:
    board = engine.board
    if not board.events.rows["open"][event]:
        return Outcome.CANCELLED
    if board.fixed[customer, event]:
        return Outcome.FIXED
    if engine.allocator.chosen[customer, event]:
        return Outcome.CHOSEN
    return Outcome.REFUSED if board.refused[customer, event] else Outcome.CANDIDATE


def _option(scores: Scores, option: int) -> Option:
    return Option(
        seats=option + 1,
        score=float(scores.weight[0, option]),
        log_odds=float(scores.log_odds[0, option]),
        probability=float(scores.probability[0, option]),
        fit=float(scores.fit[0]),
        value=float(scores.value[0]),
        contributions=scores.contributions(0, option),
    )


def _obstacles(engine: Engine, customer: Slot, event: Slot, seats_left: int) -> tuple[Reason, ...]:
    board = engine.board
    left = np.full(board.shape[1], seats_left, dtype=np.int64)
    found = obstacles(board, engine.allocator.chosen, customer, left)
    return tuple(reason for reason, there in found if there[event])
