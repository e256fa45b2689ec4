from datetime import datetime, timedelta
from uuid import UUID

from kindred_common.contracts.codec import Outgoing
from kindred_common.contracts.outreach import MessageRequested
from kindred_common.contracts.record import Cause
from kindred_common.contracts.topics import MESSAGE_REQUESTS
from kindred_common.contracts.vocabulary import MessageClass, MessagePurpose
from kindred_feedback.application.ports import Stores
from kindred_feedback.domain.errors import UnknownEvent
from kindred_feedback.domain.guest import Guest, KnownEvent


async def ask_guest(
    stores: Stores, invitation_id: UUID, open_for: timedelta, now: datetime
) -> None:
    """Asks a guest how it was, once; one who turned out not to have come is left alone.

    Raises:
        UnknownEvent: the event's title is not known yet.
    """
    guest = await stores.guests.lock(invitation_id)
    if guest is None or not guest.to_be_asked:
        return
    event = await stores.directory.event(guest.event_id)
    if event is None:
        raise UnknownEvent(guest.event_id)
    link = await stores.links.create(guest, now + open_for, now)
    request = _request(stores.ids(), guest, event, link, now + open_for)
    cause = Cause(guest.correlation_id, guest.causation_id)
    [record_id] = await stores.publisher.publish(
        [Outgoing(MESSAGE_REQUESTS, str(guest.customer_id), request, cause)]
    )
    await stores.guests.asked(guest, request.message_id, str(record_id), now)


def _request(
    message_id: UUID, guest: Guest, event: KnownEvent, link: str, not_after: datetime
) -> MessageRequested:
    data = {
        "title": event.title,
        "starts_at": event.starts_at.isoformat(),
        "ends_at": event.ends_at.isoformat(),
        "zone": event.zone,
    }
    if event.place_name:
        data["place_name"] = event.place_name
    return MessageRequested(
        message_id=message_id,
        customer_id=guest.customer_id,
        purpose=MessagePurpose.FEEDBACK_REQUEST,
        occasion=str(guest.event_id),
        message_class=MessageClass.SERVICE,
        data=data,
        link=link,
        not_after=not_after,
    )
