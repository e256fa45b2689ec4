"""What holds for every allocation, whatever happened before."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from random import Random
from uuid import UUID

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from services.matching.tests.account_limits import (
    account_allows,
    budget_allows,
    check_account,
    check_budget,
)
from services.matching.tests.worlds import (
    KINDS,
    NOW,
    THEMES,
    UTRECHT,
    a_customer,
    a_step,
    an_event,
    an_interest,
)

from kindred_matching.domain.assessment import Assessment, Assessor
from kindred_matching.domain.commitments import FIXING, Commitment
from kindred_matching.domain.engine import Engine
from kindred_matching.domain.facts import Customer, Event, Norm, Place
from kindred_matching.domain.inputs import (
    ClockTicked,
    CustomerRemoved,
    CustomerReplaced,
    EpochBegun,
    EventRemoved,
    EventReplaced,
    Input,
    InvitationStepped,
    RematchAsked,
    RulesReplaced,
    SliceScored,
    WishEnded,
    WishMade,
)
from kindred_matching.domain.rules import Rules
from kindred_matching.domain.state import EngineState
from kindred_matching.domain.travel import distances_km, travel_seconds
from kindred_matching.domain.wishes import Wish, WishKind

RULES = Rules(cap=2, hospitality_per_year=12_000)
LIMITED = replace(RULES, per_account=1, account_hospitality_per_year=20_000, draws=0.3)
"""Rules that limit accounts too, and draw lots."""
SPARING = replace(RULES, budget=30_000, draws=0.3)
"""Rules under which money is short."""
ACCOUNTS = (None, UUID(int=0xA1), UUID(int=0xA2))
REASONS = (None, "topic", "date")
PLACES = (UTRECHT, Place(50.85, 5.69), None)


def a_random_customer(random: Random) -> Customer:
    themes = random.sample(THEMES, random.randint(0, 3))
    return a_customer(
        random.randrange(12),
        version=random.randint(1, 9),
        may_be_invited=random.random() < 0.9,
        account_id=random.choice(ACCOUNTS),
        open_case=random.random() < 0.2,
        account_value=random.choice([0.0, 1.0, 1.0, 2.5]),
        home=random.choice(PLACES),
        interests=tuple(an_interest(theme, random.choice([0.0, 0.3, 1.0])) for theme in themes),
        companion_wish=random.choice([None, "partner", "alone"]),
        norm=random.choice([None, None, Norm(5000, business_only=False)]),
        blocked_weekdays=random.choice([(), (), (2,)]),
    )


def a_random_event(random: Random) -> Event:
    start = NOW + timedelta(hours=random.randint(-20, 90))
    return an_event(
        random.randrange(8),
        kind=random.choice(KINDS),
        themes=tuple((theme, 1.0) for theme in random.sample(THEMES, random.randint(0, 2))),
        starts_at=start,
        ends_at=start + timedelta(hours=random.randint(1, 30)),
        weekdays=(start.weekday(),),
        place=random.choice(PLACES),
        seats=random.randint(0, 4),
        companion_allowed=random.random() < 0.5,
        cost=random.choice([0, 4000, 9000]),
        open=random.random() < 0.9,
    )


def a_random_step(random: Random) -> InvitationStepped:
    step = random.choice([*sorted(FIXING), "drafted", "withdrawn", "declined", "cancelled"])
    event = an_event(
        number := random.randrange(8), cost=3000, starts_at=NOW + timedelta(days=number)
    )
    taken = a_step(step, a_customer(random.randrange(12)), event, random.randint(1, 2))
    return replace(taken, manner=random.choice([None, "phone"]), reason=random.choice(REASONS))


def a_random_wish(random: Random) -> Input:
    pair = a_pair(random)
    if random.random() < 0.3:
        return WishEnded(*pair)
    made_at = NOW + timedelta(hours=random.randrange(9))
    return WishMade(Wish(*pair, random.choice(list(WishKind)), made_at))


Inputs = tuple[tuple[int, Callable[[Random], Input]], ...]
INPUTS: Inputs = (
    (6, lambda random: CustomerReplaced(a_random_customer(random))),
    (5, lambda random: EventReplaced(a_random_event(random))),
    (6, a_random_step),
    (1, lambda random: RematchAsked(a_customer(random.randrange(12)).id)),
    (1, lambda random: CustomerRemoved(a_customer(random.randrange(12)).id)),
    (1, lambda random: EventRemoved(an_event(random.randrange(8)).id)),
    (1, lambda _: EpochBegun("night")),
    (1, lambda random: SliceScored(random.randint(1, 5))),
    (2, a_random_wish),
    (1, lambda random: ClockTicked(NOW + timedelta(hours=random.randrange(60)))),
)


OTHER_RULES = (1, lambda random: RulesReplaced(random.choice([RULES, LIMITED, LIMITED, SPARING])))


def a_random_input(random: Random, inputs: Inputs = INPUTS) -> Input:
    weights = [weight for weight, _ in inputs]
    return random.choices(inputs, weights)[0][1](random)


def a_pair(random: Random) -> tuple[UUID, UUID]:
    return a_customer(random.randrange(12)).id, an_event(random.randrange(8)).id


def a_history(length: int, seed: int, inputs: Inputs = INPUTS) -> list[Input]:
    random = Random(seed)  # noqa: S311 - a test world, not a secret
    return [a_random_input(random, inputs) for _ in range(length)]


# Drawn from seeds: hypothesis' own lists are mostly too small for two customers to want one seat.
histories = st.builds(
    a_history, st.integers(0, 80), st.integers(0, 2**32), st.just((*INPUTS, OTHER_RULES))
)


def run(history: list[Input], portions: list[int], rules: Rules = RULES) -> Engine:
    engine = Engine(rules)
    engine.apply(ClockTicked(NOW))
    rest = list(history)
    for size in [*portions, len(rest)]:
        for happening in rest[:size]:
            engine.apply(happening)
        rest = rest[size:]
        engine.settle()
    return engine


def bits(engine: Engine) -> tuple[EngineState, dict[str, bytes]]:
    """Everything an engine is, for comparing."""
    snapshot = engine.snapshot()
    return snapshot.state, {name: array.tobytes() for name, array in snapshot.market.items()}


def seats_chosen(engine: Engine, customer: UUID) -> dict[UUID, int]:
    """The seats that were chosen for a customer, by event."""
    choices = engine.allocation.chosen(engine.places.take(customer))
    return {engine.table.slots.at(choice.event): choice.seats for choice in choices}


def assessed(engine: Engine, customer: UUID) -> Assessment:
    assessor = Assessor(engine.table, engine.rules, engine.now)
    return assessor.assess(engine.dossier(customer), engine.view())


@given(histories, st.lists(st.integers(0, 9), max_size=8))
@settings(max_examples=80)
def test_limits_hold_whatever_happens(history: list[Input], portions: list[int]) -> None:
    engine = run(history, portions)
    for customer in engine.customers.values():
        check_customer(engine, customer)
    check_seats(engine)
    check_budget(engine)
    for account in ACCOUNTS[1:]:
        check_account(engine, {c.id for c in engine.customers.values() if c.account_id == account})


def check_customer(engine: Engine, customer: Customer) -> None:
    own = [engine.events[event] for event in seats_chosen(engine, customer.id)]
    settled = engine.ledger.of(customer.id)
    assert all(event.open and event.starts_at > engine.now for event in own)
    assert not {event.id for event in own} & settled.keys(), "settled pairs are not chosen again"
    seen = assessed(engine, customer.id)
    refused = dict(zip(engine.table.slots.in_order().tolist(), seen.refused, strict=True))
    assert not any(refused[engine.table.slots.take(event.id)] for event in own)
    if own:
        check_cap(engine, customer, len(own))
        check_hospitality(engine, customer)
    fixed = [
        engine.events[c.event_id]
        for c in settled.values()
        if c.fixed and c.event_id in engine.events
    ]
    for one in own:
        for other in [*own, *(event for event in fixed if event.open)]:
            assert one is other or fit_together(one, other)


def check_cap(engine: Engine, customer: Customer, chosen: int) -> None:
    settled = engine.ledger.of(customer.id).values()
    to_come = [c for c in settled if c.counts_under_cap and still_to_come(engine, c)]
    assert chosen + len(to_come) <= RULES.cap


def still_to_come(engine: Engine, commitment: Commitment) -> bool:
    event = engine.events.get(commitment.event_id)
    if event is None:
        return commitment.starts_at > engine.now
    return event.open and event.starts_at > engine.now


def check_hospitality(engine: Engine, customer: Customer) -> None:
    chosen = seats_chosen(engine, customer.id)
    spent: dict[int, int] = defaultdict(int)
    for event_id, event in engine.events.items():
        seats = chosen.get(event_id, 0)
        settled = engine.ledger.of(customer.id).get(event_id)
        if settled is not None and settled.fixed and event.open:
            seats += settled.seats
        spent[event.starts_at.year] += seats * event.cost
        norm = customer.norm.max_value if customer.norm else None
        if settled is None and norm is not None:
            assert seats * event.cost <= norm
    assert all(cents <= RULES.hospitality_per_year for cents in spent.values())


def check_seats(engine: Engine) -> None:
    taken: dict[UUID, int] = defaultdict(int)
    for customer in engine.customers:
        for chosen, seats in seats_chosen(engine, customer).items():
            taken[chosen] += seats
    for event_id, event in engine.events.items():
        assert taken[event_id] <= max(0, event.seats - engine.ledger.held(event_id))


def fit_together(one: Event, other: Event) -> bool:
    travel = timedelta(0)
    if one.place and other.place and "online" not in (one.kind, other.kind):
        there = np.array([other.place.latitude]), np.array([other.place.longitude])
        travel = timedelta(seconds=int(travel_seconds(distances_km(one.place, *there))[0]))
    return one.ends_at + travel <= other.starts_at or other.ends_at + travel <= one.starts_at


@given(histories, st.lists(st.integers(0, 9), max_size=8))
@settings(max_examples=40)
def test_the_same_inputs_give_the_same_bits(history: list[Input], portions: list[int]) -> None:
    assert bits(run(history, portions)) == bits(run(history, portions))


@given(histories, histories)
@settings(max_examples=30)
def test_an_engine_that_was_put_away_goes_on_with_the_same_bits(
    before: list[Input], after: list[Input]
) -> None:
    straight = run(before, [])
    restored = Engine.restored(straight.snapshot())
    for engine in (straight, restored):
        for happening in after:
            engine.apply(happening)
            engine.settle()
    assert bits(restored) == bits(straight)


@given(histories, st.lists(st.integers(0, 9), max_size=8))
@settings(max_examples=40)
def test_nothing_better_is_possible_than_the_certificate_says(
    history: list[Input], portions: list[int]
) -> None:
    """Whoever goes by a sorted list, as a clerk would, stays below the bound."""
    engine = run(history, portions)
    certificate = engine.allocation.certificate
    chosen = sum(
        assessed(engine, customer).weight[row_of(engine, event), seats - 1]
        for customer in engine.customers
        for event, seats in seats_chosen(engine, customer).items()
    )
    slack = 1e-5 * max(1.0, chosen)
    assert abs(certificate.value - chosen) <= slack
    assert clerks_value(engine) <= certificate.bound + slack
    assert chosen <= certificate.bound + slack


def row_of(engine: Engine, event: UUID) -> int:
    places: list[int] = engine.table.slots.in_order().tolist()
    return places.index(engine.table.slots.take(event))


def clerks_value(engine: Engine) -> float:
    """Greedy allocation as one would do it by hand, around what was settled because of wishes and lots."""
    seen = {customer: assessed(engine, customer) for customer in engine.customers}
    options = sorted(
        (-float(seen[customer].weight[row, option]), customer, event, option, row)
        for customer in engine.customers
        for event in engine.events
        for row in (row_of(engine, event),)
        for option in (0, 1)
        if seen[customer].open[row, option]
    )
    chosen = dict(settled(engine))
    value = sum(
        float(seen[customer].weight[row_of(engine, event), seats - 1])
        for (customer, event), seats in chosen.items()
    )
    for weight, customer, event, option, _ in options:
        if clerk_allows(engine, chosen, seen[customer], engine.events[event], option + 1):
            chosen[customer, event] = option + 1
            value -= weight
    return value


def settled(engine: Engine) -> Iterator[tuple[tuple[UUID, UUID], int]]:
    """The pairs that were settled because of wishes and lots, with their seats."""
    for customer in engine.customers:
        for event, seats in engine.allocation.market.fixed(engine.places.take(customer)):
            yield (customer, engine.table.slots.at(event)), seats


def clerk_allows(
    engine: Engine,
    chosen: dict[tuple[UUID, UUID], int],
    seen: Assessment,
    event: Event,
    seats: int,
) -> bool:
    customer = seen.customer.id
    own = [engine.events[e] for c, e in chosen if c == customer]
    taken = sum(n for (_, e), n in chosen.items() if e == event.id) + engine.ledger.held(event.id)
    if not account_allows(engine, chosen, seen.customer, event, seats):
        return False
    if not budget_allows(engine, chosen, event, seats):
        return False
    year = engine.table.years.index(event.starts_at.year)
    spent = sum(
        chosen[customer, e.id] * e.cost for e in own if e.starts_at.year == event.starts_at.year
    )
    return bool(
        event not in own
        and len(own) < seen.cap
        and taken + seats <= event.seats
        and spent + seats * event.cost <= seen.room[year]
        and all(fit_together(event, e) for e in own)
    )


@given(histories)
@settings(max_examples=40)
def test_what_a_customer_is_told_adds_up(history: list[Input]) -> None:
    engine = run(history, [])
    for customer in engine.customers:
        told = engine.describe([customer])[0]
        fixed = {
            commitment.event_id
            for commitment in engine.ledger.of(customer).values()
            if commitment.fixed and is_on_offer(engine, commitment)
        }
        assert {match.event_id for match in told.chosen} == fixed | seats_chosen(
            engine, customer
        ).keys()
        events = [m.event_id for m in told.chosen]
        events += [m.event_id for m in told.ranked]
        events += [m.event_id for m in told.refused]
        assert len(events) == len(set(events))
        shown = {
            event.id
            for event in engine.events.values()
            if event.open
            and (event.starts_at > engine.now or event.id not in engine.ledger.of(customer))
        }
        assert shown <= set(events) or len(told.ranked) == 16


def is_on_offer(engine: Engine, commitment: Commitment) -> bool:
    event = engine.events.get(commitment.event_id)
    return event is not None and event.open and event.starts_at > engine.now
