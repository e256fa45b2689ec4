"""What holds for every allocation, whatever happened before, and in whatever order and portions it became known."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import timedelta
from operator import attrgetter
from random import Random
from uuid import UUID

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from services.matching.tests.worlds import (
    KINDS,
    NOW,
    THEMES,
    UTRECHT,
    a_customer,
    a_step,
    an_engine,
    an_event,
    an_interest,
)

from kindred_matching.domain.commitments import FIXING, Commitment
from kindred_matching.domain.engine import Engine
from kindred_matching.domain.facts import Customer, Event, Norm, Place
from kindred_matching.domain.inputs import (
    ClockTicked,
    CustomerRemoved,
    CustomerReplaced,
    EpochBegun,
    EventReplaced,
    Input,
    InvitationStepped,
    RematchAsked,
    SliceScored,
)
from kindred_matching.domain.proposals import pairs_taken
from kindred_matching.domain.rules import Rules
from kindred_matching.domain.state import EngineState
from kindred_matching.domain.travel import distances_km, travel_seconds

RULES = Rules(cap=2, hospitality_per_year=12_000)
REASONS = (None, "topic", "date")
PLACES = (UTRECHT, Place(50.85, 5.69), None)


def a_random_customer(random: Random) -> Customer:
    themes = random.sample(THEMES, random.randint(0, 3))
    return a_customer(
        random.randrange(12),
        version=random.randint(1, 9),
        may_be_invited=random.random() < 0.9,
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


def a_random_input(random: Random) -> Input:
    match random.choices(range(8), weights=[6, 5, 6, 1, 1, 1, 1, 1])[0]:
        case 0:
            return CustomerReplaced(a_random_customer(random))
        case 1:
            return EventReplaced(a_random_event(random))
        case 2:
            return a_random_step(random)
        case 3:
            return RematchAsked(a_customer(random.randrange(12)).id)
        case 4:
            return CustomerRemoved(a_customer(random.randrange(12)).id)
        case 5:
            return EpochBegun("night")
        case 6:
            return SliceScored(random.randint(1, 5))
        case _:
            return ClockTicked(NOW + timedelta(hours=random.randrange(60)))


def a_history(length: int, seed: int) -> list[Input]:
    random = Random(seed)  # noqa: S311 - a test world, not a secret
    return [a_random_input(random) for _ in range(length)]


# Drawn from seeds: hypothesis' own lists are mostly too small for two customers to want one seat.
histories = st.builds(a_history, st.integers(0, 80), st.integers(0, 2**32))


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


@dataclass(frozen=True)
class Known:
    """An engine's state by identifier, without the places that things happen to have."""

    facts: EngineState
    chosen: dict[tuple[UUID, UUID], int]
    rows: dict[tuple[UUID, UUID], tuple[float, float, int, int]]


def known(engine: Engine) -> Known:
    board, chosen = engine.board, engine.allocator.chosen
    state = engine.state()
    by_id = replace(
        state,
        customers=tuple(sorted(engine.customers.values(), key=attrgetter("id"))),
        events=tuple(sorted(engine.events.values(), key=attrgetter("id"))),
        free_customers=(),
        free_events=(),
        chosen=(),
    )
    pairs = [(c, e) for c in board.customers for e in board.events.slots]
    at = {pair: (board.customers.take(pair[0]), board.events.slots.take(pair[1])) for pair in pairs}
    return Known(
        by_id,
        {pair: int(chosen[at[pair]]) for pair in pairs},
        {
            pair: (
                *board.weight[at[pair]].tolist(),
                int(board.refused[at[pair]]),
                int(board.fixed[at[pair]]),
            )
            for pair in pairs
        },
    )


@given(histories, st.lists(st.integers(0, 9), max_size=8))
@settings(max_examples=150, deadline=None)
def test_limits_hold_whatever_happens(history: list[Input], portions: list[int]) -> None:
    engine = run(history, portions)
    for customer in engine.customers.values():
        check_customer(engine, customer)
    check_seats(engine)


def check_customer(engine: Engine, customer: Customer) -> None:
    board, chosen = engine.board, engine.allocator.chosen
    place = board.customers.take(customer.id)
    own = [engine.events[board.events.slots.at(e)] for e in np.flatnonzero(chosen[place]).tolist()]
    settled = engine.ledger.of(customer.id)
    assert all(event.open and event.starts_at > engine.now for event in own)
    assert not {event.id for event in own} & settled.keys(), "settled pairs are not chosen again"
    assert not board.refused[place, np.flatnonzero(chosen[place])].any()
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
    board, chosen = engine.board, engine.allocator.chosen
    place = board.customers.take(customer.id)
    spent: dict[int, int] = defaultdict(int)
    for event_id, event in engine.events.items():
        seats = int(chosen[place, board.events.slots.take(event_id)])
        settled = engine.ledger.of(customer.id).get(event_id)
        if settled is not None and settled.fixed and event.open:
            seats += settled.seats
        spent[event.starts_at.year] += seats * event.cost
        norm = customer.norm.max_value if customer.norm else None
        if settled is None and norm is not None:
            assert seats * event.cost <= norm
    assert all(cents <= RULES.hospitality_per_year for cents in spent.values())


