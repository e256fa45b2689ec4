"""Takes down what a customer says about being approached; it takes effect here and is told to all at once."""

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kindred_common.contracts.codec import Outgoing
from kindred_common.contracts.profile import ConsentChanged
from kindred_common.contracts.record import Cause
from kindred_common.contracts.topics import CONSENT_RECORDS
from kindred_profile.application.facts_of_records import Stamp, facts_of
from kindred_profile.application.ports import Stores
from kindred_profile.application.record_facts import record_facts
from kindred_profile.domain.errors import UnknownCustomer


@dataclass(frozen=True, slots=True)
class Proof:
    """How it can be shown later that he said so: which text in which language he saw, and who took it down."""

    text_version: str | None
    language: str | None
    taken_by: str


async def state_consent(
    stores: Stores, said: ConsentChanged, proof: Proof, act_id: UUID, cause: Cause, now: datetime
) -> None:
    """Keeps and publishes the statement; ``act_id`` names the act itself.

    Raises:
        UnknownCustomer: there is nobody by this id.
    """
    detail = json.dumps(
        {
            "channel": said.channel,
            "text_version": proof.text_version,
            "language": proof.language,
            "taken_by": proof.taken_by,
        }
    )
    stamp = Stamp(str(act_id), cause.correlation_id)
    facts = [fact._replace(detail=detail) for fact in facts_of(said, stamp)]
    if await record_facts(stores, [(said.customer_id, facts, cause)], now):
        raise UnknownCustomer
    await stores.publisher.publish([Outgoing(CONSENT_RECORDS, str(said.customer_id), said, cause)])
