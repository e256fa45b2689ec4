"""What the customers of one account share: guests at an event, and hospitality."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from services.matching.tests.account_limits import check_account
from services.matching.tests.test_allocation_properties import seats_chosen
from services.matching.tests.test_wishes import take
from services.matching.tests.worlds import (
    NOW,
    a_customer,
    a_step,
    an_engine,
    an_event,
    some_world,
    told,
)

from kindred_matching.domain.engine import Engine
from kindred_matching.domain.facts import Customer
from kindred_matching.domain.inputs import (
    ClockTicked,
    CustomerRemoved,
    CustomerReplaced,
    EventReplaced,
    RulesReplaced,
    WishMade,
)
from kindred_matching.domain.rules import Rules
from kindred_matching.domain.vocabulary import Reason
from kindred_matching.domain.wishes import Wish, WishKind

ACME, GLOBEX = UUID(int=0xACE), UUID(int=0x91B)
OPERA = an_event(1, seats=10)


def colleagues(count: int, account: UUID = ACME) -> list[Customer]:
    """Those with lower numbers are worth more."""
    return [
        a_customer(number, account_id=account, account_value=4.0 / number)
        for number in range(1, 1 + count)
    ]


def guests(engine: Engine) -> set[UUID]:
    return {customer for customer in engine.customers if OPERA.id in seats_chosen(engine, customer)}


def test_no_more_of_an_account_come_than_may_and_those_of_others_do() -> None:
    own, others = colleagues(4), [a_customer(9, account_id=GLOBEX), a_customer(8)]
    engine = an_engine(OPERA, *own, *others, rules=Rules(per_account=2))
    assert guests(engine) == {own[0].id, own[1].id, *(each.id for each in others)}
    (third,) = engine.describe([own[2].id])
    assert [each.not_chosen for each in third.ranked] == [Reason.ACCOUNT]
    for minute in range(3):
        take(engine, ClockTicked(NOW + timedelta(minutes=minute)))
    assert engine.allocation.certificate.gap < 0.01


def test_who_was_invited_takes_one_of_the_places() -> None:
    own = colleagues(4)
    engine = an_engine(OPERA, *own, rules=Rules(per_account=2))
    take(engine, a_step("approved", own[2], OPERA))
    assert guests(engine) == {own[0].id}
    take(engine, a_step("withdrawn", own[2], OPERA))
    assert guests(engine) == {own[0].id, own[1].id}
    take(engine, a_step("approved", own[0], OPERA), a_step("approved", own[1], OPERA))
    assert guests(engine) == set()
    take(engine, CustomerRemoved(own[0].id))
    assert guests(engine) == {own[3].id}


def test_an_event_that_is_told_anew_still_knows_who_was_invited() -> None:
    own = colleagues(2)
    engine = an_engine(OPERA, *own, rules=Rules(per_account=1))
    take(engine, a_step("approved", own[1], OPERA))
    assert guests(engine) == set()
    take(engine, EventReplaced(replace(OPERA, kind="sport")))
    assert guests(engine) == set()


def test_who_changes_companies_counts_for_the_new_one() -> None:
    own = colleagues(2)
    engine = an_engine(OPERA, *own, rules=Rules(per_account=1))
    take(engine, CustomerReplaced(replace(own[1], account_id=GLOBEX)))
    assert guests(engine) == {each.id for each in own}
    take(engine, CustomerReplaced(replace(own[0], account_id=GLOBEX)))
    assert guests(engine) == {own[0].id}


def test_hospitality_of_an_account_is_spent_once() -> None:
    own, dear = colleagues(3), replace(OPERA, cost=4_000)
    engine = an_engine(dear, *own, rules=Rules(account_hospitality_per_year=9_000))
    assert guests(engine) == {own[0].id, own[1].id}
    take(engine, a_step("approved", own[2], dear))
    assert guests(engine) == {own[0].id}


def test_limits_come_and_go_with_the_rules() -> None:
    own, rules = colleagues(3), Rules()
    engine = an_engine(OPERA, *own, rules=rules)
    assert len(guests(engine)) == 3
    take(engine, RulesReplaced(replace(rules, per_account=1)))
    assert guests(engine) == {own[0].id}
    take(engine, RulesReplaced(replace(rules, per_account=2)))
    assert guests(engine) == {own[0].id, own[1].id}
    take(engine, RulesReplaced(rules))
    assert len(guests(engine)) == 3


def test_what_was_given_is_counted_anew_when_limits_come_back() -> None:
    own, limited = colleagues(3), Rules(per_account=1)
    engine = an_engine(OPERA, *own, rules=limited)
    take(engine, a_step("approved", own[2], OPERA))
    assert guests(engine) == set()
    take(engine, RulesReplaced(replace(limited, per_account=None)))
    take(engine, a_step("withdrawn", own[2], OPERA))
    take(engine, RulesReplaced(limited))
    assert guests(engine) == {own[0].id}
    take(engine, a_step("approved", own[1], OPERA))
    assert guests(engine) == set()
    happened = RulesReplaced(replace(limited, cap=2, per_account=2))
    take(engine, a_step("withdrawn", own[1], OPERA), happened)
    assert guests(engine) == {own[0].id}
    take(engine, RulesReplaced(limited))
    assert guests(engine) == {own[0].id}


def test_a_wish_does_not_go_beyond_what_the_account_may_have() -> None:
    own = colleagues(3)
    engine = an_engine(OPERA, *own, rules=Rules(per_account=1))
    take(engine, WishMade(Wish(own[2].id, OPERA.id, WishKind.PIN, NOW)))
    assert guests(engine) == {own[2].id}
    take(engine, WishMade(Wish(own[1].id, OPERA.id, WishKind.PIN, NOW)))
    assert guests(engine) == {own[2].id}
    take(engine, a_step("approved", own[0], OPERA))
    assert guests(engine) == set()


def test_limits_hold_when_prices_are_sought_anew() -> None:
    customers, events = some_world(600, 20)
    limited = Rules(per_account=3, account_hospitality_per_year=60_000)
    engine = an_engine(*events, rules=limited)
    for begin in range(0, len(customers), 100):
        take(engine, *map(told, customers[begin : begin + 100]))
    accounts = {customer.account_id for customer in customers}
    for account in accounts:
        check_account(engine, {each.id for each in customers if each.account_id == account})
    chosen = sum(len(seats_chosen(engine, customer.id)) for customer in customers)
    assert chosen > 100
