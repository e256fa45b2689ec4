from datetime import datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from services.outreach.tests.office import MONDAY, recipient, request

from kindred_outreach.domain.consents import Statement, already_said, purpose_of, refused
from kindred_outreach.domain.messages import Message
from kindred_outreach.domain.pressure import MONTHLY, SURVEYS, WEEKLY, ContactMoment, allowed_from
from kindred_outreach.domain.quiet_hours import QuietHours
from kindred_outreach.domain.rules import Finding, Policy, Standing, Verdict, decide, findings

POLICY = Policy((WEEKLY, MONTHLY, SURVEYS), QuietHours())
DAY = timedelta(days=1)


def standing(**changes: Any) -> Standing:
    values: dict[str, Any] = {
        "recipient": recipient(),
        "statements": {},
        "suppressed": None,
        "moments": (),
    }
    return Standing(**values | changes)


def said(**states: str) -> dict[str, Statement]:
    return {purpose: Statement(state, MONDAY - DAY) for purpose, state in states.items()}


def contacts(*days: float, message_class: str = "relationship") -> tuple[ContactMoment, ...]:
    return tuple(ContactMoment(message_class, MONDAY - day * DAY) for day in days)


def service(purpose: str = "event_confirmation") -> Message:
    return request(message_class="service", purpose=purpose)


def survey() -> Message:
    return request(message_class="survey", purpose="survey_invitation")


ALLOWED = [
    (request(), standing()),
    (request(), standing(recipient=recipient(legal_ground="none"), statements=said(all="granted"))),
    (request(), standing(moments=contacts(7, 14))),
    (request(), standing(moments=contacts(1, message_class="survey"))),
    (survey(), standing(statements=said(invitations="objected"))),
    (service(), standing(statements=said(all="objected"))),
    (service(), standing(moments=contacts(0.1, 0.2, 0.3, 0.4))),
    (service(), standing(recipient=recipient(legal_ground="none"))),
    (request(manner="phone"), standing(recipient=recipient(email=None, legal_ground="none"))),
    (request(manner="card"), standing(suppressed="hard_bounce")),
]


@pytest.mark.parametrize(("message", "known"), ALLOWED)
def test_allowed(message: Message, known: Standing) -> None:
    assert decide(message, known, POLICY, MONDAY) is None


SKIPPED = [
    ("inactive", request(), standing(recipient=recipient(active=False))),
    ("objection", request(), standing(statements=said(invitations="revoked"))),
    ("objection", request(), standing(statements=said(all="objected"))),
    ("objection", request(manner="phone"), standing(statements=said(all="objected"))),
    ("objection", survey(), standing(statements=said(surveys="denied"))),
    ("objection", service("feedback_request"), standing(statements=said(all="objected"))),
    ("suppressed", request(), standing(suppressed="hard_bounce")),
    ("suppressed", service(), standing(suppressed="hard_bounce")),
    ("legal_ground", request(), standing(recipient=recipient(legal_ground="none"))),
    ("too_late", request(not_after=MONDAY - DAY), standing()),
    ("too_late", service(), standing()),
    ("no_address", request(), standing(recipient=recipient(email=None))),
    ("no_address", request(), standing(recipient=recipient(email="anna@x.nl, b@y.nl"))),
    ("no_address", request(), standing(recipient=recipient(email="anna@x.nl\r\nBcc: b@y.nl"))),
    ("weekly_cap", request(), standing(moments=contacts(6.9))),
    ("monthly_cap", request(), standing(moments=contacts(8, 15, 22))),
    ("survey_cap", survey(), standing(moments=contacts(29, message_class="survey"))),
]


@pytest.mark.parametrize(("rule", "message", "known"), SKIPPED)
def test_skipped(rule: str, message: Message, known: Standing) -> None:
    if rule == "too_late":
        message = request(not_after=MONDAY - DAY, message_class=message.message_class)
    found = decide(message, known, POLICY, MONDAY)
    assert found is not None
    assert (found.rule, found.verdict) == (rule, Verdict.SKIP)


def test_only_a_yes_to_a_purpose_lifts_its_refusal() -> None:
    said = {
        "invitations": Statement("revoked", MONDAY - 2 * DAY),
        "all": Statement("granted", MONDAY - DAY),
    }
    assert refused(said, "invitations")
    assert not refused(said, "surveys")
    assert not refused(said | {"invitations": Statement("granted", MONDAY)}, "invitations")


def test_the_later_word_counts() -> None:
    back = {
        "all": Statement("objected", MONDAY - 2 * DAY),
        "invitations": Statement("granted", MONDAY - DAY),
    }
    assert not refused(back, "invitations")
    assert refused(back, "surveys")
    again = back | {"all": Statement("revoked", MONDAY)}
    assert refused(again, "invitations")


