"""Which moment that is not on offer would add most: by kind, theme, region and time, and for whom.

Many moments are estimated from what customers would bid for them beyond what they have; the best of these are then tried: added to
a copy of the programme, in which everybody may choose again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b
from itertools import product
from uuid import UUID, uuid5

import numpy as np

from kindred_matching.domain.assessment import Assessor
from kindred_matching.domain.engine import Engine
from kindred_matching.domain.events import EventTable
from kindred_matching.domain.exact import Floats
from kindred_matching.domain.facts import Event, Place
from kindred_matching.domain.inputs import EventRemoved, EventReplaced, RematchAsked
from kindred_matching.domain.vocabulary import ONLINE
from kindred_matching.domain.worlds import at_its_best, copy_of, ready, to_improve

MOMENTS = UUID("6c1b6a52-0e0a-5f3b-9d50-3f6a4b1c9a11")
"""The namespace of the identifiers of moments that are only thought of."""

SHORTLIST = 24
"""How many kinds, themes and regions are looked at for each time."""

THEMES = 40
"""How many of the themes that customers care about are looked at."""

TOGETHER = 512
"""How many moments are shown to a customer at a time: what they exclude takes the square of that."""

INTERESTED = 10
"""How many customers for each seat may choose a moment that is tried: those who bid most."""


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the country, by the name and the point that stand for it."""

    name: str
    centre: Place


@dataclass(frozen=True, slots=True)
class Moment:
    """An event that might be organised; ``region`` is None for one that needs no travel."""

    kind: str
    theme: str
    region: Region | None
    starts_at: datetime

    @property
    def id(self) -> UUID:
        place = self.region.name if self.region else ""
        return uuid5(MOMENTS, f"{self.kind} {self.theme} {place} {self.starts_at.isoformat()}")

    @property
    def sort(self) -> tuple[str, str, Region | None]:
        """All but its time."""
        return self.kind, self.theme, self.region


