"""Which invitations ask their account manager for something."""

from dataclasses import dataclass

from kindred_invitations.domain.decisions import DecisionKind
from kindred_invitations.domain.steps import Step

UNCERTAIN = "uncertain"
"""The detail of a message of which nobody knows whether it went out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An invitation as it stands, and what became of its message.

    ``rule`` says why a message was not sent. ``may_be_approved``: the customer may be invited and the event has room.
    """

    step: Step
    manner: str | None
    by_mail: bool
    uncertain: bool
    rule: str | None
    may_be_approved: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for; ``detail`` is a code."""

    kind: DecisionKind
    detail: str | None = None


def asked_by(standing: Standing) -> Asked | None:
    """What the invitation asks for now, if anything."""
    if standing.step is Step.NO_SHOW:
        return Asked(DecisionKind.NO_SHOW)
    if standing.step is Step.NOT_SENT:
        return Asked(DecisionKind.NOT_SENT, standing.rule)
    if standing.uncertain:
        return Asked(DecisionKind.NOT_SENT, UNCERTAIN)
    if standing.step is Step.APPROVED and not standing.by_mail:
        return Asked(DecisionKind.CALL, standing.manner)
    if standing.step is Step.DRAFTED and standing.may_be_approved:
        return Asked(DecisionKind.APPROVE_DRAFT)
    return None
