"""Watches how invitations are answered, for the response rate: what was sent, and what came back in time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from kindred_common.contracts.invitations import InvitationChanged
from kindred_common.contracts.record import Cause
from kindred_common.contracts.vocabulary import InvitationStep
from kindred_profile.application.ports import Stores
from kindred_profile.application.record_facts import signal_record
from kindred_profile.domain.signals import RESPONSE_RATE, Signal

IN_TIME = timedelta(days=7)
"""Within this time after sending a response counts for the rate, and before the event begins."""

_RESPONSES = frozenset({InvitationStep.ACCEPTED, InvitationStep.DECLINED})


@dataclass(frozen=True, slots=True)
class Step:
    """A step of an invitation, with the cause that what follows carries."""

    record: InvitationChanged
    cause: Cause


async def track_responses(stores: Stores, steps: Sequence[Step]) -> None:
    """Starts to wait for what was sent and observes each first response."""
    sent = [s.record for s in steps if s.record.step is InvitationStep.SENT]
    if sent:
        await stores.awaited.sent({r.invitation_id: (r.customer_id, _until(r)) for r in sent})
    responses = {s.record.invitation_id: s for s in steps if s.record.step in _RESPONSES}
    if responses:
        customers = {i: step.record.customer_id for i, step in responses.items()}
        counting = await stores.awaited.answered(customers)
        signals = [
            _signal(step.record.customer_id, 1.0, step.record.at, step.cause)
            for invitation_id, step in responses.items()
            if invitation_id in counting
        ]
        await stores.publisher.publish([signal_record(signal) for signal in signals])


async def give_up_waiting(stores: Stores, now: datetime, limit: int) -> int:
    """Observes what stayed without a response; returns how many, at most ``limit``."""
    expired = await stores.awaited.expired(now, limit)
    signals = [
        _signal(customer_id, 0.0, until, Cause(correlation_id=str(invitation_id)))
        for invitation_id, (customer_id, until) in expired.items()
    ]
    await stores.publisher.publish([signal_record(signal) for signal in signals])
    return len(expired)


def _until(record: InvitationChanged) -> datetime:
    return min(record.at + IN_TIME, record.event_starts_at)


def _signal(customer_id: UUID, value: float, at: datetime, cause: Cause) -> Signal:
    return Signal(RESPONSE_RATE, customer_id, value, at, cause.causation_id, cause.correlation_id)