def check_seats(engine: Engine) -> None:
    board, chosen = engine.board, engine.allocator.chosen
    for event in engine.events.values():
        taken = int(chosen[:, board.events.slots.take(event.id)].sum())
        assert taken <= max(0, event.seats - engine.ledger.held(event.id))


def fit_together(one: Event, other: Event) -> bool:
    travel = timedelta(0)
    if one.place and other.place and "online" not in (one.kind, other.kind):
        there = np.array([other.place.latitude]), np.array([other.place.longitude])
        travel = timedelta(seconds=int(travel_seconds(distances_km(one.place, *there))[0]))
    return one.ends_at + travel <= other.starts_at or other.ends_at + travel <= one.starts_at


@given(histories, st.lists(st.integers(0, 9), max_size=8), st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_order_and_portions_do_not_matter(
    history: list[Input], portions: list[int], random: Random
) -> None:
    """Records of one customer or event keep their order, as on a topic; all else may come in any order.

    Removals are left out: they forget what came before them, on whatever topic. So is learning, which goes by what was known
    when the customer was invited.
    """
    history = [happening for happening in history if not isinstance(happening, CustomerRemoved)]
    end = [ClockTicked(NOW + timedelta(hours=60))]
    mixed = shuffled_between_keys(history, random)
    rules = replace(RULES, learn=False)
    assert known(run([*history, *end], portions, rules)) == known(run([*mixed, *end], [], rules))


def shuffled_between_keys(history: list[Input], random: Random) -> list[Input]:
    lanes: dict[str, list[Input]] = defaultdict(list)
    for happening in history:
        lanes[lane(happening)].append(happening)
    order = [name for name, own in lanes.items() for _ in own]
    random.shuffle(order)
    return [lanes[name].pop(0) for name in order]


def lane(happening: Input) -> str:
    match happening:
        case CustomerReplaced(customer):
            return f"profile {customer.id}"
        case EventReplaced(event):
            return f"event {event.id}"
        case InvitationStepped():
            return f"invitations {happening.customer_id}"
        case _:
            return "other"


@given(histories, st.lists(st.integers(0, 9), max_size=8))
@settings(max_examples=60, deadline=None)
def test_the_same_inputs_give_the_same_bits(history: list[Input], portions: list[int]) -> None:
    one, other = run(history, portions), run(history, portions)
    assert one.state() == other.state()
    assert one.board.weight.tobytes() == other.board.weight.tobytes()


@given(histories)
@settings(max_examples=100, deadline=None)
def test_it_chooses_like_a_clerk_with_a_sorted_list(history: list[Input]) -> None:
    engine = run(history, [])
    assert known(engine).chosen == clerk(engine)


def clerk(engine: Engine) -> dict[tuple[UUID, UUID], int]:
    """Greedy allocation as one would do it by hand."""
    board = engine.board
    slots = {event: board.events.slots.take(event) for event in engine.events}
    options = sorted(
        (
            -board.weight[board.customers.take(customer), slots[event], option],
            customer,
            event,
            option,
        )
        for customer in engine.customers
        for event in engine.events
        for option in (0, 1)
        if board.weight[board.customers.take(customer), slots[event], option] >= 0
    )
    chosen = {(customer, event): 0 for customer in engine.customers for event in engine.events}
    for _, customer, event, option in options:
        if clerk_allows(engine, chosen, customer, event, option + 1):
            chosen[customer, event] = option + 1
    return chosen


def clerk_allows(
    engine: Engine, chosen: dict[tuple[UUID, UUID], int], customer: UUID, event: UUID, seats: int
) -> bool:
    board, facts = engine.board, engine.events[event]
    place, column = board.customers.take(customer), board.events.slots.take(event)
    own = [e for e in engine.events if chosen[customer, e]]
    taken = sum(chosen[c, event] for c in engine.customers) + engine.ledger.held(event)
    year = engine.board.events.years.index(facts.starts_at.year)
    spent = sum(chosen[customer, e] * engine.events[e].cost for e in own)
    return bool(
        facts.open
        and facts.starts_at > engine.now
        and not chosen[customer, event]
        and not board.refused[place, column]
        and not board.fixed[place, column]
        and not board.busy[place, column]
        and len(own) < board.cap[place]
        and taken + seats <= facts.seats
        and spent + seats * facts.cost <= board.room[place, year]
        and all(fit_together(facts, engine.events[e]) for e in own)
    )


@given(histories)
@settings(max_examples=60, deadline=None)
def test_what_a_customer_is_told_adds_up(history: list[Input]) -> None:
    engine = run(history, [])
    for customer in engine.customers:
        place = engine.board.customers.take(customer)
        told = engine.describe([customer])[0]
        taken = pairs_taken(engine.board, engine.allocator.chosen, place)
        assert {match.event_id for match in told.chosen} == {
            engine.board.events.slots.at(event) for event in taken.tolist()
        }
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


def test_the_clerk_agrees_on_an_empty_world() -> None:
    assert clerk(an_engine()) == {}
