from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import numpy as np
import pytest
from services.matching.tests.test_allocation_properties import assessed
from services.matching.tests.worlds import (
    NOW,
    UTRECHT,
    a_customer,
    a_step,
    an_engine,
    an_event,
    event_id,
)

from kindred_matching.domain.facts import Customer, Event, Norm, Place
from kindred_matching.domain.inputs import ClockTicked, EventReplaced
from kindred_matching.domain.rules import Rules
from kindred_matching.domain.travel import clashes, distances_km, travel_seconds
from kindred_matching.domain.vocabulary import Reason

SPORT = an_event(1, kind="sport", themes=(("football", 1.0),), cost=8_000)
MAASTRICHT = Place(50.85, 5.69)

CASES: list[tuple[Customer, Event, set[Reason]]] = [
    (a_customer(), SPORT, set()),
    (a_customer(active=False), SPORT, {Reason.INACTIVE}),
    (a_customer(objected=True, may_be_invited=False), SPORT, {Reason.OBJECTION}),
    (a_customer(may_be_invited=False), SPORT, {Reason.CONSENT}),
    (a_customer(norm=Norm(7_999, business_only=False)), SPORT, {Reason.NORM}),
    (a_customer(norm=Norm(8_000, business_only=False)), SPORT, set()),
    (a_customer(norm=Norm(None, business_only=True)), SPORT, {Reason.NORM}),
    (a_customer(norm=Norm(None, business_only=True)), an_event(1), set()),
    (a_customer(public_sector=True), SPORT, {Reason.NORM}),
    (a_customer(public_sector=True), an_event(1), set()),
    (a_customer(public_sector=True), an_event(1, cost=1), {Reason.NORM}),
    (a_customer(public_sector=True, norm=Norm(9_000, business_only=False)), SPORT, set()),
    (a_customer(), replace(SPORT, cost=50_001), {Reason.HOSPITALITY}),
    (a_customer(open_case=True), SPORT, {Reason.OPEN_CASE}),
    (a_customer(open_case=True), an_event(1), set()),
    (a_customer(blocked_weekdays=SPORT.weekdays), SPORT, {Reason.BLOCKED_DAYS}),
    (a_customer(blocked_weekdays=(6,)), replace(SPORT, weekdays=(5, 6)), {Reason.BLOCKED_DAYS}),
    (a_customer(excluded_themes=("football", "golf")), SPORT, {Reason.EXCLUDED_THEMES}),
    (a_customer(excluded_themes=("golf",)), SPORT, set()),
    (a_customer(language="de"), SPORT, {Reason.LANGUAGE}),
    (a_customer(language="en"), replace(SPORT, languages=("nl",)), {Reason.LANGUAGE}),
    (a_customer(max_distance_km=50), replace(SPORT, place=MAASTRICHT), {Reason.DISTANCE}),
    (a_customer(max_distance_km=150), replace(SPORT, place=MAASTRICHT), set()),
    (a_customer(max_distance_km=1, home=None), SPORT, set()),
    (a_customer(max_distance_km=1), an_event(1, kind="online", place=MAASTRICHT), set()),
    (a_customer(birth_year=2008), replace(SPORT, minimum_age=18), {Reason.AGE}),
    (a_customer(birth_year=2007), replace(SPORT, minimum_age=18), set()),
    (a_customer(birth_year=2025), SPORT, set()),
    (a_customer(), replace(SPORT, minimum_age=18), set()),
    (a_customer(), replace(SPORT, minimum_age=21), {Reason.AGE}),
    (a_customer(), an_event(1, starts_at=NOW), {Reason.PAST}),
    (
        a_customer(open_case=True, active=False, language="de", max_distance_km=5),
        replace(SPORT, place=MAASTRICHT, starts_at=NOW - timedelta(days=1)),
        {Reason.OPEN_CASE, Reason.INACTIVE, Reason.LANGUAGE, Reason.DISTANCE, Reason.PAST},
    ),
]


@pytest.mark.parametrize(("customer", "event", "expected"), CASES)
def test_every_rule_tells_its_reason(
    customer: Customer, event: Event, expected: set[Reason]
) -> None:
    told = an_engine(event, customer).describe([customer.id])[0]
    assert {reason for refusal in told.refused for reason in refusal.reasons} == expected
    assert bool(told.chosen) == (not expected)


def test_a_share_of_the_customers_is_held_out_for_good() -> None:
    customers = [a_customer(number) for number in range(400)]
    held_out: list[set[UUID]] = []
    for share in (0.0, 0.1, 0.2):
        engine = an_engine(an_event(1, seats=400), *customers, rules=Rules(hold_out=share))
        told = engine.describe(sorted(engine.customers))
        reasons = {each.customer_id: [r.reasons for r in each.refused] for each in told}
        held_out.append({who for who, why in reasons.items() if why == [(Reason.HOLD_OUT,)]})
        assert all(bool(each.chosen) != (each.customer_id in held_out[-1]) for each in told)
    none, tenth, fifth = held_out
    assert not none
    assert 20 <= len(tenth) <= 60
    assert tenth < fifth