def test_of_two_words_at_the_same_moment_the_refusal_counts() -> None:
    said = {"all": Statement("revoked", MONDAY), "invitations": Statement("granted", MONDAY)}
    assert refused(said, "invitations")


@pytest.mark.parametrize(
    ("purpose", "state", "already"),
    [
        ("all", "objected", False),
        ("all", "granted", False),
        ("invitations", "granted", True),
        ("surveys", "objected", False),
    ],
)
def test_what_was_said_counts_as_said_until_something_else_was(
    purpose: str, state: str, already: bool
) -> None:
    back = {
        "all": Statement("objected", MONDAY - 2 * DAY),
        "invitations": Statement("granted", MONDAY - DAY),
    }
    assert already_said(back, purpose, state) is already


def test_all_rules_in_the_way_are_named_in_order() -> None:
    known = standing(
        recipient=recipient(active=False, email=None, legal_ground="none"),
        statements=said(all="objected"),
        moments=contacts(1, 2, 3),
    )
    sunday = MONDAY - DAY
    named = [
        finding.rule for finding in findings(request(not_after=sunday - DAY), known, POLICY, sunday)
    ]
    assert named == [
        "inactive", "objection", "legal_ground", "too_late", "no_address",
        "weekly_cap", "monthly_cap", "quiet_hours",
    ]  # fmt: skip


def test_when_a_cap_ends() -> None:
    assert allowed_from(WEEKLY, contacts(2), MONDAY) == MONDAY + 5 * DAY
    assert allowed_from(MONTHLY, contacts(1, 10, 20, 28), MONDAY) == MONDAY + 10 * DAY
    assert allowed_from(WEEKLY, contacts(7), MONDAY) is None


@given(st.lists(st.floats(0, 60), max_size=12))
def test_a_cap_is_kept_and_not_kept_longer_than_needed(days: list[float]) -> None:
    sent: list[ContactMoment] = []
    for day in sorted(days, reverse=True):
        now = MONDAY - day * DAY
        if allowed_from(MONTHLY, sent, now) is None:
            sent.append(ContactMoment("relationship", now))
    for moment in sent:
        window = [m for m in sent if moment.at <= m.at < moment.at + MONTHLY.window]
        assert len(window) <= MONTHLY.most
    free = allowed_from(MONTHLY, sent, MONDAY)
    if free is not None:
        assert allowed_from(MONTHLY, sent, free) is None
        assert allowed_from(MONTHLY, sent, free - timedelta(seconds=1)) is not None


QUIET = [
    ("2026-03-02T12:00+01:00", "2026-03-02T12:00+01:00"),
    ("2026-03-02T08:00+01:00", "2026-03-02T08:00+01:00"),
    ("2026-03-02T07:59+01:00", "2026-03-02T08:00+01:00"),
    ("2026-03-02T20:00+01:00", "2026-03-03T08:00+01:00"),
    ("2026-03-07T21:00+01:00", "2026-03-09T08:00+01:00"),
    ("2026-03-08T12:00+01:00", "2026-03-09T08:00+01:00"),
    ("2026-03-28T20:30+01:00", "2026-03-30T08:00+02:00"),
    ("2026-10-24T20:30+02:00", "2026-10-26T08:00+01:00"),
]


@pytest.mark.parametrize(("now", "opens"), QUIET)
def test_quiet_hours(now: str, opens: str) -> None:
    found = QuietHours().open_from(datetime.fromisoformat(now))
    assert found == datetime.fromisoformat(opens)


def test_quiet_hours_hold_rather_than_skip() -> None:
    night = datetime.fromisoformat("2026-03-02T23:00+01:00")
    opens = datetime.fromisoformat("2026-03-03T08:00+01:00")
    assert decide(request(), standing(), POLICY, night) == Finding(
        "quiet_hours", Verdict.HOLD, opens
    )
    assert decide(service(), standing(), POLICY, night) is None
    assert decide(request(), standing(), Policy((), None), night) is None


def test_hours_over_midnight_are_not_asked_for() -> None:
    late = QuietHours(opens=time(10), closes=time(23, 59), closed_days=frozenset())
    night = datetime.fromisoformat("2026-03-08T23:59:30+01:00")
    assert late.open_from(night) == datetime.fromisoformat("2026-03-09T10:00+01:00")


def test_every_purpose_that_is_not_asked_for_by_the_customer_can_be_refused() -> None:
    assert purpose_of("event_invitation") == "invitations"
    assert purpose_of("survey_invitation") == "surveys"
    assert purpose_of("feedback_request") == "surveys"
    assert purpose_of("event_confirmation") is None
    assert purpose_of("event_cancellation") is None
