from kindred_invitations.application.because import Because
from kindred_invitations.application.changes import Changes
from kindred_invitations.application.ports import Ports
from kindred_invitations.application.records import event_reference
from kindred_invitations.domain.event import Event, check_details


async def add_event(ports: Ports, because: Because, event: Event) -> None:
    """Puts a new event into the catalogue.

    Raises:
        WrongEvent: it cannot be as described.
    """
    check_details(event.details)
    await ports.events.add(event)
    changes = Changes(ports, because)
    changes.list_event(event)
    await changes.finish()
    await ports.announce([event_reference(event.id)])
