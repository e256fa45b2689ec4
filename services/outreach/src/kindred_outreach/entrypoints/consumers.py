"""Records in, use cases called; nothing is decided here."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

from kindred_common.clock import Clock
from kindred_common.contracts.codec import Received
from kindred_common.contracts.outreach import CalendarEntry, MessageRequested, MessagesWithdrawn
from kindred_common.contracts.profile import ConsentChanged, CustomerDetails
from kindred_common.contracts.record import Cause
from kindred_common.contracts.topics import CONSENT_RECORDS, CUSTOMER_DETAILS, MESSAGE_REQUESTS
from kindred_common.db.transactions import Transaction
from kindred_common.messaging.subscription import Subscription, one_by_one
from kindred_common.messaging.verdicts import Rejected
from kindred_outreach.application.accept_request import IdTaken, accept_request
from kindred_outreach.application.call_off import withdraw
from kindred_outreach.application.learn_details import forget_details, learn_details
from kindred_outreach.application.state_consent import hear_consent
from kindred_outreach.domain.messages import Appointment, Message, Origin
from kindred_outreach.domain.recipients import Recipient
from kindred_outreach.entrypoints.wiring import OpenStores


@dataclass(frozen=True, slots=True)
class Consumers:
    """The handlers of what outreach reads."""

    open_stores: OpenStores
    clock: Clock

    def subscriptions(self) -> Sequence[Subscription]:
        return (
            Subscription(MESSAGE_REQUESTS, one_by_one(self._on_request)),
            Subscription(CUSTOMER_DETAILS, one_by_one(self._on_details)),
            Subscription(CONSENT_RECORDS, one_by_one(self._on_consent)),
        )

    async def _on_request(
        self,
        transaction: Transaction,
        received: Received[MessageRequested] | Received[MessagesWithdrawn],
    ) -> None:
        stores, asked = self.open_stores(transaction), received.data
        try:
            if isinstance(asked, MessagesWithdrawn):
                await withdraw(stores, asked.customer_id, asked.about, self.clock.now())
            elif asked is not None:
                await accept_request(stores, self._message(asked, received.because()))
        except IdTaken:
            raise Rejected("message_id", "belongs to another message") from None

    async def _on_details(
        self, transaction: Transaction, received: Received[CustomerDetails]
    ) -> None:
        stores = self.open_stores(transaction)
        if received.data is None:
            await forget_details(stores, _customer(received.key))
        else:
            await learn_details(stores, _recipient(received.data), self.clock.now())

    async def _on_consent(
        self, transaction: Transaction, received: Received[ConsentChanged]
    ) -> None:
        if received.data is not None:
            await hear_consent(self.open_stores(transaction), received.data)

    def _message(self, asked: MessageRequested, cause: Cause) -> Message:
        now = self.clock.now()
        if asked.link is not None and urlsplit(asked.link).scheme not in ("http", "https"):
            raise Rejected("link", "is not a web address")
        return Message(
            id=asked.message_id,
            customer_id=asked.customer_id,
            purpose=asked.purpose.value,
            occasion=asked.occasion,
            message_class=asked.message_class.value,
            manner=asked.manner.value,
            requested_at=now,
            due_at=now,
            changed_at=now,
            origin=Origin(cause.correlation_id, cause.causation_id, cause.traceparent),
            data=asked.data,
            link=asked.link,
            calendar=None if asked.calendar is None else _appointment(asked.calendar),
            not_after=asked.not_after,
        )


def _appointment(entry: CalendarEntry) -> Appointment:
    return Appointment(
        uid=entry.uid,
        sequence=entry.sequence,
        cancelled=entry.cancelled,
        title=entry.title,
        starts_at=entry.starts_at,
        ends_at=entry.ends_at,
        zone=entry.zone,
        place_name=entry.place_name,
    )


def _recipient(details: CustomerDetails) -> Recipient:
    return Recipient(
        customer_id=details.customer_id,
        active=details.active,
        given_name=details.given_name,
        family_name=details.family_name,
        email=details.email,
        phone=details.phone,
        language=details.language.value,
        formal=details.formal,
        legal_ground=details.legal_ground.value,
        account_name=details.account_name,
        account_manager_id=details.account_manager_id,
        account_manager_name=details.account_manager_name,
        account_manager_email=details.account_manager_email,
        team=details.team,
    )


def _customer(key: str) -> UUID:
    try:
        return UUID(key)
    except ValueError:
        raise Rejected("key", "is not a customer id") from None
