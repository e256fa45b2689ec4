"""Pairs drawn by lot: one a week at most, of what could be given, at a chance that is told, and ended by whoever says no."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from services.matching.tests.test_allocation_properties import (
    bits,
    seats_chosen,
)
from services.matching.tests.worlds import (
    NOW,
    a_customer,
    a_step,
    an_engine,
    an_event,
    customer_id,
    event_id,
    some_world,
)

from kindred_matching.adapters.encoding import decode_snapshot, encode_snapshot
from kindred_matching.domain.draw_prices import DrawsPriced, PriceDraws
from kindred_matching.domain.engine import Engine
from kindred_matching.domain.explanation import explain
from kindred_matching.domain.exploration import Draw
from kindred_matching.domain.facts import Event
from kindred_matching.domain.inputs import (
    ClockTicked,
    CustomerRemoved,
    CustomerReplaced,
    EventRemoved,
    EventReplaced,
    Input,
    RulesReplaced,
    WishMade,
)
from kindred_matching.domain.refilling import engine_of, refilled
from kindred_matching.domain.rules import Rules
from kindred_matching.domain.state import Settlement
from kindred_matching.domain.wishes import Wish, WishKind

WEEK = timedelta(days=7)


def drawing(engine: Engine, chance: float = 1.0) -> Settlement:
    """What is drawn in the next week at this chance."""
    rules = RulesReplaced(replace(engine.rules, draws=chance))
    return take(engine, rules, ClockTicked(NOW + WEEK))


def take(engine: Engine, *happenings: Input) -> Settlement:
    for happening in happenings:
        engine.apply(happening)
    return engine.settle()


def a_season(events: int = 6, seats: int = 50) -> list[Event]:
    return [an_event(20 + number, seats=seats) for number in range(events)]


def propensities(engine: Engine, customer: UUID) -> dict[UUID, float]:
    (told,) = engine.describe([customer])
    return {each.event_id: each.propensity for each in told.chosen if each.propensity is not None}


def test_nothing_is_drawn_unless_it_is_asked_for() -> None:
    engine = an_engine(*a_season(), a_customer(1))
    assert take(engine, ClockTicked(NOW + WEEK)).drawn == ()


def test_one_pair_a_customer_is_drawn_in_the_first_moments_of_a_week() -> None:
    customers = [a_customer(number) for number in range(5)]
    engine = an_engine(*a_season(), *customers, rules=Rules(cap=2))

    drawn = drawing(engine).drawn

    assert [draw.customer_id for draw in drawn] == sorted(customer.id for customer in customers)
    for draw in drawn:
        assert draw.propensity == pytest.approx(1 / 6)
        assert draw.event_id in seats_chosen(engine, draw.customer_id)
        assert propensities(engine, draw.customer_id) == {draw.event_id: draw.propensity}
        assert explain(engine, draw.customer_id, draw.event_id).propensity == draw.propensity
    late = take(
        engine, CustomerReplaced(a_customer(9)), ClockTicked(NOW + WEEK + timedelta(days=6))
    )
    assert late.drawn == (), "who comes in the middle of a week waits for the next"
    (only,) = take(engine, ClockTicked(NOW + 2 * WEEK)).drawn
    assert only.customer_id == customer_id(9), "nobody has two at a time"


def test_lots_fall_as_often_as_told_and_on_each_event_alike() -> None:
    events, customers = a_season(4, seats=2_000), [a_customer(number) for number in range(400)]
    engine = an_engine(*events, *customers, rules=Rules())
    drawn = drawing(engine, 0.25).drawn
    assert 70 <= len(drawn) <= 130
    fallen = Counter(draw.event_id for draw in drawn)
    assert len(fallen) == 4
    assert max(fallen.values()) < 2.5 * min(fallen.values())


def test_only_what_could_be_given_is_drawn() -> None:
    customer = a_customer(1, may_be_invited=True, excluded_themes=("wine",))
    refused = an_event(21, themes=(("wine", 1.0),))
    full, dear = an_event(22, seats=1), an_event(23, cost=60_000)
    taken, open_to_all = an_event(24), an_event(26)
    beside = an_event(25, starts_at=taken.starts_at, ends_at=taken.ends_at)
    facts = (customer, a_customer(2), refused, full, dear, taken, beside, open_to_all)
    engine = an_engine(*facts, rules=Rules(cap=3))
    take(engine, a_step("approved", a_customer(2), full), a_step("approved", customer, taken))

    drawn = {draw.customer_id: draw for draw in drawing(engine).drawn}

    assert drawn[customer.id] == Draw(customer.id, open_to_all.id, 1.0, "2026-W11")


def test_wishes_come_before_lots() -> None:
    pinned, rest = an_event(21), [an_event(22, starts_at=an_event(21).starts_at)]
    customer = a_customer(1)
    engine = an_engine(pinned, *rest, customer, rules=Rules(cap=1))
    take(engine, WishMade(Wish(customer.id, pinned.id, WishKind.PIN, NOW)))
    assert drawing(engine).drawn == ()
    assert seats_chosen(engine, customer.id).keys() == {pinned.id}


@pytest.fixture
def drawn() -> tuple[Engine, Draw]:
    """An engine with one customer and his draw."""
    engine = an_engine(*a_season(3), a_customer(1), rules=Rules(cap=1))
    (draw,) = drawing(engine).drawn
    assert seats_chosen(engine, draw.customer_id).keys() == {draw.event_id}
    return engine, draw


def test_a_draft_that_is_dropped_ends_the_draw(drawn: tuple[Engine, Draw]) -> None:
    engine, draw = drawn
    take(engine, a_step("withdrawn", a_customer(1), engine.events[draw.event_id]))
    assert not propensities(engine, draw.customer_id)
    assert not list(engine.draws)


def test_a_no_ends_the_draw_and_a_yes_keeps_its_chance(drawn: tuple[Engine, Draw]) -> None:
    engine, draw = drawn
    event = engine.events[draw.event_id]
    take(engine, a_step("approved", a_customer(1), event))
    assert propensities(engine, draw.customer_id) == {draw.event_id: draw.propensity}
    take(engine, a_step("accepted", a_customer(1), event))
    assert propensities(engine, draw.customer_id) == {draw.event_id: draw.propensity}
    take(engine, a_step("declined", a_customer(1), event))
    assert not list(engine.draws)


@pytest.mark.parametrize("way", ["forbidden", "cancelled", "gone", "closed", "forgotten"])
def test_what_cannot_be_given_any_longer_is_void(drawn: tuple[Engine, Draw], way: str) -> None:
    engine, draw = drawn
    who, event = draw.customer_id, engine.events[draw.event_id]
    ways: dict[str, Input] = {
        "forbidden": WishMade(Wish(who, event.id, WishKind.FORBID, NOW)),
        "cancelled": EventReplaced(
            an_event(int(event.id.int - event_id(0).int) // 104729, open=False)
        ),
        "gone": EventRemoved(event.id),
        "closed": ClockTicked(event.starts_at + timedelta(minutes=1)),
        "forgotten": CustomerRemoved(who),
    }
    take(engine, ways[way])
    assert draw not in list(engine.draws)


def test_seats_that_are_gone_end_the_draws_of_who_came_last() -> None:
    customers = [a_customer(number) for number in range(3)]
    engine = an_engine(an_event(30, seats=3), *customers, rules=Rules(cap=1))
    assert len(drawing(engine).drawn) == 3
    take(engine, EventReplaced(an_event(30, seats=1)))
    assert len(list(engine.draws)) == 1
    assert sum(bool(seats_chosen(engine, customer.id)) for customer in customers) == 1


def test_replies_to_what_was_drawn_are_counted_apart(drawn: tuple[Engine, Draw]) -> None:
    engine, draw = drawn
    event, customer = engine.events[draw.event_id], a_customer(1)
    expected = explain(engine, customer.id, event.id).options[0].probability
    take(engine, a_step("approved", customer, event), a_step("sent", customer, event))
    take(engine, a_step("accepted", customer, event))
    tally = engine.teaching.model.drawn
    assert (tally.replies, tally.accepted) == (1, 1.0)
    assert tally.expected == pytest.approx(expected)
    engine.teaching.begin_epoch([customer.id])
    assert engine.teaching.model.drawn == tally, "all epochs together"


def test_what_was_not_drawn_is_not_counted_with_it() -> None:
    customer, event = a_customer(1), an_event(21)
    engine = an_engine(customer, event)
    take(engine, a_step("sent", customer, event), a_step("accepted", customer, event))
    assert engine.teaching.model.tally.replies == 1
    assert engine.teaching.model.drawn.replies == 0


def test_lots_have_a_price() -> None:
    opera, chess = an_event(21, seats=1), an_event(22, seats=1)
    customers = [a_customer(1, account_value=5.0), a_customer(2, account_value=1.0)]
    engine = an_engine(opera, chess, *customers, rules=Rules(cap=1))
    assert PriceDraws().asked_of(engine) == DrawsPriced(0, 0.0)
    drawing(engine)
    before = bits(engine)
    priced = PriceDraws().asked_of(engine)
    assert priced.standing == 2
    assert priced.cost >= 0.0
    assert bits(engine) == before, "asking changes nothing"


@pytest.mark.parametrize("seed", range(4))
def test_draws_keep_to_limits_and_outlive_a_snapshot(seed: int) -> None:
    customers, events = some_world(30, 8, seed)
    engine = an_engine(*events, *customers, rules=Rules(cap=2))
    drawing(engine, 0.5)
    assert list(engine.draws)
    for event in events:
        chosen = [seats_chosen(engine, c.id).get(event.id, 0) for c in customers]
        assert sum(chosen) <= event.seats
    again = engine_of(decode_snapshot(encode_snapshot(engine.snapshot())))
    assert bits(again) == bits(engine)
    assert list(again.draws) == list(engine.draws) == list(refilled(engine.state()).draws)
    for one in (engine, again):
        take(one, ClockTicked(NOW + 2 * WEEK))
    assert bits(again) == bits(engine)
