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
from kindred_matching.domain.events import EventTable, EventView
from kindred_matching.domain.exact import Floats
from kindred_matching.domain.facts import Event, Place
from kindred_matching.domain.inputs import EventReplaced
from kindred_matching.domain.vocabulary import ONLINE
from kindred_matching.domain.what_if import at_its_best, changed, copy_of

MOMENTS = UUID("6c1b6a52-0e0a-5f3b-9d50-3f6a4b1c9a11")
"""The namespace of the identifiers of moments that are only thought of."""

ASKED = 4000
"""More customers than this are asked by way of a sample, the same each time."""

SHORTLIST = 24
"""How many kinds, themes and regions are looked at for each time."""

THEMES = 40
"""How many of the themes that customers care about are looked at."""


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


@dataclass(frozen=True, slots=True)
class Wanted:
    """A moment and what it would add: ``value`` in units of score, found by trying it, and the customers who would be matched."""

    moment: Moment
    value: float
    customers: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindDemand:
    """Asks for the ``most`` moments that would add most, among all of these kinds, themes, regions and times.

    Each is thought to last ``length`` for so many ``seats`` at ``cost`` cents a head. Without ``themes`` those are looked at that
    customers care most about.
    """

    kinds: tuple[str, ...]
    themes: tuple[str, ...] = ()
    regions: tuple[Region, ...]
    times: tuple[datetime, ...]
    seats: int = 20
    cost: int = 0
    length: timedelta = timedelta(hours=3)
    most: int = 5

    def asked_of(self, engine: Engine) -> tuple[Wanted, ...]:
        themes = self.themes or cared_about(engine, THEMES)
        asked = sample(engine.customers, ASKED)
        if not asked or not themes:
            return ()
        first = self._best(engine, asked, self._moments(themes, self.times[:1]), SHORTLIST)
        later = [replace(moment, starts_at=time) for moment in first for time in self.times]
        tried = [
            self._try(engine, moment) for moment in self._best(engine, asked, later, 2 * self.most)
        ]
        tried.sort(key=lambda wanted: -wanted.value)
        return tuple(wanted for wanted in tried if wanted.value > 0.0)[: self.most]

    def _moments(self, themes: Iterable[str], times: Sequence[datetime]) -> list[Moment]:
        found: list[Moment] = []
        for kind, theme, time in product(self.kinds, themes, times):
            regions = (None,) if kind == ONLINE else self.regions
            found.extend(Moment(kind, theme, region, time) for region in regions)
        return found

    def _best(
        self, engine: Engine, asked: Sequence[UUID], moments: list[Moment], most: int
    ) -> list[Moment]:
        """The moments for which the bids for all seats add up to most."""
        offer = _Offer.of(engine, [self._event(engine, moment) for moment in moments])
        bids = np.array([offer.bids(customer) for customer in asked])
        seats = max(1, round(self.seats * len(asked) / len(engine.customers)))
        worth = np.sort(bids, axis=0)[-seats:].sum(axis=0)
        ranked = np.argsort(-worth, kind="stable")[:most]
        return [moments[place] for place in ranked.tolist() if worth[place] > 0.0]

    def _try(self, engine: Engine, moment: Moment) -> Wanted:
        event = self._event(engine, moment)
        before = at_its_best(copy_of(engine))
        after = at_its_best(changed(engine, (EventReplaced(event),)))
        guests = tuple(customer for customer, guest_of in after.pairs if guest_of == event.id)
        value = after.certificate.value - before.certificate.value
        return Wanted(moment, value, tuple(sorted(guests)))

    def _event(self, engine: Engine, moment: Moment) -> Event:
        name = f"{moment.kind} {moment.theme} {moment.region} {moment.starts_at.isoformat()}"
        return Event(
            id=uuid5(MOMENTS, name),
            kind=moment.kind,
            themes=((moment.theme, 1.0),),
            starts_at=moment.starts_at,
            ends_at=moment.starts_at + self.length,
            weekdays=(moment.starts_at.weekday(),),
            place=moment.region.centre if moment.region else None,
            languages=languages(engine),
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


@dataclass(frozen=True, slots=True)
class _Offer:
    """Events that are only thought of, for customers to bid for."""

    engine: Engine
    assessor: Assessor
    view: EventView

    @classmethod
    def of(cls, engine: Engine, events: Sequence[Event]) -> "_Offer":
        table = EventTable()
        places = [table.put(event, engine.now) for event in events]
        return cls(engine, Assessor(table, engine.rules, engine.now), table.view(places))

    def bids(self, customer: UUID) -> Floats:
        """What the customer would give for each of these events beyond what he has."""
        seen = self.assessor.assess(self.engine.dossier(customer), self.view)
        weight = np.where(seen.open, seen.weight, 0.0)
        # In company a guest takes two seats: he counts for what he gives for one.
        a_seat = np.maximum(weight[:, 0], weight[:, 1] / 2)
        last = self.engine.allocation.last_is_worth(self.engine.places.take(customer))
        found: Floats = np.maximum(0.0, a_seat - last)
        return found
