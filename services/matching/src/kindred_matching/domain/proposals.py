"""What the matcher has to say about one customer: what it chose, what it ranked, what it cannot offer and why."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import tee
from typing import NamedTuple
from uuid import UUID

import numpy as np

from kindred_matching.domain.assessment import Assessment, Seats
from kindred_matching.domain.choices import Choice, Money
from kindred_matching.domain.events import EventTable, EventView
from kindred_matching.domain.exact import Floats
from kindred_matching.domain.exploration import Draw
from kindred_matching.domain.parts import Contribution
from kindred_matching.domain.scoring import ACCOMPANIED, ALONE
from kindred_matching.domain.slots import Places
from kindred_matching.domain.telling import Told, tell
from kindred_matching.domain.travel import Bools
from kindred_matching.domain.vocabulary import Reason, reasons_in

CANDIDATES = 16

REFUSALS = 64
"""So many refused events are told: those with the fewest reasons, of these the soonest. A large programme has hundreds for everybody."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """An event for the customer; ``fixed`` ones were settled by invitations.

    ``propensity`` is the chance at which it was to be drawn, None for what was chosen for its worth.
    """

    event_id: UUID
    seats: int
    score: float
    fixed: bool
    reasons: tuple[Contribution, ...]
    propensity: float | None = None


class Ranked(NamedTuple):
    """An event that was not chosen, and what stood in the way most."""

    event_id: UUID
    score: float
    not_chosen: Reason


class Refused(NamedTuple):
    """An event that the customer cannot be matched to, and every reason why."""

    event_id: UUID
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """All of it, for one customer; chosen by falling score, ranked by falling score less price.

    ``refused`` are those with the fewest reasons, in order of events; so many ``more_refused`` are there that are not told.
    """

    customer_id: UUID
    profile_version: int
    chosen: tuple[Chosen, ...]
    ranked: tuple[Ranked, ...]
    refused: tuple[Refused, ...]
    more_refused: int = 0


class Left(NamedTuple):
    """What nobody was given or chosen for: the seats of each event, by place, and money; and what a seat costs at each."""

    seats: Places
    money: Money
    price: Floats


@dataclass(frozen=True, slots=True)
class Sight:
    """One customer's part of the allocation: how he stands with each event of a view, and the ``seats`` chosen for him there.

    ``seats_left`` are those of each event that nobody was given or chosen for, at this ``price``; ``barred`` tells where his account stands in the
    way, ``unpaid`` where the budget does, ``short`` where money would be better spent elsewhere. ``table`` holds all events. ``draw``
    is what was drawn for him by lot.
    """

    assessment: Assessment
    table: EventTable
    seats: Seats
    seats_left: Places
    price: Floats
    barred: Bools
    unpaid: Bools
    short: Bools
    draw: Draw | None = None

    @classmethod
    def of(
        cls,
        assessment: Assessment,
        table: EventTable,
        choices: list[Choice],
        left: Left,
        barred: Bools,
        draw: Draw | None = None,
    ) -> "Sight":
        """What is seen of a customer with these choices; ``barred`` is what his account bars, by place."""
        seats = np.zeros(table.capacity, dtype=np.uint8)
        for choice in choices:
            seats[choice.event] = choice.seats
        places = assessment.view.places
        unpaid = assessment.view.rows["cost"] > left.money.left
        short, own, free = left.money.short[places], seats[places], left.seats[places]
        price = left.price[places]
        return cls(assessment, table, own, free, price, barred[places], unpaid, short, draw)

    @property
    def ids(self) -> list[UUID]:
        """The events of the view."""
        return self.table.slots.all_at(self.assessment.view.places)

    def id_of(self, row: int) -> UUID:
        """The event of a row of the view."""
        return self.table.slots.at(int(self.assessment.view.places[row]))

    def propensity(self, event_id: UUID) -> float | None:
        """The chance at which the event was to be drawn for the customer, if it was."""
        one = self.draw
        return one.propensity if one is not None and one.event_id == event_id else None

    def ids_of(self, rows: Places) -> list[UUID]:
        """The events of these rows."""
        return self.table.slots.all_at(self.assessment.view.places[rows])

    def taken(self) -> Places:
        """The rows of events on offer that the customer is matched to, chosen or fixed."""
        live = self.assessment.view.rows["live"]
        rows: Places = np.flatnonzero(((self.seats > 0) | (self.assessment.fixed > 0)) & live)
        return rows

    def candidates(self) -> Places:
        """The rows of events that the customer may come to but was not chosen for, those first that are worth most beyond the price."""
        seen = self.assessment
        allowed = (seen.refused == 0) & (seen.fixed == 0) & seen.view.rows["live"]
        rows = np.flatnonzero(allowed & (self.seats == 0))
        weight, price = seen.weight[rows], self.price[rows]
        beyond = np.maximum(weight[:, ALONE] - price, weight[:, ACCOMPANIED] - 2 * price)
        ranked: Places = rows[np.lexsort((-weight.max(axis=1), -beyond))]
        return ranked

    def obstacles(self) -> tuple[tuple[Reason, Bools], ...]:
        """For each event what stands in the way of adding it to the customer's matches, the most telling first.

        His own matches come before the seats: with a full diary more seats would not help him.
        """
        seen, own = self.assessment, self.seats.astype(np.int64)
        rows, places = seen.view.rows, seen.view.places
        clash = self.table.conflict[places[own > 0]][:, places].any(axis=0) | seen.busy
        spent = np.bincount(rows["year"], own * rows["cost"], minlength=len(seen.room))
        room = (seen.room - spent)[rows["year"]]
        full_diary = np.full(len(places), seen.cap - np.count_nonzero(own) < 1)
        return (
            (Reason.OVERLAP, clash),
            (Reason.CAP, full_diary),
            (Reason.HOSPITALITY, rows["cost"] > room),
            (Reason.ACCOUNT, self.barred),
            (Reason.SEATS, self.seats_left < 1),
            (Reason.BUDGET, self.unpaid),
        )


def describe(sights: Iterable[Sight], view: EventView, now: int) -> Iterator[Proposal]:
    """The proposals for customers who were assessed in this ``view``; ``now`` is in seconds."""
    first, again = tee(sights)
    told = tell(((sight.assessment, sight.taken()) for sight in first), view, now)
    for sight, pairs in zip(again, told, strict=True):
        yield _proposal(sight, pairs)


def _proposal(sight: Sight, told: Sequence[Told]) -> Proposal:
    seen = sight.assessment
    refused = np.flatnonzero((seen.refused != 0) & (seen.fixed == 0) & seen.view.rows["open"])
    nearest = _nearest(seen, refused)
    return Proposal(
        customer_id=seen.customer.id,
        profile_version=seen.customer.version,
        chosen=_chosen(sight, told),
        ranked=tuple(_ranked(sight, sight.candidates()[:CANDIDATES])),
        refused=tuple(
            map(Refused, sight.ids_of(nearest), map(reasons_in, seen.refused[nearest].tolist()))
        ),
        more_refused=len(refused) - len(nearest),
    )


def _nearest(seen: Assessment, refused: Places) -> Places:
    """Those of the refused rows that are told."""
    if len(refused) <= REFUSALS:
        return refused
    reasons = np.bitwise_count(seen.refused[refused])
    order = np.lexsort((seen.view.rows["start"][refused], reasons))
    nearest: Places = np.sort(refused[order[:REFUSALS]])
    return nearest


def _ranked(sight: Sight, rows: Places) -> Iterator[Ranked]:
    weight, found = sight.assessment.weight[rows].max(axis=1).tolist(), sight.obstacles()
    # Where nothing stands in the way the price does: others give more for the seats, or bring in more for the money.
    found = (*found, (Reason.BUDGET, sight.short))
    stands = [(reason, there[rows].tolist()) for reason, there in found]
    for place, event in enumerate(sight.ids_of(rows)):
        reason = next((reason for reason, there in stands if there[place]), Reason.SEATS)
        yield Ranked(event, weight[place], reason)


def _chosen(sight: Sight, told: Sequence[Told]) -> tuple[Chosen, ...]:
    seen, found = sight.assessment, []
    for pair in told:
        fixed = int(seen.fixed[pair.row])
        seats = fixed or int(sight.seats[pair.row])
        accompanied = seats > 1 and pair.weight[ACCOMPANIED] >= 0
        option = ACCOMPANIED if accompanied else ALONE
        # A fixed pair may be worth more in company than the customer could be offered anew.
        weight = pair.weight if fixed else seen.weight[pair.row].tolist()
        event_id = sight.id_of(pair.row)
        found.append(
            Chosen(
                event_id=event_id,
                seats=seats,
                score=weight[option],
                fixed=fixed > 0,
                reasons=pair.contributions(option),
                propensity=sight.propensity(event_id),
            )
        )
    return tuple(sorted(found, key=lambda match: (-match.score, match.event_id)))
