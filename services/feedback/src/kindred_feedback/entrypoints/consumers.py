"""From records to use cases."""

from collections.abc import Sequence
from uuid import UUID

from kindred_common.contracts.codec import Received
from kindred_common.contracts.invitations import EventListed, InvitationChanged
from kindred_common.contracts.outreach import MessageOutcome
from kindred_common.contracts.profile import CustomerDetails
from kindred_common.contracts.topics import (
    CUSTOMER_DETAILS,
    EVENT_CATALOGUE,
    INVITATION_RECORDS,
    MESSAGE_OUTCOMES,
)
from kindred_common.db.transactions import Transaction
from kindred_common.messaging.subscription import Subscription, one_by_one
from kindred_common.messaging.verdicts import Rejected
from kindred_feedback.application.note_attendance import note_attendance
from kindred_feedback.domain.guest import KnownCustomer, KnownEvent
from kindred_feedback.entrypoints.desk import Desk


def subscriptions(desk: Desk) -> Sequence[Subscription]:
    """The topics this service reads."""
    consumers = _Consumers(desk)
    return (
        Subscription(INVITATION_RECORDS, one_by_one(consumers.on_invitation)),
        Subscription(EVENT_CATALOGUE, one_by_one(consumers.on_event)),
        Subscription(CUSTOMER_DETAILS, one_by_one(consumers.on_customer)),
        Subscription(MESSAGE_OUTCOMES, one_by_one(consumers.on_outcome)),
    )


class _Consumers:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def on_invitation(
        self, transaction: Transaction, record: Received[InvitationChanged]
    ) -> None:
        if record.data is not None:
            stores = self._desk.open(transaction)
            await note_attendance(stores, record.data, record.because(), self._desk.ask_after)

    async def on_event(self, transaction: Transaction, record: Received[EventListed]) -> None:
        if (listed := record.data) is not None:
            event = KnownEvent(
                listed.event_id,
                listed.title,
                listed.starts_at,
                listed.ends_at,
                listed.zone,
                listed.place_name,
            )
            await self._desk.open(transaction).directory.know_event(event)

    async def on_customer(
        self, transaction: Transaction, record: Received[CustomerDetails]
    ) -> None:
        directory = self._desk.open(transaction).directory
        if (details := record.data) is None:
            await directory.forget_customer(_id_of(record.key))
            return
        await directory.know_customer(
            KnownCustomer(
                details.customer_id,
                details.language.value,
                details.account_manager_id,
                details.team,
            )
        )

    async def on_outcome(self, transaction: Transaction, record: Received[MessageOutcome]) -> None:
        if (outcome := record.data) is not None:
            guests = self._desk.open(transaction).guests
            await guests.follow(outcome.message_id, outcome.result.value, outcome.rule)


def _id_of(key: str) -> UUID:
    try:
        return UUID(key)
    except ValueError:
        raise Rejected("key", "is no customer id") from None
