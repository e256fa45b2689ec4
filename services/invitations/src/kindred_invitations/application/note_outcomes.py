from collections.abc import Mapping, Sequence

from kindred_common.contracts.vocabulary import MessagePurpose, MessageResult
from kindred_invitations.application.because import Because
from kindred_invitations.application.changes import Changes, finish_all
from kindred_invitations.application.ports import Outcome, Ports
from kindred_invitations.domain.invitation import Invitation, step_to
from kindred_invitations.domain.steps import Step, may_follow

STEPS: Mapping[str, Step] = {
    MessageResult.SENT: Step.SENT,
    MessageResult.SKIPPED: Step.NOT_SENT,
    MessageResult.BOUNCED: Step.NOT_SENT,
}
"""What the outcome of an inviting message makes of the invitation; a created task or an uncertain mail leaves it as it is."""

MOVED_BY_OUTCOMES = frozenset({Step.APPROVED, Step.SENT, Step.NOT_SENT})
"""Who has answered or is no longer invited is not moved by what became of the message."""


async def note_outcomes(ports: Ports, outcomes: Sequence[tuple[Because, Outcome]]) -> None:
    """Notes what became of our messages; those of other services are none of our business."""
    ours = await ports.messages.note([outcome for _, outcome in outcomes])
    inviting = [
        (because, outcome, ours[outcome.message_id].invitation_id)
        for because, outcome in outcomes
        if outcome.message_id in ours
        and ours[outcome.message_id].purpose == MessagePurpose.EVENT_INVITATION
    ]
    ids = sorted({invitation_id for _, _, invitation_id in inviting})
    event_ids = sorted(await ports.invitations.events_of(ids))
    events = await ports.events.lock_against_change(event_ids)
    current = {found.id: found for found in await ports.invitations.lock_all(ids)}
    changes: list[Changes] = []
    for because, outcome, invitation_id in inviting:
        after = _moved(current[invitation_id], outcome, because)
        if after is not None:
            current[invitation_id] = after
            changes.append(Changes(ports, because))
            changes[-1].step(after, events[after.event_id], rule=outcome.rule)
    await finish_all(ports, changes)


def _moved(before: Invitation, outcome: Outcome, because: Because) -> Invitation | None:
    step = STEPS.get(outcome.result)
    superseded = before.message_id != outcome.message_id
    if step is None or superseded or before.step not in MOVED_BY_OUTCOMES:
        return None
    if before.step is step or not may_follow(before.step, step):
        return None
    return step_to(before, step, because.at, because.source)
