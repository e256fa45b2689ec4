"""What invitations tells the others: its state as records."""

from collections.abc import Mapping
from uuid import UUID

from kindred_common.contracts.codec import Outgoing
from kindred_common.contracts.invitations import EventListed, EventTheme, InvitationChanged
from kindred_common.contracts.outreach import CalendarEntry, MessageRequested, MessagesWithdrawn
from kindred_common.contracts.profile import Place
from kindred_common.contracts.record import Cause
from kindred_common.contracts.topics import EVENT_CATALOGUE, INVITATION_RECORDS, MESSAGE_REQUESTS
from kindred_common.contracts.vocabulary import (
    DeclineReason,
    EventKind,
    FactSource,
    InvitationStep,
    Language,
    Manner,
)
from kindred_invitations.domain.event import Event
from kindred_invitations.domain.invitation import Invitation


def event_listed(event: Event, cause: Cause) -> Outgoing:
    """The event as it stands in the catalogue."""
    details = event.details
    data = EventListed(
        event_id=event.id,
        version=event.version,
        open=event.open,
        kind=EventKind(details.kind),
        title=details.title,
        themes=_themes(event),
        starts_at=details.starts_at,
        ends_at=details.ends_at,
        zone=details.zone,
        place_name=details.place_name,
        place=_place(details.place),
        languages=tuple(Language(language) for language in details.languages),
        seats=details.seats,
        seats_to_allocate=event.seats_to_allocate,
        companion_allowed=details.companion_allowed,
        hospitality_value=details.hospitality_value,
        minimum_age=details.minimum_age,
    )
    return Outgoing(EVENT_CATALOGUE, str(event.id), data, cause)


def invitation_changed(invitation: Invitation, event: Event, cause: Cause) -> Outgoing:
    """The step that the invitation took last; told again it is the same record."""
    data = InvitationChanged(
        invitation_id=invitation.id,
        customer_id=invitation.customer_id,
        event_id=event.id,
        step=InvitationStep(invitation.step),
        at=invitation.step_at,
        seats=invitation.seats,
        event_kind=EventKind(event.details.kind),
        event_starts_at=event.details.starts_at,
        event_ends_at=event.details.ends_at,
        themes=_themes(event),
        hospitality_value=event.details.hospitality_value,
        manner=Manner(invitation.manner),
        decline_reason=_decline_reason(invitation.decline_reason),
        source=FactSource(invitation.source),
    )
    key = str(invitation.customer_id)
    return Outgoing(INVITATION_RECORDS, key, data, cause, invitation.record_id)


def message_requested(message: MessageRequested, cause: Cause) -> Outgoing:
    """The request for one message."""
    return Outgoing(MESSAGE_REQUESTS, str(message.customer_id), message, cause)


def messages_withdrawn(invitation: Invitation, cause: Cause) -> Outgoing:
    """That nothing more goes out about the event; its id begins the occasion of each message about it."""
    data = MessagesWithdrawn(customer_id=invitation.customer_id, about=str(invitation.event_id))
    return Outgoing(MESSAGE_REQUESTS, str(invitation.customer_id), data, cause)


def calendar_entry(
    invitation: Invitation, event: Event, *, cancelled: bool = False
) -> CalendarEntry:
    """What stands in the guest's calendar; its uid is the invitation's for ever."""
    details = event.details
    return CalendarEntry(
        uid=f"{invitation.id}@kindred",
        sequence=invitation.calendar_sequence,
        cancelled=cancelled,
        title=details.title,
        starts_at=details.starts_at,
        ends_at=details.ends_at,
        zone=details.zone,
        place_name=details.place_name,
    )


def template_data(event: Event, *, companion: bool) -> Mapping[str, str]:
    """What a message about the event says; ``companion``: one is welcome, or comes along."""
    details = event.details
    told = {
        "title": details.title,
        "starts_at": details.starts_at.isoformat(),
        "ends_at": details.ends_at.isoformat(),
        "zone": details.zone,
    }
    if details.place_name:
        told["place_name"] = details.place_name
    if companion:
        told["companion"] = "true"
    return told


def event_reference(event_id: UUID) -> str:
    """How early records name the event they wait for."""
    return f"event:{event_id}"


def customer_reference(customer_id: UUID) -> str:
    """How early records name the customer they wait for."""
    return f"customer:{customer_id}"


def _themes(event: Event) -> tuple[EventTheme, ...]:
    return tuple(EventTheme(theme=name, weight=weight) for name, weight in event.details.themes)


def _place(place: tuple[float, float] | None) -> Place | None:
    return None if place is None else Place(latitude=place[0], longitude=place[1])


def _decline_reason(reason: str | None) -> DeclineReason | None:
    return None if reason is None else DeclineReason(reason)
