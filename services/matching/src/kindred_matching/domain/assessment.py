"""How a customer stands with every event: what each option is worth, what refuses it, and what his commitments leave him."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from kindred_matching.domain.commitments import Commitment
from kindred_matching.domain.eligibility import Masks, Standing, companion_refused, refusals
from kindred_matching.domain.events import EventTable, EventView, seconds
from kindred_matching.domain.exact import Floats, quantise
from kindred_matching.domain.facts import Customer
from kindred_matching.domain.lens import Outlook
from kindred_matching.domain.rules import Rules
from kindred_matching.domain.scoring import ABSENT, ACCOMPANIED, Scores, score
from kindred_matching.domain.slots import Places, Slot
from kindred_matching.domain.travel import Bools
from kindred_matching.domain.wishes import PREFERRED, Wish, WishKind

Seats = NDArray[np.uint8]
Cents = NDArray[np.int64]
Commitments = Mapping[UUID, Commitment]
"""One customer's commitments by event."""


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
    view: EventView
    scores: Scores
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


@dataclass(frozen=True, slots=True)
class Assessor:
    """Assesses customers at one moment, under one set of rules."""

    events: EventTable
    rules: Rules
    now: datetime

    def assess(self, dossier: Dossier, view: EventView) -> Assessment:
        """How the customer stands with the events of the view."""
        customer, commitments = dossier.customer, dossier.commitments
        room = self._room(commitments)
        standing = Standing(
            declined=self._marked(e for e, c in commitments.items() if not c.fixed)[view.places],
            excluded=self._wished(dossier, WishKind.FORBID)[view.places],
            room=room[view.rows["year"]],
            now=seconds(self.now),
        )
        scores = score(customer, view, *dossier.outlook)
        weight = scores.weight.copy()
        weight[companion_refused(customer, view, standing), ACCOMPANIED] = ABSENT
        preferred = self._wished(dossier, WishKind.PREFER)[view.places]
        raised = preferred[:, None] & (weight > 0.0)
        weight[raised] = quantise(PREFERRED * weight[raised])
        return Assessment(
            customer=customer,
            view=view,
            scores=scores,
            weight=weight,
            refused=refusals(customer, view, standing),
            fixed=self._fixed(commitments)[view.places],
            busy=self._busy(commitments)[view.places],
            cap=self._cap(commitments),
            room=room,
        )

    def _wished(self, dossier: Dossier, kind: WishKind) -> Bools:
        return self._marked(e for e, wish in dossier.wishes.items() if wish.kind is kind)

    def _marked(self, events: Iterable[UUID]) -> Bools:
        """Where these events are."""
        marked = np.zeros(self.events.capacity, dtype=np.bool_)
        marked[self.places_of(events)] = True
        return marked

    def places_of(self, events: Iterable[UUID]) -> Places:
        """The places of those of the events that have one."""
        found = (self.events.slots.find(event) for event in events)
        return np.array([place for place in found if place is not None], dtype=np.int64)

    def _room(self, commitments: Commitments) -> Cents:
        """The cents of hospitality that are left for the customer, by number of the year."""
        events = self.events
        room = np.full(max(1, len(events.years)), self.rules.hospitality_per_year, dtype=np.int64)
        for commitment in commitments.values():
            place = events.slots.find(commitment.event_id)
            if not commitment.fixed or _called_off(events, place):
                continue
            if place is not None:
                year, cost = int(events.rows["year"][place]), int(events.rows["cost"][place])
            else:
                year = _number_of(events, commitment.starts_at.astimezone(UTC).year)
                cost = commitment.cost
            if year >= 0:
                room[year] -= cost * commitment.seats
        return room

    def _cap(self, commitments: Commitments) -> int:
        """How many more invitations the customer may get: those for events to come count, declined ones too."""
        used = 0
        for commitment in commitments.values():
            place = self.events.slots.find(commitment.event_id)
            if commitment.counts_under_cap and not _called_off(self.events, place):
                used += starts_after(commitment, self.events, self.now)
        return max(0, self.rules.cap - used)

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


def starts_after(commitment: Commitment, events: EventTable, moment: datetime) -> bool:
    """Whether the event of the commitment begins after ``moment``, by the catalogue when it is there."""
    place = events.slots.find(commitment.event_id)
    if place is None:
        return seconds(commitment.starts_at) > seconds(moment)
    return bool(events.rows["start"][place] > seconds(moment))


def _called_off(events: EventTable, place: Slot | None) -> bool:
    return place is not None and not events.rows["open"][place]


def _number_of(events: EventTable, year: int) -> int:
    return events.years.index(year) if year in events.years else -1
