"""Feedback for the people of the house, and as JSON for the guest's own program."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from kindred_common.db.transactions import Transaction
from kindred_common.security.audit import AuditEntry, record
from kindred_common.security.principals import Principal
from kindred_common.web.auth import requires
from kindred_common.web.paging import (
    DEFAULT_LIMIT,
    Cursor,
    Limit,
    Page,
    after,
    cut,
    encode_cursor,
    identity,
)
from kindred_common.web.routing import public_router
from kindred_feedback.application.give_feedback import give_feedback
from kindred_feedback.application.ports import Sight, Wanted
from kindred_feedback.application.queries import event_summary
from kindred_feedback.domain.feedback import Feedback
from kindred_feedback.entrypoints.desk import Desk
from kindred_feedback.entrypoints.schemas import FeedbackOut, GivenIn, SummaryOut

Reader = Annotated[Principal, Depends(requires(scope="feedback:read"))]


def feedback_router(desk: Desk) -> APIRouter:
    """``/v1/feedback`` and what an event's guests said together."""
    router = APIRouter(prefix="/v1", tags=["feedback"])

    @router.get("/feedback", summary="What guests said, by customer and event")
    async def list_feedback(
        reader: Reader,
        customer_id: UUID | None = None,
        event_id: UUID | None = None,
        limit: Limit = DEFAULT_LIMIT,
        cursor: Cursor = None,
    ) -> Page[FeedbackOut]:
        wanted = Wanted(customer_id, event_id, after(cursor, identity), limit + 1)
        async with desk.transactions.begin() as transaction:
            found = await desk.open(transaction).feedbacks.page(_sight(reader), wanted)
            await _note(desk, transaction, reader, customer_id, event_id)
        items, last = cut(found, limit)
        return Page(
            items=[FeedbackOut.of(feedback) for feedback in items],
            next_cursor=encode_cursor(str(last.invitation_id)) if last else None,
        )

    @router.get("/events/{event_id}/feedback", summary="What an event's guests said together")
    async def summarise_event(reader: Reader, event_id: UUID) -> SummaryOut:
        async with desk.transactions.begin() as transaction:
            summary = await event_summary(desk.open(transaction), _sight(reader), event_id)
        return SummaryOut.of(event_id, summary)

    return router


def own_feedback_router(desk: Desk) -> APIRouter:
    """The guest's link as JSON, for programs such as a mobile application."""
    router = public_router("/v1/links/{token}", in_schema=True)
    router.tags = ["personal links"]

    @router.put("/feedback", summary="Say how it was, or say it anew")
    async def put_feedback(token: str, body: GivenIn) -> FeedbackOut:
        async def work(transaction: Transaction) -> Feedback:
            stores = desk.open(transaction)
            return await give_feedback(stores, token, body.given(), desk.clock.now())

        return FeedbackOut.of(await desk.transactions.run(work))

    return router


def _sight(reader: Principal) -> Sight:
    return Sight(reader.sees_every_customer, reader.subject, tuple(sorted(reader.teams)))


async def _note(
    desk: Desk,
    transaction: Transaction,
    reader: Principal,
    customer_id: UUID | None,
    event_id: UUID | None,
) -> None:
    kind, subject = ("customer", customer_id) if customer_id else ("event", event_id)
    entry = AuditEntry(
        desk.ids(), desk.clock.now(), reader.subject, "feedback.read", kind, str(subject or "all")
    )
    await record(transaction.connection, entry)
