"""One customer's invitation to one event, from draft to attendance."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from kindred_invitations.domain.errors import IllegalStep
from kindred_invitations.domain.steps import HOLDING, Step, may_follow


class Side(StrEnum):
    """Who withdrew an invitation: what people withdraw the matcher does not draft again."""

    MATCHING = "matching"
    PEOPLE = "people"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """An invitation as it stands.

    ``seats`` counts the customer and his companion. ``number`` counts its steps, ``round`` how often it was approved.
    ``source`` says who reported the present step. ``message_id`` is the latest message that invites, ``calendar_sequence``
    the number of the latest calendar entry. ``replied_at`` is when the customer last said yes or no. ``record_id`` and
    ``correlation_id`` name the record of the present step, from which what people do next follows.
    """

    id: UUID
    customer_id: UUID
    event_id: UUID
    step: Step
    step_at: datetime
    source: str
    seats: int = 1
    number: int = 1
    manner: str = "email"
    score: float | None = None
    round: int = 0
    withdrawn_by: Side | None = None
    decline_reason: str | None = None
    replied_at: datetime | None = None
    message_id: UUID | None = None
    calendar_sequence: int = 0
    record_id: UUID | None = None
    correlation_id: str | None = None

    @property
    def held(self) -> int:
        """The seats that are given to it now."""
        return self.seats if self.step in HOLDING else 0


def held_by(invitation: Invitation | None) -> int:
    """The seats given to an invitation that may not exist yet."""
    return 0 if invitation is None else invitation.held


def step_to(
    before: Invitation, step: Step, at: datetime, source: str, *, seats: int | None = None
) -> Invitation:
    """The invitation after a step; what only belonged to the step before is cleared.

    Raises:
        IllegalStep: the step cannot follow.
    """
    if not may_follow(before.step, step):
        raise IllegalStep(before.step, step)
    return replace(
        before,
        step=step,
        step_at=at,
        source=source,
        seats=before.seats if seats is None else seats,
        number=before.number + 1,
        withdrawn_by=None,
        decline_reason=None,
    )


def with_seats(invitation: Invitation, seats: int) -> Invitation:
    """The same step with another number of seats."""
    return replace(invitation, seats=seats)