def test_a_companion_may_make_it_too_dear() -> None:
    dinner = an_event(1, kind="dinner", cost=6_000, companion_allowed=True)
    guest = a_customer(companion_wish="partner", norm=Norm(10_000, business_only=False))
    alone = an_engine(dinner, guest).describe([guest.id])[0].chosen[0]
    together = an_engine(dinner, replace(guest, norm=None)).describe([guest.id])[0].chosen[0]
    assert (alone.seats, together.seats) == (1, 2)


def test_what_was_given_leaves_less_hospitality_for_the_year() -> None:
    rules = Rules(hospitality_per_year=10_000)
    gala, opera = an_event(1, cost=6_000), an_event(5, kind="culture", cost=5_000)
    next_year = an_event(360, cost=6_000)
    engine = an_engine(gala, opera, next_year, a_customer(), rules=rules)
    engine.apply(a_step("approved", a_customer(), gala))
    engine.settle()
    told = engine.describe([a_customer().id])[0]
    assert told.refused[0].event_id == opera.id
    assert told.refused[0].reasons == (Reason.HOSPITALITY,)
    assert {match.event_id for match in told.chosen} == {gala.id, next_year.id}


def test_a_declined_pair_keeps_its_place_under_the_cap_until_the_event() -> None:
    events = [an_event(number) for number in range(1, 4)]
    engine = an_engine(*events, a_customer(), rules=Rules(cap=2))
    engine.apply(a_step("declined", a_customer(), events[0]))
    engine.settle()
    told = engine.describe([a_customer().id])[0]
    assert len(told.chosen) == 1
    assert told.ranked[0].not_chosen is Reason.CAP
    assert told.refused[0].reasons == (Reason.DECLINED,)

    engine.apply(ClockTicked(NOW + timedelta(days=1, hours=1)))
    engine.settle()
    assert len(engine.describe([a_customer().id])[0].chosen) == 2


def test_who_was_taken_off_the_list_is_not_proposed_again_but_costs_nothing() -> None:
    engine = an_engine(an_event(1), a_customer(), rules=Rules(cap=1))
    for step in ("approved", "withdrawn"):
        engine.apply(a_step(step, a_customer(), an_event(1)))
    engine.settle()
    told = engine.describe([a_customer().id])[0]
    assert told.refused[0].reasons == (Reason.DECLINED,)
    assert assessed(engine, a_customer().id).cap == 1
    engine.apply(a_step("approved", a_customer(), an_event(1)))
    engine.settle()
    assert engine.describe([a_customer().id])[0].chosen[0].fixed


def test_fixing_never_fails_and_an_overfull_event_takes_nobody_else() -> None:
    engine = an_engine(an_event(1, seats=1), *(a_customer(n) for n in range(4)))
    for number in (1, 2, 3):
        engine.apply(a_step("approved", a_customer(number), an_event(1), seats=2))
    engine.settle()
    told = engine.describe([a_customer(n).id for n in range(4)])
    assert [bool(each.chosen and each.chosen[0].fixed) for each in told] == [
        False,
        True,
        True,
        True,
    ]
    assert told[0].ranked[0].not_chosen is Reason.SEATS


def test_a_cancelled_event_is_nobodys_and_frees_what_it_took() -> None:
    gala, opera = an_event(1), an_event(1, id=event_id(2), seats=1)
    engine = an_engine(gala, opera, a_customer(), rules=Rules(cap=1))
    engine.apply(a_step("approved", a_customer(), gala))
    engine.settle()
    assert [m.event_id for m in engine.describe([a_customer().id])[0].chosen] == [gala.id]
    engine.apply(told_of(replace(gala, open=False)))
    engine.settle()
    told = engine.describe([a_customer().id])[0]
    assert [m.event_id for m in told.chosen] == [opera.id]
    assert gala.id not in {each.event_id for each in told.ranked}
    assert gala.id not in {each.event_id for each in told.refused}


def told_of(event: Event) -> EventReplaced:
    return EventReplaced(event)


def test_events_clash_when_there_is_no_time_to_travel() -> None:
    noon = datetime(2026, 3, 10, 12, tzinfo=UTC)
    lunch = an_event(1, starts_at=noon, ends_at=noon + timedelta(hours=2))
    after = an_event(2, starts_at=lunch.ends_at, ends_at=lunch.ends_at + timedelta(hours=2))
    far = replace(after, place=MAASTRICHT)
    online = replace(far, kind="online")
    for other, matches in ((after, 2), (far, 1), (online, 2)):
        told = an_engine(lunch, other, a_customer()).describe([a_customer().id])[0]
        assert len(told.chosen) == matches
        assert [each.not_chosen for each in told.ranked] == [Reason.OVERLAP] * (2 - matches)


def test_distances_and_travel() -> None:
    km = distances_km(UTRECHT, np.array([50.85, 52.09, np.nan]), np.array([5.69, 5.12, np.nan]))
    assert km[0] == pytest.approx(143.4, abs=1)
    assert km[1] == 0.0
    assert np.isnan(km[2])
    assert travel_seconds(km).tolist()[1:] == [0, 0]
    assert travel_seconds(np.array([60.0])).tolist() == [3600]
    starts, ends = np.array([10, 20, 30]), np.array([20, 30, 40])
    assert clashes(20, 30, starts, ends, np.array([0, 0, 0])).tolist() == [False, True, False]
    assert clashes(20, 30, starts, ends, np.array([1, 0, 1])).tolist() == [True, True, True]
