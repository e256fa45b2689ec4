"""Records of other systems in: events they plan, and what they saw customers do. Hostile until checked."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from kindred_common.contracts.codec import Received
from kindred_common.contracts.external import CrmEvent, ExternalResponse, ResponseKind
from kindred_common.contracts.identity import customer_id_of, event_id_of
from kindred_common.contracts.topics import CRM_EVENTS, EXTERNAL_RESPONSES
from kindred_common.contracts.vocabulary import DeclineReason, FactSource
from kindred_common.db.transactions import Transaction
from kindred_common.messaging.subscription import Subscription, one_by_one
from kindred_common.messaging.verdicts import Early, Rejected
from kindred_invitations.application.answer_invitation import Answer
from kindred_invitations.application.apply_crm_event import apply_crm_event, remove_crm_event
from kindred_invitations.application.apply_response import Response, apply_response
from kindred_invitations.application.because import Because
from kindred_invitations.application.records import customer_reference, event_reference
from kindred_invitations.domain.errors import NotPossible, WrongEvent
from kindred_invitations.entrypoints.desk import Desk
from kindred_invitations.entrypoints.planned import details_of

_ANSWERS = {ResponseKind.ACCEPTED: True, ResponseKind.DECLINED: False}


@dataclass(frozen=True, slots=True)
class Outside:
    """The handlers of what other systems publish, one record at a time, each with a receipt."""

    desk: Desk

    def subscriptions(self) -> Sequence[Subscription]:
        return (
            Subscription(CRM_EVENTS, one_by_one(self.on_event)),
            Subscription(EXTERNAL_RESPONSES, one_by_one(self.on_response)),
        )

    async def on_event(self, transaction: Transaction, received: Received[CrmEvent]) -> None:
        ports, planned = self.desk.ports(transaction), received.data
        source, colon, external_id = received.key.partition(":")
        if not (source and colon and external_id):
            raise Rejected("key", "is not source:external_id")
        event_id = event_id_of(source, external_id)
        because = Because(received.because(), f"system:{source}", self.desk.clock.now())
        if planned is None:
            await remove_crm_event(ports, because, event_id)
            return
        if (planned.source, planned.external_id) != (source, external_id):
            raise Rejected("key", "does not name the event in the record")
        try:
            names = (source, external_id)
            await apply_crm_event(ports, because, event_id, names, details_of(planned))
        except WrongEvent as wrong:
            raise Rejected(wrong.field, wrong.reason) from None
        except NotPossible as refused:
            raise Rejected("seats", str(refused)) from None

    async def on_response(
        self, transaction: Transaction, received: Received[ExternalResponse]
    ) -> None:
        seen = received.data
        if seen is None:
            return
        ports = self.desk.ports(transaction)
        event_id = _event_id(seen)
        customer_id = customer_id_of(seen.customer_source, seen.customer_external_id)
        if await ports.guests.find(customer_id) is None:
            raise Early(customer_reference(customer_id))
        if await ports.events.find(event_id) is None:
            raise Early(event_reference(event_id))
        because = Because(received.because(), f"system:{seen.source}", seen.at, FactSource.CRM)
        try:
            await apply_response(ports, because, _response(seen, customer_id, event_id))
        except NotPossible as refused:
            raise Rejected("response", str(refused)) from None


def _event_id(seen: ExternalResponse) -> UUID:
    if seen.event_id is not None:
        return seen.event_id
    if seen.event_source is None or seen.event_external_id is None:
        raise Rejected("event_id", "is missing, and so is the event's name elsewhere")
    return event_id_of(seen.event_source, seen.event_external_id)


def _response(seen: ExternalResponse, customer_id: UUID, event_id: UUID) -> Response:
    accepts = _ANSWERS.get(seen.response)
    if accepts is None:
        attended = seen.response is ResponseKind.ATTENDED
        return Response(customer_id, event_id, attended=attended)
    reason = None if accepts else seen.decline_reason or DeclineReason.OTHER
    answer = Answer(accepts, with_companion=seen.with_companion, decline_reason=reason)
    return Response(customer_id, event_id, answer=answer)
