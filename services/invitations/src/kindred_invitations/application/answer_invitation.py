from dataclasses import dataclass, replace
from uuid import UUID

from kindred_invitations.application.because import Because
from kindred_invitations.application.changes import Changes
from kindred_invitations.application.messages import ask_confirmation
from kindred_invitations.application.ports import Ports
from kindred_invitations.domain.errors import IllegalStep, NoSeatLeft, Unknown
from kindred_invitations.domain.event import Event, require_open
from kindred_invitations.domain.guests import companion_possible
from kindred_invitations.domain.invitation import Invitation, step_to
from kindred_invitations.domain.steps import ANSWERABLE, Step


@dataclass(frozen=True, slots=True)
class Answer:
    """Yes or no; with a yes whether someone comes along, with a no why."""

    accepts: bool
    with_companion: bool = False
    decline_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """The invitation after the answer; ``alone`` when the customer comes but no seat was left for his companion."""

    invitation: Invitation
    alone: bool = False


async def answer_invitation(
    ports: Ports, because: Because, invitation_id: UUID, answer: Answer
) -> Answered:
    """Takes the answer of an invited customer; it may be changed until the event begins, and given twice.

    Raises:
        Refused: unknown, not invited (any more), the event is closed, or no seat is left for who declined before.
    """
    found = await ports.invitations.find(invitation_id)
    if found is None:
        raise Unknown("invitation")
    event = await ports.events.lock(found.event_id)
    changes = Changes(ports, because)
    before = await ports.invitations.lock(invitation_id)
    if before.step not in ANSWERABLE:
        raise IllegalStep(before.step, Step.ACCEPTED if answer.accepts else Step.DECLINED)
    require_open(event, because.at)
    answered = await take_answer(changes, before, event, answer)
    await changes.finish()
    return answered


async def take_answer(
    changes: Changes, before: Invitation, event: Event, answer: Answer
) -> Answered:
    """Takes an answer to a locked invitation as part of ``changes``."""
    if answer.accepts:
        return await _accept(changes, before, event, wants_companion=answer.with_companion)
    after = replace(
        step_to(before, Step.DECLINED, changes.because.at, changes.because.source),
        decline_reason=answer.decline_reason,
        replied_at=changes.because.at,
    )
    if before.step is Step.DECLINED and before.decline_reason == after.decline_reason:
        return Answered(before)
    await changes.seat(before, after)
    changes.step(after, event)
    return Answered(after)


async def _accept(
    changes: Changes, before: Invitation, event: Event, *, wants_companion: bool
) -> Answered:
    guest = await changes.ports.guests.find(before.customer_id)
    wanted = 2 if wants_companion and companion_possible(guest, event.details) else 1
    after, given = await _seat(changes, before, wanted)
    alone = wants_companion and given < 2
    if before.step is Step.ACCEPTED and before.seats == given:
        return Answered(before, alone)
    if before.step is not Step.ACCEPTED:
        after = await ask_confirmation(changes, after, event)
    changes.step(after, event)
    return Answered(after, alone)


async def _seat(changes: Changes, before: Invitation, wanted: int) -> tuple[Invitation, int]:
    """Gives the seats wanted, or the customer's own alone when there is no second."""
    because = changes.because
    for seats in range(wanted, 0, -1):
        stepped = step_to(before, Step.ACCEPTED, because.at, because.source, seats=seats)
        after = replace(stepped, replied_at=because.at)
        try:
            await changes.seat(before, after)
        except NoSeatLeft:
            if seats == 1:
                raise
        else:
            return after, seats
    raise NoSeatLeft
