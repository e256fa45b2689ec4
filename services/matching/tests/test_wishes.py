"""What account managers wish for, and what concerns everybody: both take effect through the customers' own rows."""

from dataclasses import replace
from datetime import timedelta

import pytest
from services.matching.tests.test_allocation_properties import seats_chosen
from services.matching.tests.worlds import NOW, a_customer, a_step, an_engine, an_event

from kindred_matching.domain.engine import Engine
from kindred_matching.domain.inputs import (
    EventReplaced,
    Input,
    RulesReplaced,
    SliceScored,
    WishEnded,
    WishMade,
)
from kindred_matching.domain.rules import Rules
from kindred_matching.domain.vocabulary import Reason
from kindred_matching.domain.wish_prices import PriceWishes
from kindred_matching.domain.wishes import Wish, WishKind


def test_wishes_are_kept_as_far_as_limits_go() -> None:
    opera, dinner = an_event(1, seats=1, kind="culture"), an_event(2, seats=1, kind="dinner")
    best, pinned = a_customer(1, account_value=5.0), a_customer(2, account_value=0.1)
    engine = an_engine(opera, dinner, best, pinned, rules=Rules(cap=1))
    assert seats_chosen(engine, pinned.id).keys() != seats_chosen(engine, best.id).keys()
    wanted = next(iter(seats_chosen(engine, best.id)))

    take(engine, WishMade(Wish(pinned.id, wanted, WishKind.PIN, NOW)))
    assert seats_chosen(engine, pinned.id) == {wanted: 1}
    assert wanted not in seats_chosen(engine, best.id)
    take(engine, WishMade(Wish(best.id, wanted, WishKind.PIN, NOW + timedelta(days=1))))
    assert seats_chosen(engine, pinned.id) == {wanted: 1}, "who was wished first has the seat"
    take(engine, WishMade(Wish(pinned.id, wanted, WishKind.FORBID, NOW)))
    assert seats_chosen(engine, best.id) == {wanted: 1}
    refused = {each.event_id: each.reasons for each in engine.describe([pinned.id])[0].refused}
    assert refused[wanted] == (Reason.EXCLUDED,)
    take(engine, WishEnded(pinned.id, wanted), WishEnded(best.id, wanted))
    assert {*seats_chosen(engine, pinned.id), *seats_chosen(engine, best.id)} == {
        opera.id,
        dinner.id,
    }


def test_a_preferred_pair_counts_for_half_as_much_again() -> None:
    opera = an_event(1, seats=1)
    one, other = a_customer(1, account_value=1.2), a_customer(2)
    engine = an_engine(opera, one, other)
    assert seats_chosen(engine, one.id)
    take(engine, WishMade(Wish(other.id, opera.id, WishKind.PREFER, NOW)))
    assert seats_chosen(engine, other.id)
    assert engine.describe([other.id])[0].chosen[0].score == pytest.approx(
        1.5 / 1.2 * engine.describe([one.id])[0].ranked[0].score, rel=1e-5
    )


def test_a_preference_costs_what_its_pair_is_worth_less_by_itself() -> None:
    opera = an_event(1, seats=1)
    one, other, third = (a_customer(n, account_value=w) for n, w in ((1, 1.2), (2, 1.0), (3, 0.5)))
    engine = an_engine(opera, one, other, third)
    wish = Wish(other.id, opera.id, WishKind.PREFER, NOW)
    in_vain = Wish(third.id, opera.id, WishKind.PREFER, NOW)
    lost = engine.allocation.certificate.value * (1 - 1.0 / 1.2)
    thought_of = PriceWishes((wish, in_vain)).asked_of(engine)
    assert thought_of[other.id, opera.id] == pytest.approx(lost, rel=1e-5)
    assert thought_of[third.id, opera.id] == 0.0
    take(engine, WishMade(wish))
    assert PriceWishes((wish,)).asked_of(engine) == pytest.approx(
        {(other.id, opera.id): lost}, rel=1e-5
    )


def test_pins_keep_to_the_budget_and_come_true_when_there_is_more() -> None:
    dinners = [an_event(number, seats=5, cost=6_000) for number in (1, 2)]
    one, other = a_customer(1), a_customer(2, account_value=0.1)
    engine = an_engine(*dinners, one, other, rules=Rules(budget=6_000))
    assert seats_chosen(engine, one.id)
    take(engine, WishMade(Wish(other.id, dinners[1].id, WishKind.PIN, NOW)))
    assert seats_chosen(engine, other.id) == {dinners[1].id: 1}
    assert not seats_chosen(engine, one.id), "what was pinned is paid first"
    take(engine, WishMade(Wish(one.id, dinners[0].id, WishKind.PIN, NOW)))
    assert not seats_chosen(engine, one.id), "there is no money for a second pin"
    take(engine, RulesReplaced(Rules(budget=12_000)))
    assert seats_chosen(engine, one.id).keys() == {dinners[0].id}
    take(engine, a_step("sent", a_customer(3), dinners[0]))
    assert len({**seats_chosen(engine, one.id), **seats_chosen(engine, other.id)}) == 1
    take(engine, a_step("declined", a_customer(3), dinners[0]))
    assert len({**seats_chosen(engine, one.id), **seats_chosen(engine, other.id)}) == 2
    take(engine, EventReplaced(replace(dinners[1], cost=12_000)))
    assert len({**seats_chosen(engine, one.id), **seats_chosen(engine, other.id)}) == 1
    take(engine, WishEnded(other.id, dinners[1].id), WishEnded(one.id, dinners[0].id))
    take(engine, RulesReplaced(Rules(budget=0)))
    take(engine, WishMade(Wish(other.id, dinners[1].id, WishKind.PIN, NOW)))
    assert not seats_chosen(engine, one.id)
    assert not seats_chosen(engine, other.id)


def test_many_customers_are_assessed_anew_slice_by_slice() -> None:
    engine = an_engine(*(a_customer(number) for number in range(9)), an_event(1, seats=20))
    engine.at_once = 4
    take(engine, EventReplaced(an_event(2, seats=20)))
    assert sweeping(engine)
    assert not any(an_event(2).id in seats_chosen(engine, c) for c in engine.customers)
    take(engine, SliceScored(5))
    assert sum(an_event(2).id in seats_chosen(engine, c) for c in engine.customers) == 5
    take(engine, EventReplaced(an_event(3, seats=20)), SliceScored(5))
    assert sweeping(engine), "what came during the sweep takes another"
    take(engine, SliceScored(100))
    assert not sweeping(engine)
    assert all(len(seats_chosen(engine, c)) == 3 for c in engine.customers)


def sweeping(engine: Engine) -> bool:
    return engine.scoring_anew


def take(engine: Engine, *happenings: Input) -> None:
    for happening in happenings:
        engine.apply(happening)
    engine.settle()
