"""A customer says whether he wants our messages: here, or anywhere else."""

from datetime import datetime
from uuid import UUID

from kindred_common.contracts.codec import Outgoing
from kindred_common.contracts.profile import ConsentChanged
from kindred_common.contracts.record import Cause
from kindred_common.contracts.topics import CONSENT_RECORDS
from kindred_common.contracts.vocabulary import ConsentPurpose, ConsentState
from kindred_outreach.application.ports import Stores
from kindred_outreach.domain.consents import Statement, already_said


async def state_consent(stores: Stores, change: ConsentChanged, cause: Cause) -> bool:
    """Takes effect here at once and is published; False when that is his last word already."""
    statements = await stores.consents.of(change.customer_id)
    if already_said(statements, change.purpose, change.state):
        return False
    await hear_consent(stores, change)
    await stores.publisher.publish(
        [Outgoing(CONSENT_RECORDS, str(change.customer_id), change, cause)]
    )
    return True


async def hear_consent(stores: Stores, change: ConsentChanged) -> None:
    """Keeps what the customer said elsewhere, unless he said something else later."""
    statement = Statement(change.state, change.stated_at)
    await stores.consents.put(change.customer_id, change.purpose, statement)


def unsubscription(
    customer_id: UUID, purpose: str, state: ConsentState, channel: str, now: datetime
) -> ConsentChanged:
    """What a customer says by a link or a complaint."""
    return ConsentChanged(
        customer_id=customer_id,
        purpose=ConsentPurpose(purpose),
        state=state,
        stated_at=now,
        channel=channel,
    )
