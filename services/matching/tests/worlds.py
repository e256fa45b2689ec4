"""Customers and events for tests, by number, so that the same number is always the same."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np

from kindred_matching.domain.engine import Engine
from kindred_matching.domain.facts import Customer, Event, Interest, Place
from kindred_matching.domain.inputs import (
    ClockTicked,
    CustomerReplaced,
    EventReplaced,
    Input,
    InvitationStepped,
)
from kindred_matching.domain.rules import Rules

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
THEMES = ("football", "opera", "cooking", "wine", "sustainability", "technology", "art", "cycling")
KINDS = ("seminar", "sport", "culture", "dinner", "online", "workshop", "outing")
UTRECHT = Place(52.09, 5.12)


def customer_id(number: int) -> UUID:
    return UUID(int=(0xC << 120) + number * 7919)


def event_id(number: int) -> UUID:
    return UUID(int=(0xE << 120) + number * 104729)


def a_customer(number: int = 1, **changes: Any) -> Customer:
    plain = Customer(id=customer_id(number), version=1, home=UTRECHT)
    return replace(plain, **changes)


def an_event(number: int = 1, **changes: Any) -> Event:
    """A seminar of two hours in Utrecht, ``number`` days from now."""
    start = NOW + timedelta(days=number)
    plain = Event(
        id=event_id(number),
        kind="seminar",
        themes=(("technology", 1.0),),
        starts_at=start,
        ends_at=start + timedelta(hours=2),
        weekdays=(start.weekday(),),
        place=UTRECHT,
        seats=10,
    )
    return replace(plain, **changes)


def an_interest(theme: str, value: float = 1.0, confidence: float = 1.0) -> Interest:
    return Interest(theme, value, confidence, NOW)


def a_step(step: str, customer: Customer, event: Event, seats: int = 1) -> InvitationStepped:
    return InvitationStepped(
        customer_id=customer.id,
        event_id=event.id,
        step=step,
        seats=seats,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        cost=event.cost,
    )


def an_engine(*facts: Customer | Event, rules: Rules | None = None) -> Engine:
    """An engine that knows these facts, on the second of March 2026."""
    engine = Engine(rules or Rules())
    engine.apply(ClockTicked(NOW))
    for fact in facts:
        engine.apply(told(fact))
    engine.settle()
    return engine


def told(fact: Customer | Event) -> Input:
    return CustomerReplaced(fact) if isinstance(fact, Customer) else EventReplaced(fact)


def some_world(
    customers: int, events: int, seed: int = 1, days: int = 60
) -> tuple[list[Customer], list[Event]]:
    """A season of random events and customers with random tastes, in the Netherlands."""
    random = np.random.default_rng(seed)
    return (
        [_random_customer(random, number) for number in range(customers)],
        [_random_event(random, number, days, customers, events) for number in range(events)],
    )


def _random_customer(random: np.random.Generator, number: int) -> Customer:
    themes = random.choice(THEMES, size=int(random.integers(0, 6)), replace=False)
    return a_customer(
        number,
        account_id=UUID(int=0xACC0 + number % 9),
        account_value=float(np.round(random.lognormal(0, 0.5), 3)),
        home=Place(float(random.uniform(51, 53)), float(random.uniform(4, 6.5))),
        max_distance_km=[None, 60.0, 120.0][int(random.integers(3))],
        interests=tuple(an_interest(str(t), float(random.random())) for t in themes),
        kinds=tuple((kind, float(random.random())) for kind in KINDS if random.random() < 0.4),
        blocked_weekdays=(int(random.integers(7)),) if random.random() < 0.3 else (),
        companion_wish=[None, "partner", "alone"][int(random.integers(3))],
        nps=int(random.integers(0, 11)) if random.random() < 0.7 else None,
        may_be_invited=bool(random.random() < 0.9),
    )


def _random_event(
    random: np.random.Generator, number: int, days: int, customers: int, events: int
) -> Event:
    start = NOW + timedelta(hours=int(random.integers(24, 24 * days)))
    themes = random.choice(THEMES, size=2, replace=False)
    return an_event(
        number,
        kind=str(random.choice(KINDS)),
        themes=tuple((str(theme), float(random.choice([0.5, 1.0]))) for theme in themes),
        starts_at=start,
        ends_at=start + timedelta(hours=int(random.integers(2, 9))),
        weekdays=(start.weekday(),),
        place=Place(float(random.uniform(51, 53)), float(random.uniform(4, 6.5))),
        seats=1 + int(random.lognormal(0, 0.5) * 2.4 * customers / max(1, events)),
        companion_allowed=bool(random.random() < 0.5),
        cost=int(random.integers(0, 20_000)),
    )
