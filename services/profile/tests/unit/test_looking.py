from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from services.profile.tests.unit.observations import NOON, days, fact, stated

from kindred_profile.domain.acceptance import find_collapse
from kindred_profile.domain.bursts import QUIET, find_bursts
from kindred_profile.domain.evidence import HALF_LIFE
from kindred_profile.domain.facts import Fact, FactKind
from kindred_profile.domain.looking import look
from kindred_profile.domain.momentum import find_momentum
from kindred_profile.domain.staleness import find_stale

OPERA = (("opera", 1.0),)
NOW = NOON + timedelta(hours=1)


def test_three_observations_on_a_theme_in_a_week_are_momentum() -> None:
    facts = [
        stated("opera", 0.5, slot="a"),
        fact(FactKind.ACCEPTED, "culture", at=10, themes=OPERA),
        fact(FactKind.ATTENDED, "culture", at=20, themes=OPERA),
    ]
    assert find_momentum(facts[:2], NOW) == []
    (found,) = find_momentum(facts, NOW)
    assert found.request == f"{found.customer_id}/theme-momentum/opera/2026-03-02"
    assert found.record_id == "r20"


def test_the_same_answer_again_is_no_momentum() -> None:
    facts = [stated("opera", n / 10, at=n, slot="a") for n in range(5)]
    assert find_momentum(facts, NOW) == []


def test_what_another_week_holds_is_no_momentum() -> None:
    facts = [stated("opera", 0.5, at=days(n * 4), slot=f"s{n}") for n in range(3)]
    assert find_momentum(facts, NOON + timedelta(days=9)) == []


def test_a_burst_settles_after_half_a_minute_of_quiet() -> None:
    facts = [stated(f"t{n}", 0.5, at=n * 20, slot=f"s{n}") for n in range(4)]
    last = facts[-1].observed_at
    during = find_bursts(facts, last + QUIET - timedelta(microseconds=1))
    assert during.settled == []
    assert during.settles_at == last + QUIET
    after = find_bursts(facts, last + QUIET)
    assert [found.window for found in after.settled] == [last.isoformat()]
    assert after.settles_at is None


def test_two_answers_are_no_burst() -> None:
    facts = [stated(f"t{n}", 0.5, at=n, slot=f"s{n}") for n in range(2)]
    assert find_bursts(facts, NOW).settled == []


def test_three_declines_in_a_row_are_a_collapse_named_once() -> None:
    declines = [
        fact(FactKind.DECLINED, "sport", at=n, slot=f"i{n}", choice="date") for n in range(1, 5)
    ]
    accepted = fact(FactKind.ACCEPTED, "sport", at=2.5, slot="i9")
    assert find_collapse(declines[:2], NOW) == []
    three, four = find_collapse(declines[:3], NOW), find_collapse(declines, NOW)
    without_the_first = find_collapse(declines[1:], NOW)
    assert len({found.request for found in (*three, *four, *without_the_first)}) == 1
    assert len(three) == len(four) == len(without_the_first) == 1
    assert find_collapse([*declines, accepted], NOW) == []


def test_an_interest_goes_stale_at_its_half_life() -> None:
    facts = [stated("opera", 0.5), stated("wine", 0.5, at=1)]
    stale_at = NOON + HALF_LIFE
    fresh = find_stale(facts, stale_at - timedelta(seconds=1))
    assert fresh.stale == []
    assert fresh.next_at == stale_at
    both = find_stale(facts, stale_at + timedelta(seconds=1))
    assert [found.window for found in both.stale] == ["2026-03-04"]
    assert both.next_at is None


def test_a_look_says_when_to_look_again() -> None:
    facts = [stated(f"t{n}", 0.5, at=n, slot=f"s{n}") for n in range(3)]
    first = look(facts, NOON + timedelta(seconds=5))
    assert first.found == []
    assert first.again_at == facts[-1].observed_at + QUIET
    second = look(facts, NOON + timedelta(minutes=5))
    assert [found.reason for found in second.found] == ["burst-settled"]
    assert second.again_at == facts[0].observed_at + HALF_LIFE


observations = st.builds(
    lambda kind, at, slot, theme: fact(
        kind,
        theme if kind is FactKind.INTEREST else "sport",
        at=float(at),
        slot=slot,
        number=0.5,
        record_id=f"{slot}-{at}",
        themes=((theme, 1.0),),
    ),
    st.sampled_from([FactKind.INTEREST, FactKind.DECLINED, FactKind.ACCEPTED, FactKind.ATTENDED]),
    st.integers(0, 100),
    st.sampled_from(["a", "b", "c", "d", "e"]),
    st.sampled_from(["opera", "wine"]),
)


@given(
    st.lists(observations, max_size=20, unique_by=lambda f: (f.slot, f.subject, f.observed_at)),
    st.randoms(use_true_random=False),
)
def test_whoever_looks_finds_the_same(facts: list[Fact], random: Any) -> None:
    shuffled = list(facts)
    random.shuffle(shuffled)
    assert look(facts, NOW) == look(shuffled, NOW)
