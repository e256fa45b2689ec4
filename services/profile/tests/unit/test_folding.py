from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from services.profile.tests.unit.observations import MIRA, NOON, PERSON, days, fact, stated

from kindred_profile.domain.customers import Account
from kindred_profile.domain.evidence import HALF_LIFE, MISFIT, decayed
from kindred_profile.domain.facts import Fact, FactKind, standing
from kindred_profile.domain.interests import fold_interests
from kindred_profile.domain.preferences import fold_kinds, fold_loyalty, fold_preferences
from kindred_profile.domain.profile import Profile, fold

OPERA = (("opera", 1.0),)


def folded(*facts: Fact, **changes: Any) -> Profile:
    return fold(PERSON, None, facts, **{"open_case": False, **changes})


def test_the_latest_statement_on_a_theme_counts() -> None:
    (interest,) = fold_interests([stated("opera", 0.2), stated("opera", 0.8, at=1)])
    assert (interest.value, interest.confidence) == (0.8, 0.9)


def test_reactions_nudge_from_the_statement_and_lose_to_a_newer_one() -> None:
    attended = fact(FactKind.ATTENDED, "culture", at=1, themes=OPERA)
    (nudged,) = fold_interests(standing([stated("opera", 0.5), attended]))
    assert 0.5 < nudged.value < 0.6
    assert nudged.source == "self"
    later = stated("opera", 0.1, at=2, slot="another survey")
    (again,) = fold_interests(standing([stated("opera", 0.5), attended, later]))
    assert again.value == 0.1


def test_reactions_alone_never_make_us_as_sure_as_own_words() -> None:
    many = [fact(FactKind.ATTENDED, "culture", at=n, slot=f"i{n}", themes=OPERA) for n in range(50)]
    (interest,) = fold_interests(many)
    assert interest.value > 0.9
    assert interest.confidence <= 0.5
    assert interest.source == "feedback"


def test_a_decline_lowers_only_what_its_reason_names() -> None:
    said = [stated("opera", 0.5), fact(FactKind.EVENT_KIND, "culture", number=0.5)]
    for reason, theme_falls, kind_falls in (
        ("topic", True, False),
        ("kind", False, True),
        ("date", False, False),
    ):
        decline = fact(FactKind.DECLINED, "culture", at=1, choice=reason, themes=OPERA)
        (interest,) = fold_interests([*said, decline])
        ((_, kind),) = fold_kinds([*said, decline])
        assert (interest.value < 0.5, kind < 0.5) == (theme_falls, kind_falls)


def test_a_moment_that_did_not_fit_lowers_however_good_it_was() -> None:
    feedback = fact(FactKind.FEEDBACK, "culture", at=1, number=1.0, choice=MISFIT, themes=OPERA)
    (interest,) = fold_interests([stated("opera", 0.5), feedback])
    assert interest.value < 0.5


def test_a_no_show_says_nothing_about_taste() -> None:
    no_show = fact(FactKind.NO_SHOW, "culture", at=1, themes=OPERA)
    assert fold_interests([no_show]) == ()
    assert fold_kinds([no_show]) == ()


def test_confidence_halves_in_a_half_life_and_never_grows() -> None:
    assert decayed(0.8, NOON, NOON + HALF_LIFE) == 0.4
    assert decayed(0.8, NOON, NOON - timedelta(days=1)) == 0.8


def test_a_stale_statement_is_refreshed_by_behaviour() -> None:
    old = stated("opera", 0.5, at=0)
    attended = fact(FactKind.ATTENDED, "culture", at=days(700), themes=OPERA)
    (interest,) = fold_interests([old, attended])
    assert interest.source == "feedback"
    assert 0.2 < interest.confidence < 0.5
    assert interest.observed_at == attended.observed_at


def test_a_withdrawn_answer_brings_back_what_another_survey_said() -> None:
    first = stated("opera", 0.2, slot="survey-1")
    second = stated("opera", 0.9, at=1, slot="survey-2")
    gone = fact(FactKind.WITHDRAWN, at=2, slot="survey-2")
    (interest,) = folded(first, second, gone).interests
    assert interest.value == 0.2


def test_preferences_are_the_latest_word_on_each() -> None:
    said = [
        fact(FactKind.PREFERENCE, "manner", choice="phone"),
        fact(FactKind.PREFERENCE, "manner", choice="card", at=1, slot="b"),
        fact(FactKind.PREFERENCE, "blocked_weekday/4", number=1.0),
        fact(FactKind.PREFERENCE, "excluded_theme/wine", number=1.0),
        fact(FactKind.PREFERENCE, "excluded_theme/golf", number=0.0),
        fact(FactKind.PREFERENCE, "norm_max_value", number=50.0),
    ]
    wishes = fold_preferences(standing(said))
    assert wishes.manner == "card"
    assert wishes.blocked_weekdays == (4,)
    assert wishes.excluded_themes == ("wine",)
    assert wishes.own_norm.max_value == 50.0
    assert wishes.own_norm.business_only is None


def test_loyalty_is_the_latest_recommendation() -> None:
    answers = [
        fact(FactKind.NPS, number=9.0, slot="wave-1"),
        fact(FactKind.NPS, number=6.0, at=5, slot="wave-2"),
    ]
    loyalty = fold_loyalty(standing(answers))
    assert loyalty is not None
    assert loyalty.nps == 6


def test_a_customer_of_an_ended_account_takes_no_part() -> None:
    account = Account(MIRA, "Noord", active=False)
    assert not fold(PERSON, account, [], open_case=False).active


kinds = st.sampled_from(
    [
        FactKind.INTEREST,
        FactKind.NPS,
        FactKind.EVENT_KIND,
        FactKind.ATTENDED,
        FactKind.ACCEPTED,
        FactKind.DECLINED,
        FactKind.FEEDBACK,
        FactKind.CONSENT,
        FactKind.PREFERENCE,
        FactKind.WITHDRAWN,
    ]
)
observations = st.builds(
    lambda kind, subject, at, slot, record, number, choice: fact(
        kind,
        subject,
        at=float(at),
        slot=slot,
        record_id=record,
        number=number,
        choice=choice,
        themes=((subject, 0.5),),
    ),
    kinds,
    st.sampled_from(["opera", "wine", "all", "invitations"]),
    st.integers(0, 5),
    st.sampled_from(["a", "b", "c", "d"]),
    st.sampled_from(["r1", "r2", "r3"]),
    st.floats(0, 1),
    st.sampled_from(["granted", "objected", "topic", None]),
)


@given(
    st.lists(observations, max_size=25, unique_by=lambda f: (f.slot, f.subject, f.observed_at)),
    st.randoms(use_true_random=False),
)
def test_the_order_of_arrival_does_not_matter(facts: list[Fact], random: Any) -> None:
    shuffled = list(facts)
    random.shuffle(shuffled)
    assert folded(*facts) == folded(*shuffled)


@given(st.lists(observations, max_size=25))
def test_values_stay_in_their_bounds(facts: list[Fact]) -> None:
    profile = folded(*facts)
    for interest in profile.interests:
        assert 0 <= interest.value <= 1
        assert 0 <= interest.confidence <= 1
    assert all(0 <= value <= 1 for _, value in profile.kinds)
