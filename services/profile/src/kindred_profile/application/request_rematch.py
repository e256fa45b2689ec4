"""Asks once for a fresh look at a customer's matches, whoever found the reason and however often."""

from collections.abc import Sequence
from datetime import datetime

from kindred_common.contracts.codec import Outgoing
from kindred_common.contracts.profile import RematchRequested
from kindred_common.contracts.record import Cause
from kindred_common.contracts.topics import REMATCH_REQUESTS
from kindred_profile.application.ports import Stores
from kindred_profile.domain.found import Found


async def request_rematch(stores: Stores, found: Sequence[Found], now: datetime) -> list[Found]:
    """Enters the findings and publishes those that were not entered before; returns these."""
    new = await stores.requests.enter(found, now) if found else []
    await stores.publisher.publish([_record(one, now) for one in new])
    return new


def _record(found: Found, now: datetime) -> Outgoing:
    data = RematchRequested(
        customer_id=found.customer_id,
        reason=found.reason,
        request=found.request,
        found_at=now,
    )
    cause = Cause(found.correlation_id, found.record_id)
    return Outgoing(REMATCH_REQUESTS, str(found.customer_id), data, cause)
