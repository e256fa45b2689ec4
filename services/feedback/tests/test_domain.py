from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kindred_common.clock import new_id
from kindred_feedback.domain.errors import WrongFeedback
from kindred_feedback.domain.feedback import Feedback, Given
from kindred_feedback.domain.guest import Guest
from kindred_feedback.domain.summary import mean, share, summarise

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("rating", {"rating": 0}),
        ("rating", {"rating": 6}),
        ("expectation", {"expectation": "much"}),
        ("tips", {"tips": "x" * 2001}),
    ],
)
def test_what_cannot_be_said_is_refused_by_name(field: str, values: dict[str, object]) -> None:
    fine = {"rating": 3, "all_as_wished": True, "expectation": "less"}
    with pytest.raises(WrongFeedback) as fault:
        Given(**(fine | values))  # type: ignore[arg-type]  # values of the wrong kind are the point
    assert fault.value.field == field


def test_a_guest_is_asked_some_time_after_the_end() -> None:
    guest = Guest(new_id(), new_id(), new_id(), "dinner", (), NOON, True, NOON, "a", "b")
    assert guest.ask_at(timedelta(hours=24)) == NOON + timedelta(hours=24)
    assert guest.to_be_asked


def test_wilson_interval_agrees_with_a_published_value() -> None:
    estimate = share([True] * 81 + [False] * 182)
    assert estimate is not None
    assert (round(estimate.low, 3), round(estimate.high, 3)) == (0.255, 0.366)


def test_nothing_is_said_of_too_little() -> None:
    assert share([]) is None
    assert mean([4.0]) is None
    assert summarise([]).count == 0


@given(st.lists(st.booleans(), min_size=1, max_size=200))
def test_an_interval_holds_its_share_within_the_scale(values: list[bool]) -> None:
    estimate = share(values)
    assert estimate is not None
    assert 0 <= estimate.low <= estimate.value + 1e-12
    assert estimate.value - 1e-12 <= estimate.high <= 1


@given(
    said_at=st.datetimes(timezones=st.just(UTC), max_value=datetime(9000, 1, 1)),  # noqa: DTZ001 - the strategy adds the zone
    now=st.datetimes(timezones=st.just(UTC)),
)
def test_what_is_said_anew_is_later_whatever_the_clocks_say(
    said_at: datetime, now: datetime
) -> None:
    before = Feedback(new_id(), new_id(), new_id(), Given(5, True, "more"), said_at, said_at)

    after = before.anew(Given(1, False, "less"), now)

    assert said_at < after.given_at in (now, said_at + timedelta(microseconds=1))
    assert (after.given.rating, after.first_given_at) == (1, said_at)
