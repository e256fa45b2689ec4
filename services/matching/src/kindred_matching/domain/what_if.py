"""What would be if: changes are tried on a copy of the engine, and what they do is told; the engine stays as it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from kindred_matching.domain.engine import Engine
from kindred_matching.domain.inputs import Input
from kindred_matching.domain.market.market import Certificate

ROUNDS = 12
"""How often all customers are asked at better prices before two worlds are compared."""

Pairs = frozenset[tuple[UUID, UUID]]
"""Customers and events."""


@dataclass(frozen=True, slots=True)
class World:
    """How an engine stands: its certificate, and who is chosen for what with how many seats."""

    certificate: Certificate
    seats: dict[tuple[UUID, UUID], int]

    @property
    def pairs(self) -> Pairs:
        return frozenset(self.seats)


@dataclass(frozen=True, slots=True)
class Effect:
    """Two worlds, as they are and as they would be; of each the best that was found with the same effort."""

    before: World
    after: World

    @property
    def gained(self) -> Pairs:
        """Who would be chosen for what, and is not."""
        return self.after.pairs - self.before.pairs

    @property
    def lost(self) -> Pairs:
        """Who is chosen for what, and would not be."""
        return self.before.pairs - self.after.pairs

    @property
    def value(self) -> float:
        """What the changes would add to the value of all matches; below 0 what they would cost."""
        return self.after.certificate.value - self.before.certificate.value


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Asks what these inputs would do together."""

    changes: Sequence[Input]

    def asked_of(self, engine: Engine) -> Effect:
        return Effect(at_its_best(copy_of(engine)), at_its_best(changed(engine, self.changes)))


def copy_of(engine: Engine) -> Engine:
    """An engine that shares nothing with the one it came from."""
    return Engine.restored(engine.snapshot())


def changed(engine: Engine, changes: Sequence[Input]) -> Engine:
    """A copy to which the changes have happened, to everybody and not slice by slice."""
    copy = copy_of(engine)
    copy.at_once = len(copy.customers)
    for change in changes:
        copy.apply(change)
    copy.settle()
    return copy


def at_its_best(engine: Engine) -> World:
    """How the engine stands after a few rounds in which everybody may choose anew."""
    engine.improve(ROUNDS)
    ids, slots = engine.places, engine.table.slots
    seats = {
        (customer, slots.at(choice.event)): choice.seats
        for customer in sorted(engine.customers)
        for choice in engine.allocation.chosen(ids.take(customer))
    }
    return World(engine.allocation.certificate, seats)
