"""Which messages invitations asks for, each for one occasion so that none goes out twice."""

from dataclasses import replace
from datetime import timedelta

from kindred_common.contracts.outreach import MessageRequested
from kindred_common.contracts.vocabulary import Manner, MessageClass, MessagePurpose
from kindred_invitations.application.changes import Changes, next_entry
from kindred_invitations.application.records import calendar_entry, template_data
from kindred_invitations.domain.event import Event
from kindred_invitations.domain.invitation import Invitation

LINK_LIVES_ON = timedelta(days=90)
"""How long after the event the guest's page can still be opened."""


async def ask_invitation(
    changes: Changes, invitation: Invitation, event: Event, *, companion: bool
) -> Invitation:
    """Requests the message that invites; returns the invitation that names it.

    The occasion is the event. When the same customer is invited to it again, after a withdrawal or in another manner, that is
    an occasion of its own.
    """
    message = MessageRequested(
        message_id=changes.ports.ids(),
        customer_id=invitation.customer_id,
        purpose=MessagePurpose.EVENT_INVITATION,
        occasion=str(event.id) if invitation.round == 1 else f"{event.id}/{invitation.round}",
        message_class=MessageClass.RELATIONSHIP,
        manner=Manner(invitation.manner),
        data=dict(template_data(event, companion=companion)),
        link=await _link(changes, invitation, event),
        not_after=event.details.starts_at,
    )
    changes.ask(message, invitation.id)
    return replace(invitation, message_id=message.message_id)


async def ask_confirmation(changes: Changes, invitation: Invitation, event: Event) -> Invitation:
    """Requests the confirmation with the entry for the calendar; returns the invitation that counts it."""
    counted = next_entry(invitation)
    message = MessageRequested(
        message_id=changes.ports.ids(),
        customer_id=counted.customer_id,
        purpose=MessagePurpose.EVENT_CONFIRMATION,
        occasion=f"{event.id}/{counted.calendar_sequence}",
        message_class=MessageClass.SERVICE,
        data=dict(template_data(event, companion=counted.seats > 1)),
        link=await _link(changes, counted, event),
        calendar=calendar_entry(counted, event),
        not_after=event.details.starts_at,
    )
    changes.ask(message, counted.id)
    return counted


def ask_cancellation(changes: Changes, invitation: Invitation, event: Event) -> Invitation:
    """Requests the word that the event is off, with what takes it out of the calendar if it is in there."""
    counted = next_entry(invitation)
    entry = calendar_entry(counted, event, cancelled=True) if invitation.calendar_sequence else None
    message = MessageRequested(
        message_id=changes.ports.ids(),
        customer_id=counted.customer_id,
        purpose=MessagePurpose.EVENT_CANCELLATION,
        occasion=f"{event.id}/{counted.calendar_sequence}",
        message_class=MessageClass.SERVICE,
        data=dict(template_data(event, companion=False)),
        calendar=entry,
        not_after=event.details.ends_at,
    )
    changes.ask(message, counted.id)
    return counted


async def _link(changes: Changes, invitation: Invitation, event: Event) -> str:
    expires_at = event.details.ends_at + LINK_LIVES_ON
    return await changes.ports.links.create(invitation, expires_at)
