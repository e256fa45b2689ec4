from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from kindred_invitations.application.answer_invitation import Answer, take_answer
from kindred_invitations.application.because import Because
from kindred_invitations.application.changes import Changes, new_invitation
from kindred_invitations.application.ports import Ports
from kindred_invitations.application.report_attendance import take_attendance
from kindred_invitations.domain.errors import IllegalStep, NotPossible
from kindred_invitations.domain.event import Event, require_open
from kindred_invitations.domain.invitation import Invitation
from kindred_invitations.domain.steps import Step

CLOCKS_DIFFER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Response:
    """What another system saw a customer do: an answer, or that he came or did not."""

    customer_id: UUID
    event_id: UUID
    answer: Answer | None = None
    attended: bool | None = None


class FromTheFuture(NotPossible):
    """The response says it happened later than now."""


class Overtaken(NotPossible):
    """The customer has answered otherwise since."""


async def apply_response(ports: Ports, because: Because, response: Response) -> None:
    """Takes over what another system saw. The event is known; ``because.at`` is when it happened there.

    A customer who was not invited becomes a guest by accepting elsewhere or by standing at the door, if a seat is left.

    Raises:
        NotPossible: the present state does not allow it, or the customer has answered since.
    """
    if because.at > ports.clock.now() + CLOCKS_DIFFER:
        raise FromTheFuture("It has not happened yet")
    event = await ports.events.lock(response.event_id)
    changes = Changes(ports, because)
    before = await ports.invitations.lock_pair(response.customer_id, response.event_id)
    if before is None:
        before = _first_seen(changes, event, response)
    if response.answer is None:
        await take_attendance(changes, before, event, attended=bool(response.attended))
    else:
        await _take_answer(changes, before, event, response.answer)
    await changes.finish()


def _first_seen(changes: Changes, event: Event, response: Response) -> Invitation:
    """A draft to step on from; it is never published, for nobody proposed it."""
    if response.attended is False:
        raise IllegalStep("not there", Step.NO_SHOW)
    return new_invitation(
        changes.ports, changes.because, response.customer_id, event.id, Step.DRAFTED
    )


async def _take_answer(changes: Changes, before: Invitation, event: Event, answer: Answer) -> None:
    require_open(event, changes.because.at)
    if before.replied_at is not None and before.replied_at > changes.because.at:
        raise Overtaken("The customer has answered since")
    await take_answer(changes, before, event, answer)
