from dataclasses import replace
from uuid import UUID

from kindred_invitations.application.because import Because
from kindred_invitations.application.changes import Changes
from kindred_invitations.application.ports import Ports
from kindred_invitations.domain.errors import Unknown
from kindred_invitations.domain.invitation import Invitation, Side, step_to
from kindred_invitations.domain.steps import Step


async def withdraw_invitation(ports: Ports, because: Because, invitation_id: UUID) -> Invitation:
    """Takes an invitation or a draft back and frees its seats. The matcher does not draft it again; people may invite again.

    What has not gone out to the customer stays in. Otherwise he hears nothing by itself: who withdraws an invitation that
    was sent tells him personally.

    Raises:
        Refused: unknown, or it cannot be withdrawn any more.
    """
    found = await ports.invitations.find(invitation_id)
    if found is None:
        raise Unknown("invitation")
    event = await ports.events.lock(found.event_id)
    changes = Changes(ports, because)
    before = await ports.invitations.lock(invitation_id)
    after = replace(
        step_to(before, Step.WITHDRAWN, because.at, because.source), withdrawn_by=Side.PEOPLE
    )
    await changes.seat(before, after)
    if before.message_id is not None:
        changes.take_back(before)
    changes.step(after, event)
    await changes.finish()
    return after
