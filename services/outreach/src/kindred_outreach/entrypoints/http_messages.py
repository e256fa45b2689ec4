"""Messages: where they stand, why, and once more."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from kindred_common.db.transactions import Transaction
from kindred_common.web.idempotency import Outcome, once
from kindred_common.web.paging import (
    DEFAULT_LIMIT,
    Cursor,
    Limit,
    Page,
    after,
    encode_cursor,
    identity,
)
from kindred_common.web.problems import Problem, not_found
from kindred_outreach.application.queries import MessageFilter
from kindred_outreach.application.repeat_message import NotRepeatable, repeat_message
from kindred_outreach.domain.messages import State
from kindred_outreach.entrypoints.desk import AcceptLanguage, Desk, Operator, Reader, told
from kindred_outreach.entrypoints.schemas import MessageOut


def messages_router(desk: Desk) -> APIRouter:
    """Reading and repeating messages."""
    router = APIRouter(prefix="/v1/messages", tags=["messages"])
    _reading(router, desk)
    _repeating(router, desk)
    return router


def _reading(router: APIRouter, desk: Desk) -> None:
    @router.get("", summary="Messages, the newest first, each with the rule that holds it back")
    async def list_messages(
        principal: Reader,
        customer_id: UUID | None = None,
        state: State | None = None,
        cursor: Cursor = None,
        limit: Limit = DEFAULT_LIMIT,
        accept_language: AcceptLanguage = None,
    ) -> Page[MessageOut]:
        wanted = MessageFilter(customer_id, state, after(cursor, identity), limit + 1)
        async with desk.transactions.begin() as transaction:
            found = await desk.open_queries(transaction).messages(principal, wanted)
            if customer_id is not None:
                await desk.audit(
                    transaction, principal, "messages.read", ("customer", str(customer_id))
                )
        more = len(found) > limit
        items = [told(message, accept_language) for message in found[:limit]]
        return Page(items=items, next_cursor=encode_cursor(str(items[-1].id)) if more else None)

    @router.get("/{message_id}", summary="One message")
    async def show_message(
        principal: Reader, message_id: UUID, accept_language: AcceptLanguage = None
    ) -> MessageOut:
        async with desk.transactions.begin() as transaction:
            found = await desk.open_queries(transaction).message(principal, message_id)
        if found is None:
            raise not_found("message")
        return told(found, accept_language)


def _repeating(router: APIRouter, desk: Desk) -> None:
    @router.post(
        "/{message_id}/resend",
        status_code=202,
        response_model=MessageOut,
        summary="Try a message again that was skipped, bounced or is uncertain",
        description="An uncertain message may arrive twice then: only a person can know better.",
    )
    async def resend(operator: Operator, message_id: UUID, request: Request) -> Response:
        async def work(transaction: Transaction) -> Outcome:
            stores = desk.open_stores(transaction)
            try:
                message = await repeat_message(stores, message_id, desk.clock.now())
            except NotRepeatable as state:
                raise Problem(
                    409, "not-repeatable", "The message cannot be sent again", str(state)
                ) from None
            if message is None:
                raise not_found("message")
            await desk.audit(transaction, operator, "message.resend", ("message", str(message.id)))
            return Outcome(202, told(message, request.headers.get("accept-language")))

        return await once(request, desk.transactions, work)
