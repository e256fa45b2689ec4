"""What would be if: changes are tried on a copy of the engine, and what they do is told; the engine stays as it is."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from kindred_matching.domain.choices import Choices
from kindred_matching.domain.engine import Engine
from kindred_matching.domain.market.market import Certificate
from kindred_matching.domain.slots import Slot
from kindred_matching.domain.supposing import Supposition, pins
from kindred_matching.domain.worlds import copy_of, happen, proven, ready

PairOf = tuple[UUID, UUID]
"""A customer and an event."""


@dataclass(frozen=True, slots=True)
class ListChange:
    """An event whose list would be another: guests and seats proposed before and after; ``settled`` seats stay given."""

    event_id: UUID
    guests: tuple[int, int]
    seats: tuple[int, int]
    settled: int


@dataclass(frozen=True, slots=True)
class Effect:
    """What changes would do, between two worlds from the same start, on which the same rounds of choosing were spent.

    ``before`` and ``after`` are their certificates, ``gained`` and ``lost`` the pairs of only one of them, in order. ``unmet``
    are the places of the wished pairs that rules, agenda or seats do not allow.
    """

    before: Certificate
    after: Certificate
    lists: tuple[ListChange, ...]
    gained: tuple[PairOf, ...]
    lost: tuple[PairOf, ...]
    unmet: tuple[int, ...] = ()

    @property
    def value(self) -> float:
        """What the changes would add to the value of all matches; below 0 what they would cost."""
        return self.after.value - self.before.value

    @property
    def at_least(self) -> float:
        """Proven: between the best allocations of both worlds the difference is not less."""
        return self.after.value - self.before.bound

    @property
    def at_most(self) -> float:
        """Proven: between the best allocations of both worlds the difference is not more."""
        return self.after.bound - self.before.value


@dataclass(frozen=True, slots=True)
class Missing:
    """A supposition, by its place, that names what is not known, in the field told."""

    place: int
    field: str


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Asks what these suppositions would do together, one after the other."""

    suppositions: tuple[Supposition, ...]

    def asked_of(self, engine: Engine) -> Effect | Missing:
        for place, supposed in enumerate(self.suppositions):
            if field := supposed.missing(engine):
                return Missing(place, field)
        start = ready(engine)
        other = copy_of(start)
        happen(other, (supposed.comes_about(other) for supposed in self.suppositions))
        before = proven(start)
        after = proven(other, before)
        chosen = after.choices
        return Effect(
            before.certificate,
            after.certificate,
            tuple(_list_changes(other, before.choices, chosen)),
            _pairs(other, chosen.beside(before.choices)),
            _pairs(other, before.choices.beside(chosen)),
            tuple(self._unmet(other, chosen)),
        )

    def _unmet(self, other: Engine, chosen: Choices) -> Iterator[int]:
        """The places of the wished pairs that were not chosen."""
        for place, (customer, event) in pins(self.suppositions):
            if not chosen.seats_of(other.places.take(customer), other.table.slots.take(event)):
                yield place


def _pairs(engine: Engine, chosen: Choices) -> tuple[PairOf, ...]:
    customers, events = engine.places.all_at(chosen.customer), engine.table.slots
    return tuple(sorted(zip(customers, events.all_at(chosen.event), strict=True)))


def _list_changes(engine: Engine, before: Choices, after: Choices) -> Iterator[ListChange]:
    """The events whose guests, or the seats of one, are not the same."""
    ids = engine.table.slots
    for event in sorted(before.events_unlike(after).tolist(), key=ids.at):
        (was, had), (comes, has) = _list(before, event), _list(after, event)
        yield ListChange(ids.at(event), (was, comes), (had, has), engine.ledger.held(ids.at(event)))


def _list(chosen: Choices, event: Slot) -> tuple[int, int]:
    """How many guests the event has, and how many seats they take."""
    listed = chosen.event == event
    return int(np.count_nonzero(listed)), int(chosen.seats[listed].sum())
