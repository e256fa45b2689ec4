"""How a customer stands with every event: what each option is worth, what refuses it, and what his commitments leave him."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, islice
from typing import NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from kindred_matching.domain.chance import is_held_out
from kindred_matching.domain.commitments import Commitment
from kindred_matching.domain.eligibility import Masks, companion_refused, refusals
from kindred_matching.domain.events import EventTable, EventView, seconds
from kindred_matching.domain.exact import Floats, quantise
from kindred_matching.domain.facts import Customer
from kindred_matching.domain.hospitality import charges
from kindred_matching.domain.lens import Outlook
from kindred_matching.domain.pairs import Pairs, Standing
from kindred_matching.domain.people import People
from kindred_matching.domain.rules import Rules
from kindred_matching.domain.scoring import ABSENT, ACCOMPANIED, Scores, score
from kindred_matching.domain.slots import Places, Slot
from kindred_matching.domain.travel import Bools
from kindred_matching.domain.vocabulary import BIT
from kindred_matching.domain.weighing import Block, Scale
from kindred_matching.domain.wishes import PREFERRED, Wish, WishKind

Seats = NDArray[np.uint8]
Cents = NDArray[np.int64]
Commitments = Mapping[UUID, Commitment]
"""One customer's commitments by event."""

PAIRS_AT_ONCE = 32_768
"""So many pairs are weighed together that their arrays stay in the processor's cache."""

_BITS = [np.uint16(bit) for bit in BIT.values()]


class Dossier(NamedTuple):
    """What is known of one customer: facts, how he is seen, what is settled for him and what is wished, each by event."""

    customer: Customer
    outlook: Outlook
    commitments: Commitments
    wishes: Mapping[UUID, Wish]


@dataclass(frozen=True, slots=True)
class Assessment:
    """One customer against the events of ``view``; arrays have a row for each of them.

    ``weight`` has a column for coming alone and one for coming in company, ``ABSENT`` where there is no such option. ``refused``
    holds the reasons that refuse a pair. ``fixed`` are the seats of pairs that invitations has settled, ``busy`` marks what
    clashes with one of these. ``cap`` is how many more invitations the customer may get, ``room`` the cents of hospitality
    left in each year.
    """

    customer: Customer
    outlook: Outlook
    view: EventView
    weight: Floats
    refused: Masks
    fixed: Seats
    busy: Bools
    cap: int
    room: Cents

    @property
    def open(self) -> Bools:
        """The options that may be chosen, in the shape of ``weight``."""
        barred = (self.refused != 0) | (self.fixed != 0) | self.busy | ~self.view.rows["live"]
        found: Bools = (self.weight > 0.0) & ~barred[:, None]
        return found

    def refused_by_reason(self) -> list[int]:
        """How many of the events each refusing reason refuses, in the order of the reasons."""
        return [int(np.count_nonzero(self.refused & bit)) for bit in _BITS]

    def scores(self, rows: Sequence[int]) -> Scores:
        """What the weights of some rows are made of, whatever is refused or preferred."""
        chosen = self.view.only(np.array(rows, dtype=np.int64))
        return score(self.customer, chosen, *self.outlook)


