"""An engine that knows nothing reads all profiles and events, as the bytes that stand on the topics, until it has allocated."""

import resource
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from uuid import UUID

import numpy as np

from kindred_common.contracts.invitations import EventListed, EventTheme
from kindred_common.contracts.profile import CustomerProfile, Interest, Place
from kindred_common.contracts.vocabulary import EventKind, FactSource
from kindred_matching.adapters.theme_files import read_taxonomy
from kindred_matching.application.records import customer_of, event_of
from kindred_matching.domain.engine import Engine
from kindred_matching.domain.inputs import ClockTicked, CustomerReplaced, EventReplaced
from kindred_matching.domain.rules import Rules

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
BATCH = 500
KINDS = tuple(EventKind)
SEASON_DAYS, SPOKEN, RANGES_KM = 60, 4, (40.0, 80.0, None)
REST = 3
"""Ticks after the last batch."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """Seconds until the last batch was settled and until the rest was over, the gaps then, and the most memory used in MB."""

    seconds: float
    rested: float
    gap: float
    rested_gap: float
    megabytes: float


def draw_events(
    number: int, seats: int, random: np.random.Generator, now: datetime
) -> Iterator[EventListed]:
    """Events over the season that follows, in the Netherlands, with one or two themes and lognormal seats."""
    share = random.lognormal(0.0, 0.8, number)
    themes = theme_names()
    for place in range(number):
        start = now + timedelta(hours=24 + int(random.integers(24 * SEASON_DAYS)))
        yield EventListed(
            event_id=UUID(int=(1 << 100) + place),
            version=1,
            open=True,
            kind=KINDS[int(random.integers(len(KINDS)))],
            title="An event",
            themes=tuple(
                EventTheme(theme=themes[each], weight=1.0)
                for each in random.choice(len(themes), 1 + place % 2, replace=False)
            ),
            starts_at=start,
            ends_at=start + timedelta(hours=int(random.integers(2, 9))),
            place=_somewhere(random),
            seats=(own := max(1, round(seats * share[place] / share.sum()))),
            seats_to_allocate=own,
            companion_allowed=False,
        )


def draw_customers(
    number: int, random: np.random.Generator, now: datetime
) -> Iterator[CustomerProfile]:
    """Customers who care about a few themes, popular ones more often, and travel so far."""
    themes = theme_names()
    popularity = 1.0 / np.arange(1, len(themes) + 1)
    popularity /= popularity.sum()
    for place in range(number):
        spoken = random.choice(len(themes), SPOKEN, replace=False, p=popularity)
        yield CustomerProfile(
            customer_id=UUID(int=(2 << 100) + place),
            version=1,
            active=True,
            account_id=UUID(int=(3 << 100) + place // 10),
            account_value=float(random.lognormal(0.0, 0.5)),
            home=_somewhere(random),
            max_distance_km=RANGES_KM[int(random.integers(len(RANGES_KM)))],
            interests=tuple(
                Interest(
                    theme=themes[each],
                    value=float(random.random()),
                    confidence=0.9,
                    source=FactSource.SELF,
                    observed_at=now - timedelta(days=int(random.integers(200))),
                )
                for each in spoken
            ),
            may_be_invited=True,
        )


def seats_for(customers: int, rules: Rules) -> int:
    """.8 of what everybody may have."""
    return round(0.8 * rules.cap * customers)


def theme_names() -> list[str]:
    """The themes of the shipped tree."""
    return [theme.id for theme in read_taxonomy().themes]


def _somewhere(random: np.random.Generator) -> Place:
    return Place(
        latitude=float(random.uniform(51.0, 53.2)), longitude=float(random.uniform(4.0, 7.0))
    )


def load(customers: int, events: int, seed: int) -> Loaded:
    """Reads all events and all profiles in batches; seats are .8 of what everybody may have."""
    random, rules = np.random.default_rng(seed), Rules(themes=read_taxonomy().tree, stability=0.0)
    seats = seats_for(customers, rules)
    told_events = [event.to_json() for event in draw_events(events, seats, random, NOW)]
    told_customers = [customer.to_json() for customer in draw_customers(customers, random, NOW)]
    before = _megabytes()
    begin = time.perf_counter()
    engine = Engine(rules)
    take_all(engine, told_events, told_customers)
    seconds, gap = time.perf_counter() - begin, engine.allocation.certificate.gap
    rest(engine)
    rested = time.perf_counter() - begin
    return Loaded(seconds, rested, gap, engine.allocation.certificate.gap, _megabytes() - before)


def rest(engine: Engine) -> None:
    """A few ticks of the clock in which nothing else happens."""
    for minute in range(1, 1 + REST):
        engine.apply(ClockTicked(NOW + timedelta(minutes=minute)))
        engine.settle()


def take_all(engine: Engine, events: Iterable[bytes], customers: Iterable[bytes]) -> None:
    """Tells an engine that knows nothing all events, then all customers in batches."""
    engine.apply(ClockTicked(NOW))
    for body in events:
        engine.apply(EventReplaced(event_of(EventListed.from_json(body))))
    waiting = iter(customers)
    while batch := list(islice(waiting, BATCH)):
        for body in batch:
            engine.apply(CustomerReplaced(customer_of(CustomerProfile.from_json(body))))
        engine.settle()


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def topics_lines(customers: int, events: int, seeds: range) -> list[str]:
    """The figures as a table."""
    lines = [
        f"### From topics, {customers:,} customers, {events:,} events, batches of {BATCH}",
        "",
        "| seed | all read and allocated s | with 3 ticks s | gap, then / after the ticks | MB beside the records |",
        "|---|---|---|---|---|",
    ]
    for seed in seeds:
        found = load(customers, events, seed)
        lines.append(
            f"| {seed} | {found.seconds:.0f} | {found.rested:.0f} | {found.gap:.2%} / {found.rested_gap:.2%} "
            f"| {found.megabytes:.0f} |"
        )
        print(lines[-1], flush=True)
    return [*lines, ""]
