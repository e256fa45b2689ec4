from dataclasses import replace

import pytest

from kindred_invitations.domain.asking import Asked, Standing, asked_by
from kindred_invitations.domain.decisions import DecisionKind
from kindred_invitations.domain.steps import Step

DRAFT = Standing(
    step=Step.DRAFTED,
    manner="phone",
    by_mail=False,
    uncertain=False,
    rule="quiet_hours",
    may_be_approved=True,
)


@pytest.mark.parametrize(
    ("standing", "asked"),
    [
        (DRAFT, Asked(DecisionKind.APPROVE_DRAFT)),
        (replace(DRAFT, may_be_approved=False), None),
        (replace(DRAFT, step=Step.APPROVED), Asked(DecisionKind.CALL, "phone")),
        (replace(DRAFT, step=Step.APPROVED, by_mail=True), None),
        (
            replace(DRAFT, step=Step.APPROVED, by_mail=True, uncertain=True),
            Asked(DecisionKind.NOT_SENT, "uncertain"),
        ),
        (replace(DRAFT, step=Step.NOT_SENT), Asked(DecisionKind.NOT_SENT, "quiet_hours")),
        (replace(DRAFT, step=Step.NO_SHOW, uncertain=True), Asked(DecisionKind.NO_SHOW)),
    ],
)
def test_an_invitation_asks_for_what_its_step_leaves_open(
    standing: Standing, asked: Asked | None
) -> None:
    assert asked_by(standing) == asked
