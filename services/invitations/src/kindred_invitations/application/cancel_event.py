from dataclasses import replace
from uuid import UUID

from kindred_invitations.application.because import Because
from kindred_invitations.application.changes import Changes
from kindred_invitations.application.messages import ask_cancellation
from kindred_invitations.application.ports import Ports
from kindred_invitations.domain.event import CancelledBy, Event
from kindred_invitations.domain.invitation import Invitation, step_to
from kindred_invitations.domain.steps import CANCELLABLE, Step

TOLD = frozenset({Step.APPROVED, Step.SENT, Step.ACCEPTED})
"""Who hears that the event is off: everyone who may know of it. A message that is on its way counts."""


async def cancel_event(ports: Ports, because: Because, event_id: UUID, by: CancelledBy) -> Event:
    """Calls an event off: its invitations end, its seats are free, and its guests are told; doing it twice changes nothing.

    Raises:
        Unknown: there is no such event.
    """
    event = await ports.events.lock(event_id)
    if not event.open:
        return event
    changes = Changes(ports, because)
    guests = await ports.invitations.lock_of_event(event_id, sorted(CANCELLABLE))
    closed = await ports.events.change(
        replace(
            event,
            open=False,
            cancelled_by=by,
            held=event.held - sum(guest.held for guest in guests),
            edition=event.edition + 1,
        )
    )
    changes.list_event(closed)
    for guest in guests:
        _end(changes, guest, closed)
    await changes.finish()
    return closed


def _end(changes: Changes, guest: Invitation, event: Event) -> None:
    because = changes.because
    after = step_to(guest, Step.CANCELLED, because.at, because.source)
    if guest.step in TOLD and because.at < event.details.ends_at:
        after = ask_cancellation(changes, after, event)
    changes.step(after, event)
