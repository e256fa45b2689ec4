"""How long an engine that holds everybody takes to answer each kind of question that account managers ask it."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

import numpy as np
from tests.bench.matching.topics import (
    NOW,
    draw_customers,
    draw_events,
    rest,
    seats_for,
    take_all,
)

from kindred_common.contracts.vocabulary import EventKind
from kindred_matching.adapters.region_files import read_regions
from kindred_matching.adapters.theme_files import read_taxonomy
from kindred_matching.domain.demand import FindDemand
from kindred_matching.domain.engine import Engine
from kindred_matching.domain.explanation import WhyPair
from kindred_matching.domain.offer import ListOffer
from kindred_matching.domain.rules import Rules
from kindred_matching.domain.supposing import Cancelled, Limited, Moved, Organised, Seats
from kindred_matching.domain.what_if import WhatIf
from kindred_matching.domain.wish_prices import PriceWishes
from kindred_matching.domain.wishes import Wish, WishKind

DAYS = 91
"""Evenings that are looked at for a moment."""


class Question(Protocol):
    """Whatever a copy of the engine may be asked."""

    def asked_of(self, engine: Engine) -> Any: ...


def fill(customers: int, events: int, seed: int) -> Engine:
    """An engine that has read everybody, and has rested a little."""
    random, rules = np.random.default_rng(seed), Rules(themes=read_taxonomy().tree)
    offered = [x.to_json() for x in draw_events(events, seats_for(customers, rules), random, NOW)]
    people = [x.to_json() for x in draw_customers(customers, random, NOW)]
    engine = Engine(rules)
    take_all(engine, offered, people)
    rest(engine)
    return engine


def questions(engine: Engine) -> Iterator[tuple[str, Question]]:
    """One of each kind, about the event that costs most and a customer who does not get it."""
    offer = ListOffer().asked_of(engine).events
    event = engine.events[offer[0].event_id]
    nearly = next(
        proposal.customer_id
        for proposal in engine.describe(sorted(engine.customers)[:500])
        if any(each.event_id == event.id for each in proposal.ranked)
    )
    later = timedelta(days=7)
    pin = Wish(nearly, event.id, WishKind.PIN, engine.now)
    yield "offer and prices", ListOffer()
    yield "why not, with what would turn it", WhyPair(nearly, event.id)
    yield "price of a pin", PriceWishes((pin,))
    yield "what if: two seats more", WhatIf((Seats(event.id, event.seats + 2),))
    yield "what if: cancelled", WhatIf((Cancelled(event.id),))
    moved = Moved(event.id, event.starts_at + later, event.ends_at + later, event.weekdays)
    yield "what if: a week later", WhatIf((moved,))
    new = replace(event, id=UUID(int=7 << 100), kind="dinner", seats=40, cost=4_000)
    yield "what if: one event more", WhatIf((Organised(new),))
    yield "what if: a budget", WhatIf((Limited(budget=100_000_000),))
    yield "what if: a cap of four", WhatIf((Limited(cap=engine.rules.cap + 1),))
    yield f"demand over {DAYS} evenings", _demand(engine.now)


def _demand(now: datetime) -> FindDemand:
    regions = read_regions()
    evening = now.replace(hour=17) + timedelta(days=1)
    return FindDemand(
        kinds=tuple(str(kind) for kind in EventKind),
        regions=tuple(each.region for each in regions.values()),
        times=tuple(evening + timedelta(days=day) for day in range(DAYS)),
    )


def questions_lines(customers: int, events: int, seed: int) -> list[str]:
    """The seconds of each as a table."""
    engine = fill(customers, events, seed)
    lines = [
        f"### Questions, {customers:,} customers, {events:,} events, one core",
        "",
        "| question | s |",
        "|---|---|",
    ]
    for name, question in questions(engine):
        begin = time.perf_counter()
        question.asked_of(engine)
        lines.append(f"| {name} | {time.perf_counter() - begin:.1f} |")
        print(lines[-1], flush=True)
    return [*lines, ""]
