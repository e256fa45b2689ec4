"""Why a customer is, or is not, matched to one event."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from kindred_matching.domain.assessment import Assessment
from kindred_matching.domain.engine import Engine
from kindred_matching.domain.flips import Flip, flips
from kindred_matching.domain.market.explaining import Obstacle, view_pair
from kindred_matching.domain.market.state import CLOSED
from kindred_matching.domain.parts import Contribution
from kindred_matching.domain.proposals import Sight
from kindred_matching.domain.scoring import ABSENT, ACCOMPANIED, ALONE
from kindred_matching.domain.vocabulary import Reason, reasons_in
from kindred_matching.domain.wishes import WishKind


class Outcome(StrEnum):
    """What became of a pair."""

    FIXED = "fixed"
    CHOSEN = "chosen"
    CANDIDATE = "candidate"
    REFUSED = "refused"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Option:
    """One way to come: its score and what it is made of. ``score`` = ``value`` x ``probability`` x ``fit``, more when preferred.

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
class Bid:
    """What the customer offers for a seat at the event, and what one costs, in units of score.

    Below ``bid`` he would take a seat; ``charges`` is what coming pays beside it for money that is short, his account's and the
    budget's. ``price`` is None where no seat is to be had. ``beside`` are the events of his that he cannot have beside this one.
    """

    bid: float
    price: float | None
    beside: tuple[UUID, ...]
    charges: float = 0.0


@dataclass(frozen=True, slots=True)
class Explanation:
    """The outcome for one pair; ``refusals`` refuse it, ``obstacles`` stand in the way of one that is allowed.

    ``bid`` is None where there is nothing to bid for. Each of the ``flips`` alone would make the outcome another. ``wish`` is what
    an account manager wishes for the pair, ``propensity`` the chance at which it was to be drawn, if it was drawn by lot.
    """

    outcome: Outcome
    options: tuple[Option, ...]
    refusals: tuple[Reason, ...]
    obstacles: tuple[Reason, ...]
    bid: Bid | None
    flips: tuple[Flip, ...]
    wish: WishKind | None = None
    propensity: float | None = None


@dataclass(frozen=True, slots=True)
class WhyPair:
    """Asks why the customer is, or is not, matched to the event; the answer is None when one of them is not known.

    ``turns`` tells whether to try what would turn the outcome too, on a copy of the market for each change.
    """

    customer_id: UUID
    event_id: UUID
    turns: bool = True

    def asked_of(self, engine: Engine) -> Explanation | None:
        if self.customer_id not in engine.customers or self.event_id not in engine.events:
            return None
        return explain(engine, self.customer_id, self.event_id, turns=self.turns)


def explain(
    engine: Engine, customer_id: UUID, event_id: UUID, *, turns: bool = True
) -> Explanation:
    """Explains a pair of a customer and an event that the engine knows, after it has settled."""
    sight = engine.sight(customer_id, engine.view())
    row, seen = sight.ids.index(event_id), sight.assessment
    outcome = _outcome(sight, row)
    refused = outcome in (Outcome.REFUSED, Outcome.CANCELLED)
    bids = outcome in (Outcome.CHOSEN, Outcome.CANDIDATE)
    return Explanation(
        outcome=outcome,
        options=tuple(_options(seen, row)),
        refusals=reasons_in(int(seen.refused[row])) if refused else (),
        obstacles=tuple(reason for reason, there in sight.obstacles() if there[row])
        if outcome is Outcome.CANDIDATE
        else (),
        bid=_bid(engine, customer_id, event_id) if bids else None,
        flips=flips(engine, customer_id, event_id) if turns else (),
        wish=_wish(engine, customer_id, event_id),
        propensity=sight.propensity(event_id),
    )


def _wish(engine: Engine, customer_id: UUID, event_id: UUID) -> WishKind | None:
    wish = engine.wishes.of(customer_id).get(event_id)
    return None if wish is None else wish.kind


def _bid(engine: Engine, customer_id: UUID, event_id: UUID) -> Bid | None:
    """What he offers for coming as well as he may; None where he may not at all."""
    market, slots = engine.allocation.market, engine.table.slots
    customer, event = engine.places.take(customer_id), slots.take(event_id)
    ways = [view_pair(market, customer, event, seats) for seats in (1, 2)]
    real = [way for way in ways if Obstacle.NOT_ELIGIBLE not in way.obstacles]
    if not real:
        return None
    best = max(real, key=lambda way: (way.chosen, way.bid))
    beside = tuple(slots.at(other) for other in best.beside)
    return Bid(best.bid, best.price if best.price < CLOSED else None, beside, best.charges)


def _outcome(sight: Sight, row: int) -> Outcome:
    seen = sight.assessment
    if not seen.view.rows["open"][row]:
        return Outcome.CANCELLED
    if seen.fixed[row]:
        return Outcome.FIXED
    if sight.seats[row]:
        return Outcome.CHOSEN
    return Outcome.REFUSED if seen.refused[row] else Outcome.CANDIDATE


def _options(seen: Assessment, row: int) -> Iterator[Option]:
    scores = seen.scores([row])
    for option in (ALONE, ACCOMPANIED):
        if scores.weight[0, option] > ABSENT:
            yield Option(
                seats=option + 1,
                score=float(max(scores.weight[0, option], seen.weight[row, option])),
                log_odds=float(scores.log_odds[0, option]),
                probability=float(scores.probability[0, option]),
                fit=float(scores.fit[0]),
                value=float(scores.value[0]),
                contributions=scores.contributions(0, option),
            )
