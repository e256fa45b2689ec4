from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from kindred_invitations.application.approve_invitation import Terms, approve
from kindred_invitations.application.because import Because
from kindred_invitations.application.changes import Changes
from kindred_invitations.application.ports import Ports
from kindred_invitations.domain.errors import Refused, Unknown
from kindred_invitations.domain.event import Event
from kindred_invitations.domain.invitation import Invitation


@dataclass(frozen=True, slots=True)
class Approved:
    """What became of one invitation of many: approved, or refused and why."""

    invitation_id: UUID
    invitation: Invitation | None
    refused: Refused | None


async def approve_many(
    ports: Ports, because: Because, event_id: UUID, invitation_ids: Sequence[UUID], terms: Terms
) -> list[Approved]:
    """Approves invitations to one event in the given order, as far as its seats go; the others stay as they are.

    Raises:
        Unknown: there is no such event.
    """
    event = await ports.events.lock(event_id)
    changes = Changes(ports, because)
    results = [
        await _approve_one(changes, event, invitation_id, terms)
        for invitation_id in dict.fromkeys(invitation_ids)
    ]
    await changes.finish()
    return results


async def _approve_one(
    changes: Changes, event: Event, invitation_id: UUID, terms: Terms
) -> Approved:
    try:
        before = await changes.ports.invitations.lock(invitation_id)
        if before.event_id != event.id:
            raise Unknown("invitation")
        return Approved(invitation_id, await approve(changes, before, event, terms), None)
    except Refused as refused:
        return Approved(invitation_id, None, refused)