@dataclass(frozen=True, slots=True)
class Wanted:
    """A moment and what it would add: ``value`` in units of score, found by trying it, and the customers who would be matched."""

    moment: Moment
    value: float
    customers: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Demand:
    """The moments that would add most, the best first, found by what ``asked`` of all ``customers`` would bid."""

    wanted: tuple[Wanted, ...]
    asked: int
    customers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FindDemand:
    """Asks for the ``most`` moments that would add most, among all of these kinds, themes, regions and times.

    Each is thought to last ``length`` for so many ``seats`` at ``cost`` cents a head; its day is that of its own time zone.
    Without ``themes`` those are looked at that customers care most about. Of moments that differ in time only the best is told.
    More customers than ``most_asked`` are asked by way of a sample, the same each time.
    """

    kinds: tuple[str, ...]
    themes: tuple[str, ...] = ()
    regions: tuple[Region, ...]
    times: tuple[datetime, ...]
    seats: int = 20
    cost: int = 0
    length: timedelta = timedelta(hours=3)
    most: int = 5
    most_asked: int = 4000

    def asked_of(self, engine: Engine) -> Demand:
        themes = self.themes or cared_about(engine, THEMES)
        asked = sample(engine.customers, self.most_asked)
        start = ready(engine)
        wanted = self._tried(start, self._likely(start, asked, themes))
        return Demand(tuple(wanted[: self.most]), len(asked), len(engine.customers))

    def _likely(self, engine: Engine, asked: Sequence[UUID], themes: Sequence[str]) -> list[Moment]:
        """The moments that are worth trying: first what and where, then when."""
        some_day = self.times[len(self.times) // 2]
        first = self._ranked(engine, asked, self._moments(themes, some_day))[:SHORTLIST]
        later = [replace(moment, starts_at=time) for moment in first for time in self.times]
        best: dict[tuple[str, str, Region | None], Moment] = {}
        for moment in self._ranked(engine, asked, later):
            best.setdefault(moment.sort, moment)
        return list(best.values())[: 2 * self.most]

    def _moments(self, themes: Iterable[str], time: datetime) -> list[Moment]:
        found: list[Moment] = []
        for kind, theme in product(self.kinds, themes):
            regions = (None,) if kind == ONLINE else self.regions
            found.extend(Moment(kind, theme, region, time) for region in regions)
        return found

    def _ranked(
        self, engine: Engine, asked: Sequence[UUID], moments: Sequence[Moment]
    ) -> list[Moment]:
        """The moments for which anybody bids, by what the bids for all seats add up to."""
        if not asked or not moments:
            return []
        parts = range(0, len(moments), TOGETHER)
        worth = np.concatenate(
            [self._worth(engine, asked, moments[part : part + TOGETHER]) for part in parts]
        )
        ranked = np.argsort(-worth, kind="stable")
        return [moments[place] for place in ranked.tolist() if worth[place] > 0.0]

    def _worth(self, engine: Engine, asked: Sequence[UUID], moments: Sequence[Moment]) -> Floats:
        bids = self._bids(engine, asked, moments)
        seats = max(1, round(self.seats * len(asked) / len(engine.customers)))
        worth: Floats = np.sort(bids, axis=0)[-seats:].sum(axis=0)
        return worth

    def _bids(self, engine: Engine, asked: Sequence[UUID], moments: Sequence[Moment]) -> Floats:
        """What each customer (row) would give for a seat at each moment (column)."""
        spoken = languages(engine)
        return bids_for([self._event(moment, spoken) for moment in moments], engine, asked)

    def _tried(self, start: Engine, moments: Sequence[Moment]) -> list[Wanted]:
        """What each moment adds, the most first; without those that add nothing."""
        customers, moments = (
            sorted(start.customers),
            [m for m in moments if m.id not in start.events],
        )
        if not moments:
            return []
        bids = self._bids(start, customers, moments)
        before = at_its_best(to_improve(start)).certificate.value
        other, found = copy_of(start), []
        for place, moment in enumerate(moments):
            own = bids[:, place]
            keen = np.argsort(-own, kind="stable")[: INTERESTED * self.seats].tolist()
            keen_on = [customers[one] for one in keen if own[one] > 0.0]
            found.append(self._try(other, moment, keen_on, before))
            other = self._as_before(other, moment, start)
        worthy = [wanted for wanted in found if wanted.value > 0.0]
        return sorted(worthy, key=lambda wanted: -wanted.value)

    def _as_before(self, other: Engine, moment: Moment, start: Engine) -> Engine:
        """The copy without the moment; another where it has learned of a year, for which accounts have limits of their own."""
        if len(other.table.years) > len(start.table.years):
            return copy_of(start)
        other.apply(EventRemoved(moment.id))
        other.allocation.stand_as(start.allocation)
        return other

    def _try(self, other: Engine, moment: Moment, keen: Iterable[UUID], before: float) -> Wanted:
        """Adds the moment; those who are keen choose again, and others may take what these leave."""
        other.at_once = 0
        other.apply(EventReplaced(self.as_event(moment, other)))
        for customer in keen:
            other.apply(RematchAsked(customer))
        other.settle()
        after = at_its_best(other)
        place = other.table.slots.find(moment.id)
        guests = () if place is None else other.places.all_at(after.choices.guests_of(place))
        return Wanted(moment, after.certificate.value - before, tuple(sorted(guests)))

    def as_event(self, moment: Moment, engine: Engine) -> Event:
        """The moment as an event; it speaks all languages of customers."""
        return self._event(moment, languages(engine))

    def _event(self, moment: Moment, spoken: tuple[str, ...]) -> Event:
        return Event(
            id=moment.id,
            kind=moment.kind,
            themes=((moment.theme, 1.0),),
            starts_at=moment.starts_at,
            ends_at=moment.starts_at + self.length,
            weekdays=(moment.starts_at.weekday(),),
            place=moment.region.centre if moment.region else None,
            languages=spoken,
            seats=self.seats,
            companion_allowed=True,
            cost=self.cost,
        )


def cared_about(engine: Engine, most: int) -> tuple[str, ...]:
    """The themes that most customers care about, as they said."""
    weight: dict[str, float] = {}
    for customer in engine.customers.values():
        for interest in customer.interests:
            known = interest.value * interest.confidence * customer.account_value
            weight[interest.theme] = weight.get(interest.theme, 0.0) + known
    return tuple(sorted(weight, key=lambda theme: (-weight[theme], theme))[:most])


def languages(engine: Engine) -> tuple[str, ...]:
    """All languages of customers: a moment that is only thought of speaks to everybody."""
    return tuple(sorted({customer.language for customer in engine.customers.values()}))


def sample(customers: Iterable[UUID], most: int) -> list[UUID]:
    """At most so many customers, by a hash of their identifiers: the same for every question."""
    ranked = sorted(customers, key=lambda c: blake2b(c.bytes, digest_size=8).digest())
    return sorted(ranked[:most])


def bids_for(events: Sequence[Event], engine: Engine, customers: Sequence[UUID]) -> Floats:
    """What each customer (row) would give for each of these events, only thought of, beyond what he has."""
    table = EventTable()
    view = table.view([table.put(event, engine.now) for event in events])
    assessor, bids = (
        Assessor(table, engine.rules, engine.now),
        np.zeros((len(customers), len(view))),
    )
    seen = assessor.assess_all(map(engine.dossier, customers), view)
    for row, (customer, one) in enumerate(zip(customers, seen, strict=True)):
        if one.cap:
            weight = np.where(one.open, one.weight, 0.0)
            # In company a guest takes two seats: he counts for what he gives for one.
            a_seat = np.maximum(weight[:, 0], weight[:, 1] / 2)
            last = engine.allocation.last_is_worth(engine.places.take(customer))
            bids[row] = np.maximum(0.0, a_seat - last)
    return bids
