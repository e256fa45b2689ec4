from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from kindred_common.i18n.translator import translator
from kindred_invitations.domain.decisions import (
    DecisionKind,
    Matter,
    decide_value,
    identify,
    most_valuable,
)
from kindred_invitations.entrypoints.reasons import reason_of

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def matter(kind: DecisionKind, number: int = 1, **changes: object) -> Matter:
    values: dict[str, object] = {
        "kind": kind,
        "customer_id": UUID(int=number),
        "subject_id": UUID(int=number),
        "since": NOW,
        "event_title": "Robots",
        "event_starts_at": NOW + timedelta(days=60),
        "seats_left": 3,
    }
    return Matter(**{**values, **changes})  # type: ignore[arg-type] # values of several types


def test_the_most_valuable_come_first_and_equals_keep_their_order() -> None:
    drafts = [
        matter(DecisionKind.APPROVE_DRAFT, number, score=score)
        for number, score in enumerate([0.2, 0.9, 0.5, 0.5], start=1)
    ]

    found = most_valuable(drafts, NOW, 3)

    assert [decision.value for decision in found] == [0.9, 0.5, 0.5]
    assert found == most_valuable(reversed(drafts), NOW, 3)


def test_a_draft_presses_more_as_its_event_comes_near() -> None:
    far = matter(DecisionKind.APPROVE_DRAFT, score=0.5)
    near = matter(DecisionKind.APPROVE_DRAFT, score=0.5, event_starts_at=NOW + timedelta(days=14))

    assert decide_value(far, NOW) == 0.5
    assert decide_value(near, NOW) == 0.75


def test_a_follow_up_is_worth_less_every_day() -> None:
    fresh = matter(DecisionKind.LOW_FEEDBACK, rating=2)

    assert decide_value(fresh, NOW + timedelta(days=14)) == decide_value(fresh, NOW) / 2


def test_the_unhappier_and_the_larger_the_account_the_more() -> None:
    values = [
        decide_value(matter(DecisionKind.DETRACTOR, rating=6), NOW),
        decide_value(matter(DecisionKind.DETRACTOR, rating=0), NOW),
        decide_value(matter(DecisionKind.DETRACTOR, rating=0, account_value=3.0), NOW),
    ]

    assert values == [1.0, 2.0, 6.0]


def test_a_matter_keeps_its_id_until_it_comes_up_anew() -> None:
    first = matter(DecisionKind.DETRACTOR, rating=3)
    same = matter(DecisionKind.DETRACTOR, rating=3, account_value=9.0)
    anew = matter(DecisionKind.DETRACTOR, rating=3, since=NOW + timedelta(days=90))

    assert identify(first) == identify(same)
    assert identify(first) != identify(anew)


@pytest.mark.parametrize("kind", list(DecisionKind))
@pytest.mark.parametrize("detail", [None, "phone", "weekly_cap", "a rule of tomorrow"])
@pytest.mark.parametrize("language", ["en", "nl"])
def test_every_decision_has_a_reason_in_words(
    kind: DecisionKind, detail: str | None, language: str
) -> None:
    sentence = reason_of(matter(kind, detail=detail, rating=3, score=0.5), translator(language))

    assert sentence.endswith(".")
    assert "%" not in sentence
    assert "rule of tomorrow" not in sentence


def test_reasons_speak_the_readers_language() -> None:
    draft = matter(DecisionKind.APPROVE_DRAFT, score=0.83, seats_left=1)

    assert reason_of(draft, translator("en")) == (
        "Robots on 1 May 2026 fits this customer (score 0.83); 1 seat is left."
    )
    assert reason_of(draft, translator("nl")) == (
        "Robots op 1 mei 2026 past bij deze klant (score 0,83); er is nog 1 plaats."
    )
