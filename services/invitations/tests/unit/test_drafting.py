from datetime import UTC, datetime
from uuid import UUID

import pytest

from kindred_invitations.domain.drafting import Chosen, DraftPlan, plan_drafts
from kindred_invitations.domain.invitation import Invitation, Side
from kindred_invitations.domain.steps import Step

CUSTOMER, EVENT, OTHER = UUID(int=1), UUID(int=2), UUID(int=3)
CHOICE = Chosen(EVENT, 1, 0.8)


def invitation(step: Step, **changes: object) -> Invitation:
    values: dict[str, object] = {
        "id": UUID(int=9),
        "customer_id": CUSTOMER,
        "event_id": EVENT,
        "step": step,
        "step_at": datetime(2026, 3, 2, tzinfo=UTC),
        "source": "account_manager",
        "score": 0.8,
    }
    return Invitation(**{**values, **changes})  # type: ignore[arg-type] # values of several types


def test_a_new_choice_becomes_a_draft() -> None:
    assert plan_drafts([], [CHOICE], [], [EVENT]) == DraftPlan(new=(CHOICE,))


def test_a_draft_that_is_as_wanted_is_left_alone() -> None:
    assert plan_drafts([invitation(Step.DRAFTED)], [CHOICE], [], [EVENT]) == DraftPlan()


def test_other_seats_are_news_and_another_score_is_not() -> None:
    draft = invitation(Step.DRAFTED)
    two, better = Chosen(EVENT, 2, 0.8), Chosen(EVENT, 1, 0.9)

    assert plan_drafts([draft], [two], [], [EVENT]) == DraftPlan(again=((draft, two),))
    assert plan_drafts([draft], [better], [], [EVENT]) == DraftPlan(rescored=((draft, better),))


def test_a_draft_that_is_not_wanted_any_more_is_withdrawn_and_can_come_back() -> None:
    draft = invitation(Step.DRAFTED)
    gone = invitation(Step.WITHDRAWN, withdrawn_by=Side.MATCHING)

    assert plan_drafts([draft], [], [], [EVENT]) == DraftPlan(withdrawn=(draft,))
    assert plan_drafts([gone], [CHOICE], [], [EVENT]) == DraftPlan(again=((gone, CHOICE),))


def test_what_people_withdrew_is_not_drafted_again() -> None:
    gone = invitation(Step.WITHDRAWN, withdrawn_by=Side.PEOPLE)

    assert plan_drafts([gone], [CHOICE], [], [EVENT]) == DraftPlan()


@pytest.mark.parametrize("step", sorted(set(Step) - {Step.DRAFTED, Step.WITHDRAWN, Step.CANCELLED}))
def test_what_people_decided_is_never_touched(step: Step) -> None:
    decided = invitation(step)

    assert plan_drafts([decided], [CHOICE], [], [EVENT]) == DraftPlan()
    assert plan_drafts([decided], [], [], [EVENT]) == DraftPlan()


def test_fixed_events_are_left_as_they_are() -> None:
    draft = invitation(Step.DRAFTED)

    assert plan_drafts([draft], [], [EVENT], [EVENT]) == DraftPlan()
    assert plan_drafts([], [CHOICE], [EVENT], [EVENT]) == DraftPlan()


def test_events_that_take_no_guests_are_not_drafted() -> None:
    assert plan_drafts([], [CHOICE], [], [OTHER]) == DraftPlan()
