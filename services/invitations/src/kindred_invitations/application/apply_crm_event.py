from uuid import UUID

from kindred_invitations.application.add_event import add_event
from kindred_invitations.application.because import Because
from kindred_invitations.application.cancel_event import cancel_event
from kindred_invitations.application.change_event import describe_anew
from kindred_invitations.application.ports import Ports
from kindred_invitations.domain.event import CancelledBy, Event, EventDetails


async def apply_crm_event(
    ports: Ports, because: Because, event_id: UUID, names: tuple[str, str], details: EventDetails
) -> None:
    """Takes over an event as another system plans it; ``names`` are that system and its name for the event.

    An event that people cancelled here stays cancelled; one that the other system had removed is open again.

    Raises:
        Refused: it cannot be as described, or has fewer seats than guests were given.
    """
    if await ports.events.find(event_id) is None:
        new = Event(id=event_id, details=details, source=names[0], external_id=names[1])
        await add_event(ports, because, new)
        return
    event = await ports.events.lock(event_id)
    reopen = event.cancelled_by is CancelledBy.OTHER_SYSTEM
    await describe_anew(ports, because, event, details, reopen=reopen)


async def remove_crm_event(ports: Ports, because: Because, event_id: UUID) -> None:
    """The other system no longer plans the event: it is cancelled here; one we never knew needs nothing."""
    if await ports.events.find(event_id) is not None:
        await cancel_event(ports, because, event_id, CancelledBy.OTHER_SYSTEM)