@dataclass(frozen=True, slots=True)
class Assessor:
    """Assesses customers at one moment, under one set of rules; about so many pairs are weighed together."""

    events: EventTable
    rules: Rules
    now: datetime
    pairs_at_once: int = PAIRS_AT_ONCE

    def assess(self, dossier: Dossier, view: EventView) -> Assessment:
        """How the customer stands with the events of the view; refused pairs have a weight too."""
        return self._assessed([dossier], Scale(view, dossier.outlook.lens), view, refused_too=True)[
            0
        ]

    def assess_all(
        self, dossiers: Iterable[Dossier], view: EventView, *, refused_too: bool = False
    ) -> Iterator[Assessment]:
        """How many customers stand with the events, weighed together; refused pairs are ``ABSENT``, unless they are asked for too."""
        together = max(1, self.pairs_at_once // max(1, len(view)))
        for _, alike in groupby(dossiers, key=lambda dossier: id(dossier.outlook.lens)):
            scale = None
            while block := list(islice(alike, together)):
                scale = scale or Scale(view, block[0].outlook.lens)
                yield from self._assessed(block, scale, view, refused_too=refused_too)

    def _assessed(
        self, dossiers: Sequence[Dossier], scale: Scale, view: EventView, *, refused_too: bool
    ) -> list[Assessment]:
        settled = self._settled(dossiers)
        customers = [dossier.customer for dossier in dossiers]
        people = People.of(customers, view.theme_numbers, view.language_numbers)
        standing = Standing(
            declined=settled.declined[:, view.places],
            excluded=settled.excluded[:, view.places],
            preferred=settled.preferred[:, view.places],
            room=settled.room[:, view.rows["year"]],
            held_out=self._held_out(customers),
        )
        pairs = Pairs.of(people, view, standing, seconds(self.now))
        refused = refusals(pairs)
        wanted = np.ones_like(refused, dtype=np.bool_) if refused_too else refused == 0
        block = Block(customers, [dossier.outlook.lessons for dossier in dossiers])
        weight = scale.weights(block, pairs, wanted)
        weight[companion_refused(pairs), ACCOMPANIED] = ABSENT
        if standing.preferred.any():
            raised = standing.preferred[:, :, None] & (weight > 0.0)
            weight[raised] = quantise(PREFERRED * weight[raised])
        fixed, busy = settled.fixed[:, view.places], settled.busy[:, view.places]
        return [
            Assessment(
                dossier.customer,
                dossier.outlook,
                view,
                weight[row],
                refused[row],
                fixed[row],
                busy[row],
                settled.cap[row],
                settled.room[row],
            )
            for row, dossier in enumerate(dossiers)
        ]

    def _held_out(self, customers: Sequence[Customer]) -> Bools:
        share = self.rules.hold_out
        return np.array([[share > 0.0 and is_held_out(c.id, share)] for c in customers])

    def _settled(self, dossiers: Sequence[Dossier]) -> "_Settled":
        """What invitations and wishes say, by place; most customers have few of either."""
        settled = _Settled.nothing(len(dossiers), self.events, self.rules)
        for row, dossier in enumerate(dossiers):
            if commitments := dossier.commitments:
                declined = (e for e, c in commitments.items() if not c.fixed)
                settled.declined[row, self.places_of(declined)] = True
                settled.fixed[row] = self._fixed(commitments)
                settled.busy[row] = self._busy(commitments)
                settled.room[row] = self._room(commitments)
                settled.cap[row] = self.invitations_left(commitments)
            if wishes := dossier.wishes:
                for kind, marked in settled.wished:
                    named = (e for e, wish in wishes.items() if wish.kind is kind)
                    marked[row, self.places_of(named)] = True
        return settled

    def places_of(self, events: Iterable[UUID]) -> Places:
        """The places of those of the events that have one."""
        found = (self.events.slots.find(event) for event in events)
        return np.array([place for place in found if place is not None], dtype=np.int64)

    def invitations_left(self, commitments: Commitments) -> int:
        """How many more invitations the customer may get: those for events to come count, declined ones too."""
        used = 0
        for commitment in commitments.values():
            place = self.events.slots.find(commitment.event_id)
            if commitment.counts_under_cap and not _called_off(self.events, place):
                used += starts_after(commitment, self.events, self.now)
        return max(0, self.rules.cap - used)

    def _room(self, commitments: Commitments) -> Cents:
        """The cents of hospitality that are left for the customer, by number of the year."""
        most = self.rules.hospitality_per_year
        room = np.full(max(1, len(self.events.years)), most, dtype=np.int64)
        for year, cents in charges(commitments.values(), self.events):
            room[year] -= cents
        return room

    def _busy(self, commitments: Commitments) -> Bools:
        """Where events clash with what the customer is committed to."""
        events, busy = self.events, np.zeros(self.events.capacity, dtype=np.bool_)
        for commitment in commitments.values():
            place = events.slots.find(commitment.event_id)
            if not commitment.fixed or _called_off(events, place):
                continue
            if place is not None:
                busy |= events.conflict[place]
            else:
                start, end = seconds(commitment.starts_at), seconds(commitment.ends_at)
                busy |= events.clashes_with(start, end)
        return busy

    def _fixed(self, commitments: Commitments) -> Seats:
        """The seats of each event that the customer was given."""
        seats = np.zeros(self.events.capacity, dtype=np.uint8)
        for event_id, commitment in commitments.items():
            place = self.events.slots.find(event_id)
            if place is not None and commitment.fixed:
                seats[place] = commitment.seats
        return seats


@dataclass(frozen=True, slots=True)
class _Settled:
    """What is settled and wished for customers (rows), by the places of events; each may be written to."""

    declined: Bools
    excluded: Bools
    preferred: Bools
    fixed: Seats
    busy: Bools
    room: Cents
    cap: list[int]

    @classmethod
    def nothing(cls, people: int, events: EventTable, rules: Rules) -> "_Settled":
        """For who was never invited, nor wished for."""
        shape = people, events.capacity
        return cls(
            declined=np.zeros(shape, dtype=np.bool_),
            excluded=np.zeros(shape, dtype=np.bool_),
            preferred=np.zeros(shape, dtype=np.bool_),
            fixed=np.zeros(shape, dtype=np.uint8),
            busy=np.zeros(shape, dtype=np.bool_),
            room=np.full((people, max(1, len(events.years))), rules.hospitality_per_year),
            cap=[max(0, rules.cap)] * people,
        )

    @property
    def wished(self) -> tuple[tuple[WishKind, Bools], ...]:
        """Where each kind of wish is marked that bears on weights and refusals."""
        return (WishKind.FORBID, self.excluded), (WishKind.PREFER, self.preferred)


def starts_after(commitment: Commitment, events: EventTable, moment: datetime) -> bool:
    """Whether the event of the commitment begins after ``moment``, by the catalogue when it is there."""
    place = events.slots.find(commitment.event_id)
    if place is None:
        return seconds(commitment.starts_at) > seconds(moment)
    return bool(events.rows["start"][place] > seconds(moment))


def _called_off(events: EventTable, place: Slot | None) -> bool:
    return place is not None and not events.rows["open"][place]
