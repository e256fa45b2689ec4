from dataclasses import dataclass, replace
from uuid import UUID

from kindred_invitations.application.because import Because
from kindred_invitations.application.changes import Changes
from kindred_invitations.application.messages import ask_invitation
from kindred_invitations.application.ports import Ports
from kindred_invitations.domain.errors import CompanionNotAllowed, NotInvitable, Unknown
from kindred_invitations.domain.event import Event, require_open
from kindred_invitations.domain.guests import Guest, companion_possible, refusals
from kindred_invitations.domain.invitation import Invitation, step_to
from kindred_invitations.domain.steps import Step

DEFAULT_MANNER = "email"


@dataclass(frozen=True, slots=True)
class Terms:
    """How the customer is invited: None leaves it to what he prefers (manner) and what was drafted (seats)."""

    manner: str | None = None
    seats: int | None = None


async def approve_invitation(
    ports: Ports, because: Because, invitation_id: UUID, terms: Terms
) -> Invitation:
    """Gives the customer his seats and asks for the message that invites him.

    Raises:
        Refused: unknown, not possible from here, no seat left, or the customer may not be invited.
    """
    found = await ports.invitations.find(invitation_id)
    if found is None:
        raise Unknown("invitation")
    event = await ports.events.lock(found.event_id)
    changes = Changes(ports, because)
    before = await ports.invitations.lock(invitation_id)
    approved = await approve(changes, before, event, terms)
    await changes.finish()
    return approved


async def approve(changes: Changes, before: Invitation, event: Event, terms: Terms) -> Invitation:
    """Approves a locked invitation to a locked event as part of ``changes``; nothing is gathered when it is refused."""
    seats = terms.seats or before.seats
    guest = await require_guest(changes, before.customer_id, event, seats)
    after = step_to(before, Step.APPROVED, changes.because.at, changes.because.source, seats=seats)
    return await seat_and_invite(changes, before, after, event, guest, terms)


async def require_guest(changes: Changes, customer_id: UUID, event: Event, seats: int) -> Guest:
    """The customer, if he may be invited to the event now.

    Raises:
        Refused: the event takes no guests, or the customer is unknown or barred.
    """
    require_open(event, changes.because.at)
    guest = await changes.ports.guests.find(customer_id)
    if guest is None:
        raise Unknown("customer")
    if seats > 1 and not event.details.companion_allowed:
        raise CompanionNotAllowed
    if barred := refusals(guest, event.details, seats):
        raise NotInvitable(barred)
    return guest


async def seat_and_invite(
    changes: Changes,
    before: Invitation | None,
    approved: Invitation,
    event: Event,
    guest: Guest,
    terms: Terms,
) -> Invitation:
    """Gives the seats and asks for the message, in the manner named or preferred."""
    manner = terms.manner or guest.manner or DEFAULT_MANNER
    counted = replace(approved, manner=manner, round=approved.round + 1)
    await changes.seat(before, counted)
    companion = counted.seats > 1 or companion_possible(guest, event.details)
    invited = await ask_invitation(changes, counted, event, companion=companion)
    changes.step(invited, event)
    return invited
