from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kindred_common.contracts.vocabulary import InvitationStep
from kindred_invitations.domain.errors import IllegalStep
from kindred_invitations.domain.invitation import Invitation, Side, step_to
from kindred_invitations.domain.steps import (
    ANSWERABLE,
    CANCELLABLE,
    HOLDING,
    LEGAL,
    WITHDRAWABLE,
    Step,
    may_follow,
)

AT = datetime(2026, 3, 2, tzinfo=UTC)


def standing_at(step: Step) -> Invitation:
    return Invitation(
        id=UUID(int=1),
        customer_id=UUID(int=2),
        event_id=UUID(int=3),
        step=step,
        step_at=AT,
        source="self",
        withdrawn_by=Side.PEOPLE,
        decline_reason="date",
    )


def test_steps_are_spelled_as_they_travel() -> None:
    assert {step.value for step in Step} == {step.value for step in InvitationStep}


def test_every_step_says_what_may_follow() -> None:
    assert set(LEGAL) == {None, *Step}


def test_what_is_withdrawable_cancellable_and_answerable_is_legal() -> None:
    assert all(may_follow(step, Step.WITHDRAWN) for step in WITHDRAWABLE)
    assert all(may_follow(step, Step.CANCELLED) for step in CANCELLABLE)
    assert all(
        may_follow(step, answer) for step in ANSWERABLE for answer in (Step.ACCEPTED, Step.DECLINED)
    )


@given(st.sampled_from(Step), st.sampled_from(Step))
def test_a_step_is_taken_or_refused_as_the_table_says(before: Step, after: Step) -> None:
    if not may_follow(before, after):
        with pytest.raises(IllegalStep, match=f"{before} cannot become {after}"):
            step_to(standing_at(before), after, AT, "self")
        return
    taken = step_to(standing_at(before), after, AT, "self", seats=2)

    assert (taken.step, taken.seats, taken.number) == (after, 2, 2)
    assert taken.held == (2 if after in HOLDING else 0)
    assert taken.withdrawn_by is None
    assert taken.decline_reason is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Step.DRAFTED, Step.SENT),
        (Step.DECLINED, Step.APPROVED),
        (Step.WITHDRAWN, Step.SENT),
        (Step.SENT, Step.NO_SHOW),
        (Step.ATTENDED, Step.DECLINED),
        (Step.CANCELLED, Step.ACCEPTED),
    ],
)
def test_what_must_never_happen_is_illegal(before: Step, after: Step) -> None:
    assert not may_follow(before, after)
