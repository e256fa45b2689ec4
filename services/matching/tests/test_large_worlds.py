"""Questions about a programme so large that there are no rounds of choosing: it is compared as it stands, and stays as it is."""

from dataclasses import replace
from datetime import timedelta

import pytest
from services.matching.tests.test_allocation_properties import bits
from services.matching.tests.test_demand import EVENINGS, HERE
from services.matching.tests.test_what_if import LATER, cost_of, effect_of
from services.matching.tests.worlds import (
    NOW,
    an_engine,
    an_event,
    customer_id,
    event_id,
    some_world,
)

from kindred_matching.domain.demand import FindDemand
from kindred_matching.domain.engine import Engine
from kindred_matching.domain.explanation import WhyPair
from kindred_matching.domain.inputs import ClockTicked, EventReplaced, SliceScored
from kindred_matching.domain.supposing import (
    Cancelled,
    Limited,
    Moved,
    Organised,
    Seats,
    Supposition,
    Wished,
)
from kindred_matching.domain.wish_prices import PriceWishes
from kindred_matching.domain.wishes import Wish, WishKind
from kindred_matching.domain.worlds import VISITS, copy_of, rounds


@pytest.fixture(scope="module")
def engine() -> Engine:
    customers, events = some_world(VISITS + 1, 8, seed=3)
    found = an_engine(*events, *customers)
    for minute in range(3):
        found.replay([ClockTicked(NOW + timedelta(minutes=minute))])
    assert not rounds(found)
    return found


SUPPOSED = {
    "seats": Seats(event_id(2), 80),
    "cancelled": Cancelled(event_id(1)),
    "moved": Moved(event_id(1), LATER, LATER + timedelta(hours=3), (LATER.weekday(),)),
    "another event": Organised(
        an_event(99, starts_at=LATER, ends_at=LATER + timedelta(hours=2), seats=40)
    ),
    "pin": Wished(event_id(1), customer_id(5), WishKind.PIN),
    "cap": Limited(cap=1),
    "hospitality": Limited(hospitality_per_year=1_000),
}


@pytest.mark.parametrize("supposed", SUPPOSED.values(), ids=SUPPOSED.keys())
def test_what_is_foretold_is_near_what_comes_and_the_engine_stays_as_it_is(
    engine: Engine, supposed: Supposition
) -> None:
    before, value = bits(engine), engine.allocation.certificate.value

    effect = effect_of(engine, supposed)

    assert bits(engine) == before
    assert effect.at_least <= effect.value <= effect.at_most
    done = copy_of(engine)
    done.at_once = len(done.customers)
    done.apply(supposed.comes_about(done))
    done.settle()
    came = done.allocation.certificate
    assert effect.at_least <= came.bound - value
    assert came.value - value <= effect.at_most
    assert effect.value == pytest.approx(came.value - value, abs=0.02 * value)


def test_half_of_the_money_goes_to_those_who_are_worth_most_for_it(engine: Engine) -> None:
    effect = effect_of(engine, Limited(budget=cost_of(engine) // 2))
    assert effect.value < 0
    assert effect.after.gap < 0.05


def test_other_questions_leave_no_trace(engine: Engine) -> None:
    before = bits(engine)
    for number in range(3):
        WhyPair(customer_id(number), event_id(1)).asked_of(engine)
    PriceWishes((Wish(customer_id(7), event_id(1), WishKind.PIN, NOW),)).asked_of(engine)
    FindDemand(kinds=("culture",), regions=(HERE,), times=EVENINGS, most=2).asked_of(engine)
    assert bits(engine) == before


def sweep(engine: Engine) -> None:
    """Until nobody waits to be scored anew."""
    while engine.scoring_anew:
        engine.apply(SliceScored(VISITS))
        engine.settle()


def test_a_change_is_not_told_to_do_what_scoring_does_that_is_under_way(engine: Engine) -> None:
    """Everybody is refused an event at first, and may come when he has been scored anew."""
    other = copy_of(engine)
    open_to_all = other.events[event_id(1)]
    other.apply(EventReplaced(replace(open_to_all, minimum_age=100)))
    other.settle()
    sweep(other)
    other.apply(EventReplaced(open_to_all))
    other.settle()
    same = Limited(hospitality_per_year=other.rules.hospitality_per_year + 1)
    event, free = other.table.slots.take(event_id(1)), other.allocation.seats_taken()

    effect = effect_of(other, same)

    assert free[event] == 0
    assert effect.before.value > 1.05 * other.allocation.certificate.value
    assert abs(effect.value) < 0.2 * (effect.before.value - other.allocation.certificate.value)
