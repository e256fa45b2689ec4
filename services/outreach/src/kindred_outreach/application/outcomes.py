"""What others are told of a message."""

from kindred_common.contracts.codec import Outgoing
from kindred_common.contracts.outreach import MessageOutcome
from kindred_common.contracts.record import Cause
from kindred_common.contracts.topics import MESSAGE_OUTCOMES
from kindred_common.contracts.vocabulary import MessagePurpose, MessageResult
from kindred_outreach.domain.messages import Message, Origin, State

_RESULTS = {
    State.SENT: MessageResult.SENT,
    State.TASK: MessageResult.TASK_CREATED,
    State.SKIPPED: MessageResult.SKIPPED,
    State.BOUNCED: MessageResult.BOUNCED,
    State.UNCERTAIN: MessageResult.UNCERTAIN,
}

TOLD = frozenset(_RESULTS)
"""The states that others are told of."""


def outcome(message: Message) -> Outgoing:
    """The record for a message in one of the states that are told."""
    data = MessageOutcome(
        message_id=message.id,
        customer_id=message.customer_id,
        purpose=MessagePurpose(message.purpose),
        occasion=message.occasion,
        result=_RESULTS[message.state],
        at=message.changed_at,
        rule=message.rule,
        allowed_from=message.allowed_from,
    )
    return Outgoing(MESSAGE_OUTCOMES, str(message.customer_id), data, cause(message.origin))


def cause(origin: Origin) -> Cause:
    """The request as the cause of what follows from it."""
    return Cause(origin.correlation_id, origin.causation_id, origin.traceparent)
