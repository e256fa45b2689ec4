from dataclasses import replace
from uuid import UUID

from kindred_invitations.application.because import Because
from kindred_invitations.application.changes import Changes
from kindred_invitations.application.messages import LINK_LIVES_ON, ask_confirmation
from kindred_invitations.application.ports import Ports
from kindred_invitations.domain.errors import (
    EventClosed,
    OwnedElsewhere,
    SeatsAlreadyGiven,
    StaleEdition,
)
from kindred_invitations.domain.event import (
    Event,
    EventDetails,
    calendar_differs,
    check_details,
)
from kindred_invitations.domain.steps import Step


async def change_event(
    ports: Ports, because: Because, event_id: UUID, edition: int, details: EventDetails
) -> Event:
    """Describes an event anew; ``edition`` is the one the planner has read.

    Raises:
        Refused: unknown, edited by somebody else meanwhile, cancelled, planned elsewhere, wrong, or with too few seats.
    """
    event = await ports.events.lock(event_id)
    if event.edition != edition:
        raise StaleEdition("The event was edited since you read it")
    if event.source is not None:
        raise OwnedElsewhere
    if not event.open:
        raise EventClosed
    return await describe_anew(ports, because, event, details)


async def describe_anew(
    ports: Ports, because: Because, event: Event, details: EventDetails, *, reopen: bool = False
) -> Event:
    """Writes new details of a locked event; who has it in his calendar gets the new entry.

    Raises:
        Refused: wrong, or fewer seats than are given.
    """
    check_details(details)
    if details.seats < event.held:
        raise SeatsAlreadyGiven
    opened = event.open or reopen
    if event.details == details and event.open == opened:
        return event
    changed = replace(
        event,
        details=details,
        open=opened,
        cancelled_by=None if opened else event.cancelled_by,
        edition=event.edition + 1,
    )
    changed = await ports.events.change(changed)
    changes = Changes(ports, because)
    changes.list_event(changed)
    await ports.links.extend(event.id, details.ends_at + LINK_LIVES_ON)
    if calendar_differs(event.details, details):
        await _renew_entries(changes, changed)
    await changes.finish()
    return changed


async def _renew_entries(changes: Changes, event: Event) -> None:
    for guest in await changes.ports.invitations.lock_of_event(event.id, [Step.ACCEPTED]):
        changes.keep(await ask_confirmation(changes, guest, event))
