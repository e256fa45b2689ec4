from datetime import timedelta

from kindred_common.contracts.invitations import InvitationChanged
from kindred_common.contracts.record import Cause
from kindred_common.contracts.vocabulary import InvitationStep
from kindred_feedback.application.ports import Stores
from kindred_feedback.domain.guest import Guest

SEEN = frozenset({InvitationStep.ATTENDED, InvitationStep.NO_SHOW})


async def note_attendance(
    stores: Stores, changed: InvitationChanged, because: Cause, ask_after: timedelta
) -> None:
    """Remembers who came, and plans to ask him; other steps of an invitation are not our business."""
    if changed.step not in SEEN:
        return
    guest = Guest(
        invitation_id=changed.invitation_id,
        customer_id=changed.customer_id,
        event_id=changed.event_id,
        event_kind=changed.event_kind.value,
        themes=tuple((part.theme, part.weight) for part in changed.themes),
        event_ends_at=changed.event_ends_at,
        attended=changed.step is InvitationStep.ATTENDED,
        seen_at=changed.at,
        correlation_id=because.correlation_id,
        causation_id=because.causation_id or because.correlation_id,
    )
    await stores.guests.note(guest)
    if guest.attended:
        await stores.planner.ask(guest.invitation_id, guest.ask_at(ask_after))
