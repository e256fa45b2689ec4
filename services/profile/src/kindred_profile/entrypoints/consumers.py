"""From records on topics to use cases, and from their outcomes to verdicts on records."""

from collections.abc import Callable, Sequence

from kindred_common.clock import Clock
from kindred_common.contracts.codec import Received
from kindred_common.contracts.feedback import FeedbackGiven
from kindred_common.contracts.invitations import InvitationChanged
from kindred_common.contracts.profile import ConsentChanged
from kindred_common.contracts.record import Record
from kindred_common.contracts.survey import AnswersRecorded, AnswersWithdrawn
from kindred_common.contracts.topics import (
    CONSENT_RECORDS,
    CRM_ACCOUNTS,
    CRM_CUSTOMERS,
    CRM_TRANSACTIONS,
    EXPERIENCE_FEEDBACK,
    INVITATION_RECORDS,
    SURVEY_ANSWERS,
)
from kindred_common.db.transactions import Transaction
from kindred_common.messaging.subscription import BatchHandler, Refusals, Subscription
from kindred_common.messaging.verdicts import Early, NotApplied, Rejected
from kindred_profile.application.facts_of_records import Stamp, facts_of
from kindred_profile.application.ports import Stores
from kindred_profile.application.record_facts import FactsOfOne, record_facts
from kindred_profile.application.track_responses import Step, track_responses
from kindred_profile.domain.errors import WrongFact
from kindred_profile.entrypoints.crm_consumers import (
    accounts_handler,
    customers_handler,
    transactions_handler,
)

StoresOf = Callable[[Transaction], Stores]


def subscriptions(stores_of: StoresOf, clock: Clock) -> Sequence[Subscription]:
    """Everything that this service reads."""
    facts = facts_handler(stores_of, clock)
    return (
        Subscription(CRM_ACCOUNTS, accounts_handler(stores_of)),
        Subscription(CRM_CUSTOMERS, customers_handler(stores_of, clock)),
        Subscription(CRM_TRANSACTIONS, transactions_handler(stores_of, clock)),
        Subscription(SURVEY_ANSWERS, facts),
        Subscription(INVITATION_RECORDS, _invitations_handler(stores_of, facts)),
        Subscription(EXPERIENCE_FEEDBACK, facts),
        Subscription(CONSENT_RECORDS, facts),
    )


def facts_handler(stores_of: StoresOf, clock: Clock) -> BatchHandler:
    """Takes a batch of records that tell facts in one transaction of a few statements."""

    async def handle(transaction: Transaction, records: Sequence[Received[Record]]) -> Refusals:
        refusals: list[tuple[Received[Record], NotApplied]] = []
        told: list[FactsOfOne] = []
        senders: list[Received[Record]] = []
        for record in records:
            try:
                said = _told(record)
            except WrongFact as fault:
                refusals.append((record, Rejected(fault.field, fault.reason)))
                continue
            if said is not None:
                told.append(said)
                senders.append(record)
        unknown = await record_facts(stores_of(transaction), told, clock.now()) if told else ()
        for record, (customer_id, _, _) in zip(senders, told, strict=True):
            if customer_id in unknown:
                refusals.append((record, Early(f"customer:{customer_id}")))
        return refusals

    return handle


def _told(record: Received[Record]) -> FactsOfOne | None:
    data = record.data
    match data:
        case (
            AnswersRecorded()
            | AnswersWithdrawn()
            | InvitationChanged()
            | FeedbackGiven()
            | ConsentChanged()
        ):
            stamp = Stamp(record.envelope.id, record.envelope.cause.correlation_id)
            facts = facts_of(data, stamp)
            return (data.customer_id, facts, record.because()) if facts else None
        case _:
            return None


def _invitations_handler(stores_of: StoresOf, facts: BatchHandler) -> BatchHandler:
    async def handle(transaction: Transaction, records: Sequence[Received[Record]]) -> Refusals:
        refusals = await facts(transaction, records)
        refused = {id(record) for record, _ in refusals}
        steps = [
            Step(record.data, record.because())
            for record in records
            if isinstance(record.data, InvitationChanged) and id(record) not in refused
        ]
        await track_responses(stores_of(transaction), steps)
        return refusals

    return handle
