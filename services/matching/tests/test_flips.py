"""What is said would turn an outcome does so when it happens; and money that is short is told of as such."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from services.matching.tests.test_allocation_properties import seats_chosen
from services.matching.tests.test_filling import fill
from services.matching.tests.worlds import (
    NOW,
    a_customer,
    a_step,
    an_engine,
    an_event,
    an_interest,
    some_world,
    told,
)

from kindred_matching.domain.engine import Engine
from kindred_matching.domain.explanation import Explanation, Outcome, WhyPair
from kindred_matching.domain.facts import Interest, Norm
from kindred_matching.domain.flips import Flip, FlipKind
from kindred_matching.domain.inputs import (
    ClockTicked,
    CustomerReplaced,
    Input,
    RulesReplaced,
    WishEnded,
    WishMade,
)
from kindred_matching.domain.rules import Rules
from kindred_matching.domain.vocabulary import Reason
from kindred_matching.domain.wishes import Wish, WishKind
from kindred_matching.domain.worlds import copy_of

TURNS_ALL = (
    FlipKind.ONE_MORE_INVITATION,
    FlipKind.ALLOWED,
    FlipKind.ONE_MORE_GUEST,
    FlipKind.MORE_FOR_ACCOUNT,
)
"""What cannot happen to one pair alone: tried by hand below."""


def why(engine: Engine, customer: UUID, event: UUID) -> Explanation:
    found = WhyPair(customer, event).asked_of(engine)
    assert found is not None
    return found


def come_true(engine: Engine, customer: UUID, event: UUID, flip: Flip) -> Input:
    """The flip as it would happen."""
    listed, known = engine.events[event], engine.customers[customer]
    match flip.kind:
        case FlipKind.MORE_SEATS:
            return told(replace(listed, seats=listed.seats + flip.seats))
        case FlipKind.FEWER_SEATS:
            return told(replace(listed, seats=listed.seats - flip.seats))
        case FlipKind.MORE_BUDGET:
            budget = (engine.rules.budget or 0) + flip.cents
            return RulesReplaced(replace(engine.rules, budget=budget))
        case FlipKind.GIVEN_UP:
            assert flip.event_id is not None
            return WishMade(Wish(customer, flip.event_id, WishKind.FORBID, NOW))
        case _:
            assert flip.theme is not None
            own = {each.theme: each for each in known.interests}
            value = own[flip.theme].value if flip.theme in own else 1.0
            own[flip.theme] = Interest(flip.theme, value, 1.0, engine.now)
            return CustomerReplaced(replace(known, interests=tuple(own.values())))


def shared_out(engine: Engine) -> None:
    """Money that is set free is offered again at each tick."""
    engine.apply(ClockTicked(engine.now + timedelta(minutes=1)))
    engine.settle()


def flips_of(engine: Engine) -> Iterator[tuple[UUID, UUID, Flip]]:
    """Every flip of what some customers were chosen for and nearly chosen for."""
    for proposal in engine.describe(sorted(engine.customers)[:30]):
        nearly = [ranked.event_id for ranked in proposal.ranked[:2]]
        for event_id in [chosen.event_id for chosen in proposal.chosen] + nearly:
            for flip in why(engine, proposal.customer_id, event_id).flips:
                if flip.kind not in TURNS_ALL:
                    yield proposal.customer_id, event_id, flip


@pytest.mark.parametrize(
    ("seed", "rules"),
    [
        (1, Rules()),
        (2, Rules(cap=1)),
        (3, Rules(budget=150_000)),
        (4, Rules(cap=2, budget=60_000, per_account=2)),
    ],
)
def test_what_would_turn_an_outcome_does_turn_it(seed: int, rules: Rules) -> None:
    customers, events = some_world(120, 12, seed=seed)
    sure = [
        replace(c, interests=tuple(replace(i, confidence=0.4) for i in c.interests))
        for c in customers
    ]
    engine = fill(an_engine(*events, rules=rules), sure)
    kinds, failed, tried = set(), [], 0
    for customer, event, flip in flips_of(engine):
        other = copy_of(engine)
        before = event in seats_chosen(other, customer)
        other.apply(come_true(other, customer, event, flip))
        other.settle()
        if flip.kind is FlipKind.MORE_BUDGET:
            shared_out(other)
        tried += 1
        kinds.add(flip.kind)
        if (event in seats_chosen(other, customer)) == before:
            failed.append((customer, event, flip))
    assert not failed
    assert tried >= 8
    assert FlipKind.FEWER_SEATS in kinds
    assert (FlipKind.MORE_BUDGET in kinds) == (rules.budget is not None)


def test_one_more_invitation_is_told_whatever_the_cap() -> None:
    opera, dinner = an_event(1, kind="culture", seats=9), an_event(2, kind="dinner", seats=9)
    for cap in (1, 2):
        others = [an_event(number, seats=9) for number in range(3, 3 + cap)]
        engine = an_engine(opera, dinner, *others, a_customer(), rules=Rules(cap=cap))
        (customer,) = engine.customers
        left = next(e for e in engine.events if e not in seats_chosen(engine, customer))
        found = why(engine, customer, left)
        assert found.obstacles == (Reason.CAP,)
        assert FlipKind.ONE_MORE_INVITATION in [flip.kind for flip in found.flips]


@pytest.mark.parametrize(
    ("rules", "more", "expected"),
    [
        (Rules(per_account=1), Rules(per_account=2), Flip(FlipKind.ONE_MORE_GUEST)),
        (
            Rules(account_hospitality_per_year=10_000),
            Rules(account_hospitality_per_year=12_000),
            Flip(FlipKind.MORE_FOR_ACCOUNT, cents=2_000),
        ),
    ],
)
def test_what_the_account_would_have_to_have_is_told(
    rules: Rules, more: Rules, expected: Flip
) -> None:
    dinner, account = an_event(1, kind="dinner", seats=9, cost=6_000), UUID(int=0xACE)
    one = a_customer(1, account_id=account, account_value=3.0)
    other = a_customer(2, account_id=account)
    engine = an_engine(dinner, one, other, rules=rules)
    found = why(engine, other.id, dinner.id)
    assert found.obstacles == (Reason.ACCOUNT,)
    assert expected in found.flips
    engine.apply(RulesReplaced(more))
    engine.settle()
    assert seats_chosen(engine, other.id)


def test_hospitality_that_left_room_would_let_a_pair_be_chosen() -> None:
    dinner = an_event(1, kind="dinner", cost=9_000)
    engine = an_engine(dinner, a_customer(), rules=Rules(hospitality_per_year=5_000))
    found = why(engine, a_customer().id, dinner.id)
    assert found.refusals == (Reason.HOSPITALITY,)
    assert found.flips == (Flip(FlipKind.ALLOWED, refusal=Reason.HOSPITALITY),)


@pytest.mark.parametrize("reason", [Reason.EXCLUDED, Reason.NORM, Reason.BLOCKED_DAYS])
def test_without_the_one_rule_that_refuses_it_a_pair_is_chosen(reason: Reason) -> None:
    event, customer = an_event(1, cost=100), a_customer()
    engine = an_engine(event, customer)
    refusing: dict[Reason, Input] = {
        Reason.EXCLUDED: WishMade(Wish(customer.id, event.id, WishKind.FORBID, NOW)),
        Reason.NORM: told(replace(customer, norm=Norm(50, business_only=False))),
        Reason.BLOCKED_DAYS: told(replace(customer, blocked_weekdays=event.weekdays)),
    }
    engine.apply(refusing[reason])
    engine.settle()
    assert why(engine, customer.id, event.id).flips == (Flip(FlipKind.ALLOWED, refusal=reason),)
    lifted = WishEnded(customer.id, event.id) if reason is Reason.EXCLUDED else told(customer)
    engine.apply(lifted)
    engine.settle()
    assert why(engine, customer.id, event.id).outcome is Outcome.CHOSEN


def test_the_smallest_change_is_told_before_the_boldest() -> None:
    """A seat more is less to ask than an interest that nobody ever told of."""
    opera = an_event(1, seats=1, themes=(("opera", 1.0),), kind="culture")
    lover = a_customer(1, interests=(an_interest("opera", 1.0),))
    engine = an_engine(opera, lover, a_customer(2, account_value=0.9))
    found = why(engine, a_customer(2).id, opera.id)
    kinds = [flip.kind for flip in found.flips]
    assert kinds[0] is FlipKind.MORE_SEATS
    assert kinds[1:] in ([], [FlipKind.INTEREST_FOUND])


def test_a_budget_that_is_spent_is_told_of_as_such() -> None:
    dinner = an_event(1, kind="dinner", seats=9, cost=6_000)
    one, other = a_customer(1, account_value=3.0), a_customer(2)
    engine = an_engine(dinner, one, other, rules=Rules(budget=10_000))
    assert seats_chosen(engine, one.id)
    (proposal,) = engine.describe([other.id])
    assert [each.not_chosen for each in proposal.ranked] == [Reason.BUDGET]
    found = why(engine, other.id, dinner.id)
    assert found.obstacles == (Reason.BUDGET,)
    (flip,) = [each for each in found.flips if each.kind is FlipKind.MORE_BUDGET]
    assert flip.cents in (2_000, 8_000)
    engine.apply(a_step("declined", one, dinner))
    engine.settle()
    shared_out(engine)
    assert seats_chosen(engine, other.id)


def test_what_money_would_buy_elsewhere_is_told() -> None:
    """Seats are free, but the budget is short, and priced."""
    customers, events = some_world(200, 10, seed=5)
    dear = [replace(event, seats=200, cost=5_000) for event in events]
    engine = fill(
        an_engine(*dear, rules=Rules(budget=200_000, hospitality_per_year=10**9)), customers
    )
    assert engine.allocation.money().short.any()
    proposals = engine.describe(sorted(engine.customers))
    reasons = {each.not_chosen for proposal in proposals for each in proposal.ranked}
    assert Reason.BUDGET in reasons
    assert Reason.SEATS not in reasons
    charged = [
        found.bid.charges
        for proposal in proposals[:40]
        for each in proposal.ranked[:2]
        if (found := why(engine, proposal.customer_id, each.event_id)).bid is not None
    ]
    assert charged
    assert min(charged) > 0.0
