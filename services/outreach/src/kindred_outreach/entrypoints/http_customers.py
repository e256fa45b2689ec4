"""One customer: why not now, and writing to an address again after it bounced."""

from collections.abc import Sequence
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from kindred_common.db.transactions import Transaction
from kindred_common.web.problems import not_found
from kindred_outreach.application.explain_pressure import Explanation, explain_pressure
from kindred_outreach.application.queries import MessageFilter
from kindred_outreach.domain.messages import Message, State
from kindred_outreach.domain.rules import Policy
from kindred_outreach.entrypoints.desk import AcceptLanguage, Desk, Operator, Reader, told
from kindred_outreach.entrypoints.reasons import in_words
from kindred_outreach.entrypoints.schemas import (
    ClassPressureOut,
    ContactPressureOut,
    FindingOut,
    MomentOut,
)


def customers_router(desk: Desk, policy: Policy) -> APIRouter:
    """Contact pressure and suppression of one customer."""
    router = APIRouter(prefix="/v1/customers", tags=["customers"])
    _explaining(router, desk, policy)
    _lifting(router, desk)
    return router


def _explaining(router: APIRouter, desk: Desk, policy: Policy) -> None:
    @router.get(
        "/{customer_id}/contact-pressure",
        summary="Why not now: may this customer be written to, and if not, why and until when",
    )
    async def contact_pressure(
        principal: Reader, customer_id: UUID, accept_language: AcceptLanguage = None
    ) -> ContactPressureOut:
        async with desk.transactions.begin() as transaction:
            queries = desk.open_queries(transaction)
            if not await queries.sees(principal, customer_id):
                raise not_found("customer")
            explanation = await explain_pressure(
                desk.open_stores(transaction), customer_id, policy, desk.clock.now()
            )
            wanted = MessageFilter(customer_id, State.WAITING)
            waiting = await queries.messages(principal, wanted)
            await desk.audit(
                transaction, principal, "contact-pressure.read", ("customer", str(customer_id))
            )
        if explanation is None:
            raise not_found("customer")
        return _pressure(customer_id, explanation, waiting, accept_language)


def _lifting(router: APIRouter, desk: Desk) -> None:
    @router.delete(
        "/{customer_id}/suppression",
        status_code=204,
        summary="Write to the customer's address again after mail to it came back",
    )
    async def lift(operator: Operator, customer_id: UUID) -> Response:
        async def work(transaction: Transaction) -> None:
            stores = desk.open_stores(transaction)
            recipient = await stores.recipients.find(customer_id)
            address = None if recipient is None else recipient.address
            if address is None or not await stores.suppressions.lift(address):
                raise not_found("suppression")
            subject = ("customer", str(customer_id))
            await desk.audit(transaction, operator, "suppression.lift", subject)

        await desk.transactions.run(work)
        return Response(status_code=204)


def _pressure(
    customer_id: UUID,
    explanation: Explanation,
    waiting: Sequence[Message],
    accept_language: str | None,
) -> ContactPressureOut:
    classes = [
        ClassPressureOut(
            message_class=message_class,
            allowed=not found,
            findings=[
                FindingOut(
                    rule=finding.rule,
                    why=in_words(finding.rule, accept_language),
                    allowed_from=finding.allowed_from,
                )
                for finding in found
            ],
        )
        for message_class, found in explanation.findings.items()
    ]
    return ContactPressureOut(
        customer_id=customer_id,
        classes=classes,
        moments=[MomentOut(message_class=m.message_class, at=m.at) for m in explanation.moments],
        waiting=[told(message, accept_language) for message in waiting],
    )
