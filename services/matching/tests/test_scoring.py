from dataclasses import replace
from datetime import timedelta
from math import exp, isclose, pi, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from services.matching.tests.worlds import (
    NOW,
    a_customer,
    an_event,
    an_interest,
    some_world,
)

from kindred_matching.domain.events import EventTable, EventView
from kindred_matching.domain.exact import exponential, halved, logistic, quantise
from kindred_matching.domain.facts import Customer, Event, Place
from kindred_matching.domain.lens import Lens
from kindred_matching.domain.scoring import ABSENT, ACCOMPANIED, ALONE, Scores, score

PLAIN = Lens.of()
OPERA = an_event(1, themes=(("opera", 1.0),), kind="culture", companion_allowed=True)


def viewed(*events: Event) -> EventView:
    table = EventTable()
    return table.view([table.put(event, NOW) for event in events])


def scored(customer: Customer, *events: Event) -> Scores:
    return score(customer, viewed(*events), PLAIN)


def named(customer: Customer, event: Event, option: int = ALONE) -> dict[str, float]:
    return {part.name: part.amount for part in scored(customer, event).contributions(0, option)}


@given(st.integers(0, 10_000))
def test_contributions_add_up_to_the_log_odds_in_any_order(seed: int) -> None:
    customers, events = some_world(1, 6, seed)
    scores = scored(customers[0], *events)
    for row in range(len(events)):
        for option in (ALONE, ACCOMPANIED):
            amounts = [part.amount for part in scores.contributions(row, option)]
            log_odds = float(scores.log_odds[row, option])
            assert sum(amounts) == sum(sorted(amounts)) == sum(sorted(amounts)[::-1]) == log_odds


@given(st.integers(0, 10_000))
def test_a_pair_alone_scores_as_in_a_table(seed: int) -> None:
    customers, events = some_world(1, 9, seed)
    together = scored(customers[0], *events).weight
    table = EventTable()
    places = [table.put(event, NOW) for event in events]
    for row, place in enumerate(places):
        alone = score(customers[0], table.view([place]), PLAIN).weight
        assert alone.tobytes() == together[row : row + 1].tobytes()


def test_the_weight_is_value_times_probability_times_fit() -> None:
    customer = a_customer(nps=9, account_value=2.0, interests=(an_interest("opera", 0.9),))
    scores = scored(customer, OPERA)
    weight = scores.value[0] * scores.probability[0, ALONE] * scores.fit[0]
    assert scores.weight[0, ALONE] == pytest.approx(weight, abs=1e-6)
    assert scores.value[0] == pytest.approx(2.0 * 1.1 * 1.25)


def test_what_is_loved_counts_for_and_what_is_disliked_against() -> None:
    loved = scored(a_customer(interests=(an_interest("opera", 1.0),)), OPERA)
    unknown = scored(a_customer(), OPERA)
    disliked = scored(a_customer(interests=(an_interest("opera", 0.0),)), OPERA)
    assert loved.weight[0, ALONE] > unknown.weight[0, ALONE] > disliked.weight[0, ALONE]
    assert named(a_customer(interests=(an_interest("opera", 0.0),)), OPERA)["interest:opera"] < 0


def test_the_unknown_contributes_nothing_but_doubt() -> None:
    asked = a_customer(interests=(an_interest("opera", 0.5),), home=None)
    never_asked = a_customer(home=None)
    known, unknown = scored(asked, OPERA), scored(never_asked, OPERA)

    assert "interest:opera" not in named(never_asked, OPERA)
    assert known.log_odds[0, ALONE] == unknown.log_odds[0, ALONE] < 0
    assert known.probability[0, ALONE] < unknown.probability[0, ALONE] < 0.5
    x, variance = unknown.log_odds[0, ALONE], sum(float(p.variance[0]) for p in unknown.parts)
    expected = 0.95 / (1 + exp(-x / sqrt(1 + pi * variance / 8)))
    assert unknown.probability[0, ALONE] == pytest.approx(expected, rel=1e-9)


def test_an_interest_fades_until_the_event_begins_not_until_it_is_scored() -> None:
    customer = a_customer(interests=(an_interest("opera"),))
    soon = named(customer, OPERA)["interest:opera"]
    later = replace(OPERA, starts_at=NOW + timedelta(days=366), ends_at=NOW + timedelta(days=367))
    assert named(customer, later)["interest:opera"] == pytest.approx(soon / 2, rel=0.01)


def test_company_counts_for_who_wishes_it_where_it_is_allowed() -> None:
    guest = a_customer(companion_wish="partner")
    both = scored(guest, OPERA)
    assert both.weight[0, ACCOMPANIED] > both.weight[0, ALONE]
    assert named(guest, OPERA, ACCOMPANIED)["companion"] > 0 > named(guest, OPERA)["companion"]
    assert scored(a_customer(), OPERA).weight[0, ACCOMPANIED] == ABSENT
    no_room = replace(OPERA, companion_allowed=False)
    assert scored(guest, no_room).weight[0, ACCOMPANIED] == ABSENT


def test_far_is_less_likely_than_near_and_online_is_near() -> None:
    maastricht = replace(OPERA, place=Place(50.85, 5.69))
    online = replace(maastricht, kind="online")
    assert named(a_customer(), maastricht)["distance"] == pytest.approx(-1.43, abs=0.05)
    assert "distance" not in named(a_customer(), online)
    assert "distance" not in named(a_customer(home=None), maastricht)


def test_promoters_without_a_moment_for_a_year_are_raised() -> None:
    promoter = a_customer(nps=10, last_attended_at=NOW - timedelta(days=400))
    recent = replace(promoter, last_attended_at=NOW - timedelta(days=20))
    assert scored(promoter, OPERA).value[0] == pytest.approx(1.25 * scored(recent, OPERA).value[0])
    assert named(recent, OPERA)["recent-moment"] < 0
    passive, detractor = a_customer(nps=7), a_customer(nps=3)
    assert scored(passive, OPERA).value[0] > scored(detractor, OPERA).value[0]
    assert named(passive, OPERA)["loyalty"] > 0 > named(detractor, OPERA)["loyalty"]


@given(st.floats(-60, 60))
def test_the_exponential_is_the_exponential(x: float) -> None:
    assert isclose(float(exponential(np.array([x]))[0]), exp(x), rel_tol=4e-16 * max(1, abs(x)))


def test_arithmetic_does_not_depend_on_the_length_of_the_array() -> None:
    values = np.random.default_rng(3).normal(0, 20, 1001)
    whole = logistic(values)
    assert all(logistic(values[n : n + 1])[0] == whole[n] for n in range(len(values)))
    assert halved(np.array([-5.0, 0.0, 10.0]), 10.0) == pytest.approx([1.0, 1.0, 0.5])
    assert quantise(np.array([0.1]))[0] * 2**20 == round(0.1 * 2**20)
