"""Money that is short goes to those who are worth most for what they cost: little is missed, as the certificate says itself."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import numpy as np
import pytest
from services.matching.tests.account_limits import check_account
from services.matching.tests.test_allocation_properties import bits
from services.matching.tests.worlds import NOW, an_engine, some_world, told

from kindred_matching.domain.engine import Engine
from kindred_matching.domain.facts import Customer
from kindred_matching.domain.inputs import ClockTicked, RulesReplaced
from kindred_matching.domain.market.state import MARKET
from kindred_matching.domain.offer import ListOffer
from kindred_matching.domain.rules import Rules

pytestmark = pytest.mark.timeout(400)
"""The first test of a process may have to compile the kernels."""

CUSTOMERS, EVENTS = some_world(600, 20)
ACCOUNTS: set[UUID | None] = {customer.account_id for customer in CUSTOMERS}


def filled(rules: Rules, ticks: int = 4) -> Engine:
    """An engine that was told the world in batches, and was then left alone for some minutes."""
    engine = an_engine(*EVENTS, rules=rules)
    for begin in range(0, len(CUSTOMERS), 100):
        tell(engine, CUSTOMERS[begin : begin + 100])
    rest(engine, ticks)
    return engine


def tell(engine: Engine, customers: list[Customer]) -> None:
    for customer in customers:
        engine.apply(told(customer))
    engine.settle()


def rest(engine: Engine, ticks: int) -> None:
    for minute in range(1, ticks + 1):
        engine.apply(ClockTicked(NOW + timedelta(minutes=minute)))
        engine.settle()


def spent(engine: Engine) -> float:
    return float(engine.allocation.market.state.totals[0]["spent"])


@pytest.fixture(scope="module")
def plenty() -> float:
    """What is spent where money is no matter."""
    return spent(filled(Rules(stability=0.0)))


def limited(kind: str, cents: float) -> Rules:
    if kind == "budget":
        return Rules(stability=0.0, budget=int(cents))
    return Rules(stability=0.0, account_hospitality_per_year=int(cents / len(ACCOUNTS)))


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
@pytest.mark.parametrize("kind", ["budget", "accounts"])
def test_where_money_is_short_less_than_a_hundredth_is_missed(
    kind: str, share: float, plenty: float
) -> None:
    engine = filled(limited(kind, share * plenty))
    assert 0.95 * share * plenty < spent(engine) <= share * plenty
    assert engine.allocation.certificate.gap < 0.01


@pytest.mark.parametrize("kind", ["budget", "accounts"])
def test_calm_does_not_keep_money_where_it_is(kind: str, plenty: float) -> None:
    engine = filled(replace(limited(kind, 0.6 * plenty), stability=0.1))
    assert engine.allocation.certificate.gap < 0.01


def test_a_few_hundred_euros_for_an_account_are_well_spent() -> None:
    rules = Rules(stability=0.0, account_hospitality_per_year=60_000)
    engine = filled(rules)
    for account in ACCOUNTS:
        check_account(engine, {each.id for each in CUSTOMERS if each.account_id == account})
    assert engine.allocation.certificate.gap < 0.02


@pytest.mark.parametrize("kind", ["budget", "accounts"])
def test_money_goes_round_again_when_there_is_less_or_more(kind: str, plenty: float) -> None:
    engine = filled(limited(kind, 0.8 * plenty), ticks=1)
    for share in (0.5, 0.7):
        engine.apply(RulesReplaced(limited(kind, share * plenty)))
        engine.settle()
        assert spent(engine) <= share * plenty
        rest(engine, 5)
        assert spent(engine) > 0.9 * share * plenty
        assert engine.allocation.certificate.gap < 0.02
    engine.apply(RulesReplaced(Rules(stability=0.0)))
    engine.settle()
    rest(engine, 5)
    assert engine.allocation.certificate.gap < 0.01


@pytest.mark.parametrize("kind", ["budget", "accounts"])
def test_a_snapshot_shares_out_to_the_same_bits(kind: str, plenty: float) -> None:
    engine = filled(limited(kind, 0.5 * plenty), ticks=1)
    other = Engine.restored(engine.snapshot())
    for each in (engine, other):
        tell(each, [replace(customer, account_value=2.0) for customer in CUSTOMERS[:40]])
        rest(each, 3)
    assert bits(engine) == bits(other)


def test_the_offer_tells_what_a_euro_is_worth(plenty: float) -> None:
    engine, free = filled(limited("budget", 0.5 * plenty)), filled(Rules(stability=0.0), ticks=0)
    price, value = ListOffer().asked_of(engine).budget_price, engine.allocation.certificate.value
    assert ListOffer().asked_of(free).budget_price == 0.0
    euros = 0.05 * plenty / 100
    engine.apply(RulesReplaced(limited("budget", 0.55 * plenty)))
    engine.settle()
    rest(engine, 5)
    gained = engine.allocation.certificate.value - value
    assert 0.5 * price * euros < gained < 1.5 * price * euros


def test_the_offer_tells_what_the_shares_of_accounts_cost(plenty: float) -> None:
    shares = ListOffer().asked_of(filled(limited("accounts", 0.5 * plenty))).shares
    assert {share.account_id for share in shares} <= ACCOUNTS
    assert {(share.event_id, share.year) for share in shares} == {(None, NOW.year)}
    assert [each.price for each in shares] == sorted((s.price for s in shares), reverse=True)
    places = ListOffer().asked_of(filled(Rules(stability=0.0, per_account=1), ticks=0)).shares
    assert {share.event_id for share in places} <= {event.id for event in EVENTS}
    assert min(share.price for share in (*shares, *places)) > 0.0
    assert {share.year for share in places} == {None}


def test_a_budget_that_still_bears_all_leaves_the_price_of_money_alone(plenty: float) -> None:
    market = filled(limited("budget", 0.5 * plenty)).allocation.market
    before = float(market.state.budget_rate[MARKET])
    market.limit_budget(float(market.state.totals[0]["budget"]) + 1.0)
    assert market.state.budget_rate[MARKET] == before > 0.0
    market.limit_budget(np.inf)
    assert market.state.budget_rate[MARKET] == 0.0
