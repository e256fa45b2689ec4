"""Worlds in which something else happens: an event that is new or another is entered as if everybody had been assessed anew."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from services.matching.tests.worlds import (
    NOW,
    a_step,
    an_engine,
    an_event,
    customer_id,
    event_id,
    some_world,
)

from kindred_matching.domain.engine import Engine
from kindred_matching.domain.exact import Floats
from kindred_matching.domain.inputs import (
    ClockTicked,
    EventReplaced,
    Input,
    RulesReplaced,
    WishMade,
)
from kindred_matching.domain.rules import Rules
from kindred_matching.domain.wishes import Wish, WishKind
from kindred_matching.domain.worlds import copy_of, happen

LATER, NEXT_YEAR = NOW + timedelta(days=12), NOW + timedelta(days=330)


def a_world(seed: int) -> Engine:
    """A programme with invitations and wishes, at rest."""
    customers, events = some_world(60, 8, seed)
    engine = an_engine(*events, *customers)
    engine.replay([a_step("approved", customers[number], events[number]) for number in range(6)])
    wished = [(7, 2, WishKind.PIN), (8, 2, WishKind.FORBID), (9, 2, WishKind.PREFER)]
    engine.replay(
        WishMade(Wish(customer_id(who), event_id(what), kind, NOW)) for who, what, kind in wished
    )
    engine.replay([ClockTicked(NOW)])
    return engine


def options(engine: Engine) -> dict[int, list[tuple[int, float]]]:
    """What each customer, by place, may choose from and what it is worth."""
    state, found = engine.allocation.market.state, {}
    for place in range(len(engine.places)):
        row = slice(state.row_begin[place], state.row_begin[place] + state.row_size[place])
        found[place] = list(zip(state.code[row].tolist(), state.weight[row].tolist(), strict=True))
    return found


def room(engine: Engine) -> Floats:
    """The hospitality that is left of each year for each customer."""
    state, people = engine.allocation.market.state, len(engine.places)
    left: Floats = state.person_room[:people, : len(engine.table.years)]
    return left


changes = st.one_of(
    st.integers(0, 7).map(
        lambda number: an_event(number, starts_at=LATER, ends_at=LATER + timedelta(hours=3))
    ),
    st.integers(0, 7).map(lambda number: an_event(number, open=False)),
    st.builds(
        an_event,
        st.integers(90, 99),
        kind=st.sampled_from(["dinner", "online", "sport"]),
        seats=st.integers(0, 9),
        companion_allowed=st.booleans(),
        cost=st.sampled_from([0, 2_000, 90_000]),
        starts_at=st.just(NEXT_YEAR),
        ends_at=st.just(NEXT_YEAR + timedelta(hours=2)),
    )
    | st.builds(
        an_event,
        st.integers(90, 99),
        kind=st.sampled_from(["dinner", "online", "sport"]),
        seats=st.integers(0, 9),
        companion_allowed=st.booleans(),
        cost=st.sampled_from([0, 2_000, 90_000]),
    ),
).map(EventReplaced) | st.builds(
    Rules,
    cap=st.integers(0, 4),
    budget=st.sampled_from([None, 100_000]),
    per_account=st.sampled_from([None, 1]),
).map(RulesReplaced)


@settings(max_examples=30)
@given(st.integers(1, 5), st.lists(changes, min_size=1, max_size=3))
def test_weighing_everybody_for_one_event_is_as_good_as_weighing_all(
    seed: int, happened: list[Input]
) -> None:
    engine = a_world(seed)
    one, other = copy_of(engine), copy_of(engine)
    happen(one, happened)
    for change in happened:
        other.apply(change)
    other.settle()

    assert not other.scoring_anew
    assert options(one) == options(other)
    assert (room(one) == room(other)).all()
    assert (one.allocation.market.state.cap == other.allocation.market.state.cap).all()
    found = one.allocation.certificate
    assert found.value <= other.allocation.certificate.bound + 1e-6
    assert other.allocation.certificate.value <= found.bound + 1e-6
