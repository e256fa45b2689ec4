from uuid import UUID

from kindred_invitations.application.approve_invitation import (
    Terms,
    approve,
    require_guest,
    seat_and_invite,
)
from kindred_invitations.application.because import Because
from kindred_invitations.application.changes import Changes, new_invitation
from kindred_invitations.application.ports import Ports
from kindred_invitations.domain.invitation import Invitation, with_seats
from kindred_invitations.domain.steps import Step


async def invite_customer(
    ports: Ports, because: Because, customer_id: UUID, event_id: UUID, terms: Terms
) -> Invitation:
    """Invites a customer whom a person picked, drafted or not, under the same rules as an approval.

    Raises:
        Refused: unknown, no seat left, barred, or the customer is invited already or has declined.
    """
    event = await ports.events.lock(event_id)
    changes = Changes(ports, because)
    before = await ports.invitations.lock_pair(customer_id, event_id)
    if before is not None:
        invited = await approve(changes, before, event, terms)
    else:
        seats = terms.seats or 1
        guest = await require_guest(changes, customer_id, event, seats)
        first = new_invitation(ports, because, customer_id, event_id, Step.APPROVED)
        invited = await seat_and_invite(
            changes, None, with_seats(first, seats), event, guest, terms
        )
    await changes.finish()
    return invited
