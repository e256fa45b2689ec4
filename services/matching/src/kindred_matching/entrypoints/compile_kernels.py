"""``python -m kindred_matching compile``: compiles the market's kernels ahead of the first customer, who would wait a minute for it."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import numpy as np

from kindred_matching.domain.allocation import Allocation
from kindred_matching.domain.engine import Engine
from kindred_matching.domain.explanation import WhyPair
from kindred_matching.domain.facts import Customer, Event
from kindred_matching.domain.inputs import (
    ClockTicked,
    CustomerRemoved,
    CustomerReplaced,
    EventReplaced,
    Input,
    WishMade,
)
from kindred_matching.domain.rules import Rules
from kindred_matching.domain.supposing import Organised
from kindred_matching.domain.what_if import WhatIf
from kindred_matching.domain.wishes import Wish, WishKind

_NOW = datetime(2026, 1, 1, tzinfo=UTC)


def compile_kernels() -> None:
    """Plays a programme of three customers and two events through: whatever the service calls is compiled then.

    With weights as the service keeps them, and with those of double width that problems of others mostly have.
    """
    for weight_type in (np.float32, np.float64):
        _play(weight_type)


def _play(weight_type: type) -> None:
    engine = Engine(Rules())
    engine.allocation = Allocation.of_nobody(weight_type)
    _take(
        engine, ClockTicked(_NOW), *_events(), *(CustomerReplaced(_customer(n)) for n in range(3))
    )
    for kind in (WishKind.PIN, WishKind.FORBID):
        _take(engine, WishMade(Wish(_customer(1).id, _event(1).id, kind, _NOW)))
    for number in range(3):
        WhyPair(_customer(number).id, _event(1).id).asked_of(engine)
    WhatIf((Organised(_event(3)),)).asked_of(engine)
    _take(engine, CustomerRemoved(_customer(1).id), ClockTicked(_NOW + timedelta(days=1, hours=1)))


def _take(engine: Engine, *happenings: Input) -> None:
    for happening in happenings:
        engine.apply(happening)
    engine.settle()


def _customer(number: int) -> Customer:
    return Customer(id=UUID(int=number), version=1, companion_wish="partner")


def _events() -> list[Input]:
    return [EventReplaced(_event(number)) for number in (1, 2)]


def _event(number: int) -> Event:
    start = _NOW + timedelta(days=number)
    return Event(
        id=UUID(int=number),
        kind="dinner",
        starts_at=start,
        ends_at=start + timedelta(hours=3),
        seats=2,
        companion_allowed=True,
        cost=1000,
    )
