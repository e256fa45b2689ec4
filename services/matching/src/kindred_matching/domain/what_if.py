"""What would be if: changes are tried on a copy of the engine, and what they do is told; the engine stays as it is."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from kindred_matching.domain.engine import Engine
from kindred_matching.domain.inputs import Input, SliceScored
from kindred_matching.domain.market.effort import Start
from kindred_matching.domain.market.market import Certificate
from kindred_matching.domain.supposing import Supposition, pins

ROUNDS = 12
"""How often all customers at most choose anew before two worlds are compared."""

VISITS = 12_000
"""How many choices that may be in all: with more customers there are fewer rounds, for the answer to come in seconds."""

PASSES = 60_000
"""How many customers are asked at most where prices are sought for the bound alone."""

PairOf = tuple[UUID, UUID]
"""A customer and an event."""


@dataclass(frozen=True, slots=True)
class World:
    """How an engine stands: its certificate, and who is chosen for what with how many seats."""

    certificate: Certificate
    seats: Mapping[PairOf, int]

    @property
    def pairs(self) -> frozenset[PairOf]:
        return frozenset(self.seats)


@dataclass(frozen=True, slots=True)
class ListChange:
    """An event whose list would be another: guests and seats proposed before and after; ``settled`` seats stay given."""

    event_id: UUID
    guests: tuple[int, int]
    seats: tuple[int, int]
    settled: int


@dataclass(frozen=True, slots=True)
class Effect:
    """What changes would do, between two worlds on which the same work was spent from the same start.

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
        before, after = proven(start), proven(other)
        unmet = tuple(place for place, pair in pins(self.suppositions) if pair not in after.seats)
        return Effect(
            before.certificate,
            after.certificate,
            tuple(_list_changes(engine, before.seats, after.seats)),
            tuple(sorted(after.pairs - before.pairs)),
            tuple(sorted(before.pairs - after.pairs)),
            unmet,
        )


def copy_of(engine: Engine) -> Engine:
    """An engine that shares nothing with the one it came from."""
    return Engine.restored(engine.snapshot())


def ready(engine: Engine) -> Engine:
    """A copy from which worlds may begin: nobody waits to be scored, and everybody has chosen anew."""
    copy = copy_of(engine)
    while copy.scoring_anew:
        copy.apply(SliceScored(len(copy.customers) + 1))
        copy.settle()
    copy.allocation.improve(rounds(copy))
    return copy


def changed(engine: Engine, changes: Iterable[Input]) -> Engine:
    """A copy to which the changes have happened, to everybody and not slice by slice."""
    copy = copy_of(engine)
    happen(copy, changes)
    return copy


def happen(copy: Engine, changes: Iterable[Input]) -> None:
    """Applies the changes, to everybody and not slice by slice; each may depend on what those before have done."""
    copy.at_once = len(copy.customers)
    for change in changes:
        copy.apply(change)
    copy.settle()


def at_its_best(engine: Engine) -> World:
    """The best that a few rounds found in which everybody may choose anew; the bound is the lowest that they proved."""
    found = [_world(engine)]
    for _ in range(rounds(engine)):
        engine.allocation.improve(1)
        found.append(_world(engine))
    best = max(found, key=lambda world: world.certificate.value)
    return _bounded(best, min(world.certificate.bound for world in found))


def proven(engine: Engine) -> World:
    """The engine at its best, with prices sought from the beginning for the bound: where much has changed, old ones are loose."""
    passes = PASSES // max(1, len(engine.customers))
    plan = Start(coarse=60, medium=60, fine=max(5, min(150, passes)), polish=0)
    bound = engine.allocation.bound_from_nothing(plan)
    world = at_its_best(engine)
    return _bounded(world, min(bound, world.certificate.bound))


def _bounded(world: World, bound: float) -> World:
    found = world.certificate
    return World(Certificate(found.value, bound, found.fixed), world.seats)


def rounds(engine: Engine) -> int:
    """How many rounds a world of this size is given."""
    return min(ROUNDS, VISITS // max(1, len(engine.customers)))


def _world(engine: Engine) -> World:
    ids, slots = engine.places, engine.table.slots
    seats = {
        (customer, slots.at(choice.event)): choice.seats
        for customer in sorted(engine.customers)
        for choice in engine.allocation.chosen(ids.take(customer))
    }
    return World(engine.allocation.certificate, seats)


def _list_changes(
    engine: Engine, before: Mapping[PairOf, int], after: Mapping[PairOf, int]
) -> Iterator[ListChange]:
    one, other = _by_event(before), _by_event(after)
    for event in sorted(one.keys() | other.keys()):
        guests, others = one.get(event, {}), other.get(event, {})
        if guests != others:
            seats = sum(guests.values()), sum(others.values())
            yield ListChange(event, (len(guests), len(others)), seats, engine.ledger.held(event))


def _by_event(world: Mapping[PairOf, int]) -> dict[UUID, dict[UUID, int]]:
    found: dict[UUID, dict[UUID, int]] = {}
    for (customer, event), seats in world.items():
        found.setdefault(event, {})[customer] = seats
    return found
