"""Copies of an engine in which something else happens, and how they stand then; the engine stays as it is."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC
from uuid import UUID

import numpy as np

from kindred_matching.domain.assessment import Assessor
from kindred_matching.domain.choices import Choices
from kindred_matching.domain.engine import Engine
from kindred_matching.domain.inputs import (
    EventReplaced,
    Input,
    RematchAsked,
    RulesReplaced,
    SliceScored,
)
from kindred_matching.domain.market.effort import Start
from kindred_matching.domain.market.market import Certificate
from kindred_matching.domain.rules import Rules

ROUNDS = 12
"""How often all customers at most choose anew before two worlds are compared."""

VISITS = 12_000
"""How many choices that may be in all: with more customers there are fewer rounds, for the answer to come in seconds."""

THOROUGH, QUICK = Start(coarse=60, medium=60, fine=150, polish=0), Start(0, medium=16, fine=2)
"""How prices are sought for the bound alone: where there are rounds, and where there are none."""

AFRESH = Start(coarse=0, medium=60, fine=5, polish=0)
"""How prices are sought for everybody to choose at them, where there are no rounds."""

LOOSE = 1.5
"""A bound is loose where it is so many times as far from the value as that of the world before."""

WEIGHED_TOGETHER = 1024
"""How many customers are weighed at a time where it is for one event alone."""


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """How an engine stands: its certificate, and who is chosen for what."""

    certificate: Certificate
    choices: Choices

    @property
    def missed(self) -> float:
        """How much more an allocation might be worth, as far as is proven."""
        return self.certificate.bound - self.certificate.value

    def bounded(self, bound: float) -> "World":
        """The same with another bound."""
        found = self.certificate
        return World(Certificate(found.value, bound, found.fixed), self.choices)


def copy_of(engine: Engine) -> Engine:
    """An engine that shares nothing with the one it came from."""
    return Engine.restored(engine.snapshot())


def to_improve(engine: Engine) -> Engine:
    """A copy in which everybody may choose anew; where there are no rounds for that, the engine itself."""
    return copy_of(engine) if rounds(engine) else engine


def ready(engine: Engine) -> Engine:
    """An engine from which worlds may begin: nobody waits to be scored in it, and everybody has chosen anew.

    Where there are no rounds for choosing, and nobody waits, it is the engine itself.
    """
    copy = copy_of(engine) if rounds(engine) or engine.scoring_anew else engine
    while copy.scoring_anew:
        copy.apply(SliceScored(len(copy.customers) + 1))
        copy.settle()
    if rounds(copy):
        copy.allocation.improve(rounds(copy))
    return copy


def changed(engine: Engine, changes: Iterable[Input]) -> Engine:
    """A copy to which the changes have happened, to everybody and not slice by slice."""
    copy = copy_of(engine)
    happen(copy, changes)
    return copy


def happen(copy: Engine, changes: Iterable[Input]) -> None:
    """Applies the changes, to everybody and not slice by slice; each may depend on what those before have done.

    A new or other event bears on nobody's other events: everybody is weighed for it alone. Another cap, or money, on no weight.
    """
    cap = copy.rules.cap
    if not rounds(copy):
        copy.allocation.seek = AFRESH
    columns = {event for change in changes if (event := _apply(copy, change)) is not None}
    for customer in {*copy.wishes.pinned(), *copy.draws.drawn()}:
        copy.apply(RematchAsked(customer))
    copy.settle()
    for event_id in sorted(columns):
        _weigh_everybody(copy, event_id)
    if copy.rules.cap != cap:
        _limit_everybody(copy)


def _apply(copy: Engine, change: Input) -> UUID | None:
    """Applies a change; returns the event for which everybody is to be weighed after it.

    A year of which nobody's hospitality is known yet is a matter of everybody's limits.
    """
    column, copy.at_once = None, len(copy.customers)
    match change:
        case EventReplaced(event) if event.starts_at.astimezone(UTC).year in copy.table.years:
            before, copy.at_once = copy.events.get(event.id), 0
            if before is None or replace(before, seats=event.seats) != event:
                column = event.id
        case RulesReplaced(rules) if _weighs_as(rules, copy.rules):
            copy.at_once = 0
    copy.apply(change)
    return column


def _weighs_as(one: Rules, other: Rules) -> bool:
    """Whether all weigh and are refused the same under both rules."""
    alike = replace(one, cap=other.cap, budget=other.budget, per_account=other.per_account)
    return replace(alike, account_hospitality_per_year=other.account_hospitality_per_year) == other


def _weigh_everybody(copy: Engine, event_id: UUID) -> None:
    """Everybody is weighed for the event, enters it among his options, and may choose it."""
    place = copy.table.slots.find(event_id)
    if place is None or not copy.table.rows["live"][place] or not copy.customers:
        return
    customers = sorted(copy.customers)
    assessor = Assessor(copy.table, copy.rules, copy.now, WEIGHED_TOGETHER)
    seen = assessor.assess_all(map(copy.dossier, customers), copy.table.view([place]))
    weight = np.array([np.where(one.open[0], one.weight[0], 0.0) for one in seen])
    places = np.array([copy.places.take(customer) for customer in customers])
    copy.allocation.enter_event(place, places, weight)
    copy.allocation.settle()


def _limit_everybody(copy: Engine) -> None:
    """Everybody may have as many invitations as the rules say now, and chooses again."""
    assessor = Assessor(copy.table, copy.rules, copy.now)
    for customer in sorted(copy.customers):
        cap = assessor.invitations_left(copy.ledger.of(customer))
        copy.allocation.limit_invitations(copy.places.take(customer), cap)
    copy.allocation.settle()


def at_its_best(engine: Engine) -> World:
    """The best that a few rounds found in which everybody may choose anew; the bound is the lowest that they proved."""
    found = [_world(engine)]
    for _ in range(rounds(engine)):
        engine.allocation.improve(1)
        found.append(_world(engine))
    best = max(found, key=lambda world: world.certificate.value)
    return best.bounded(min(world.certificate.bound for world in found))


def proven(engine: Engine, before: World | None = None) -> World:
    """The engine at its best, its bound sharpened by a search for prices: where much has changed, those of before are loose.

    In a large programme that is done only if the bound has become loose, by that of the world ``before``.
    """
    world = at_its_best(engine)
    if not rounds(engine) and (before is None or world.missed <= LOOSE * before.missed):
        return world
    bound = engine.allocation.seek_bound(THOROUGH if rounds(engine) else QUICK)
    return world.bounded(min(bound, world.certificate.bound))


def rounds(engine: Engine) -> int:
    """How many rounds a world of this size is given."""
    return min(ROUNDS, VISITS // max(1, len(engine.customers)))


def _world(engine: Engine) -> World:
    return World(engine.allocation.certificate, Choices.of(engine.allocation.market))
