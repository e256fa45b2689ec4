from uuid import UUID

from kindred_invitations.application.because import Because
from kindred_invitations.application.changes import Changes
from kindred_invitations.application.ports import Ports
from kindred_invitations.domain.errors import Unknown
from kindred_invitations.domain.event import Event, require_check_in
from kindred_invitations.domain.invitation import Invitation, step_to
from kindred_invitations.domain.steps import Step


async def report_attendance(
    ports: Ports, because: Because, invitation_id: UUID, *, attended: bool
) -> Invitation:
    """Notes whether a guest came; a report can be corrected, and repeated.

    Raises:
        Refused: unknown, too early, or the invitation does not allow it.
    """
    found = await ports.invitations.find(invitation_id)
    if found is None:
        raise Unknown("invitation")
    event = await ports.events.lock(found.event_id)
    changes = Changes(ports, because)
    before = await ports.invitations.lock(invitation_id)
    after = await take_attendance(changes, before, event, attended=attended)
    await changes.finish()
    return after


async def take_attendance(
    changes: Changes, before: Invitation, event: Event, *, attended: bool
) -> Invitation:
    """Notes attendance of a locked invitation as part of ``changes``; who was not expected gets a seat if there is one."""
    require_check_in(event, changes.because.at)
    step = Step.ATTENDED if attended else Step.NO_SHOW
    if before.step is step:
        return before
    after = step_to(before, step, changes.because.at, changes.because.source)
    await changes.seat(before, after)
    changes.step(after, event)
    return after
