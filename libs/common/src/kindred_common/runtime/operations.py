"""Routes for operators that every service has: records held back, and republishing the current truth."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict

from kindred_common.clock import Clock, Ids
from kindred_common.contracts.topics import (
    EVENT_CATALOGUE,
    INVITATION_RECORDS,
    Topic,
)
from kindred_common.db.transactions import Transaction, Transactions
from kindred_common.messaging.held import (
    Held,
    discard,
    find_held,
    list_held,
    request_replay,
)
from kindred_common.messaging.republish import request_republish
from kindred_common.runtime.held_records import HeldContent, HeldItem, content_of, item_of
from kindred_common.security.audit import AuditEntry, record
from kindred_common.security.principals import Principal, Role
from kindred_common.web.auth import requires
from kindred_common.web.idempotency import Outcome, once
from kindred_common.web.paging import (
    DEFAULT_LIMIT,
    Cursor,
    Limit,
    Page,
    after,
    cut,
    encode_cursor,
    row_number,
)
from kindred_common.web.problems import Problem

Operator = Annotated[
    Principal, Depends(requires(Role.ADMINISTRATOR, Role.SYSTEM, scope="operations"))
]


_Note = Callable[[Transaction, Principal, str, str], Awaitable[None]]


class Asked(BaseModel):
    """What was asked for; the worker does it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"topics": [EVENT_CATALOGUE.name, INVITATION_RECORDS.name]}]
        }
    )

    topics: list[str]


def operations_router(
    transactions: Transactions, topics: Sequence[Topic], clock: Clock, ids: Ids
) -> APIRouter:
    """Dead letters (also early and parked records) and ``republish`` of ``topics``."""

    async def note(
        transaction: Transaction, operator: Principal, action: str, subject: str
    ) -> None:
        entry = AuditEntry(ids(), clock.now(), operator.subject, action, "record", subject)
        await record(transaction.connection, entry)

    router = APIRouter(prefix="/v1", tags=["operations"])
    router.include_router(_looking(transactions, note))
    router.include_router(_acting(transactions, note))
    router.include_router(_republishing(transactions, note, topics, clock))
    return router


def _looking(transactions: Transactions, note: _Note) -> APIRouter:
    router = APIRouter()

    @router.get("/dead-letters", summary="Records held back, oldest first")
    async def list_dead_letters(
        _: Operator,
        state: Held = Held.DEAD,
        cursor: Cursor = None,
        limit: Limit = DEFAULT_LIMIT,
    ) -> Page[HeldItem]:
        place = after(cursor, row_number) or 0
        async with transactions.begin() as transaction:
            found = await list_held(transaction.connection, state, after=place, limit=limit + 1)
        shown, last = cut(found, limit)
        return Page(
            items=[item_of(record) for record in shown],
            next_cursor=last and encode_cursor(last.id),
        )

    @router.get("/dead-letters/{held_id}", summary="One record held back, with its content")
    async def show_dead_letter(
        operator: Operator, held_id: Annotated[int, Path(ge=1)]
    ) -> HeldContent:
        async with transactions.begin() as transaction:
            found = await find_held(transaction.connection, held_id)
            if found is None:
                raise _unknown()
            await note(transaction, operator, "dead-letter.read", str(held_id))
        return content_of(found)

    return router


def _acting(transactions: Transactions, note: _Note) -> APIRouter:
    router = APIRouter()

    @router.post("/dead-letters/{held_id}/replay", status_code=202, summary="Try a record again")
    async def replay(
        operator: Operator, held_id: Annotated[int, Path(ge=1)], request: Request
    ) -> Response:
        async def work(transaction: Transaction) -> Outcome:
            if not await request_replay(transaction.connection, held_id):
                raise _unknown()
            await note(transaction, operator, "dead-letter.replay", str(held_id))
            return Outcome(202)

        return await once(request, transactions, work)

    @router.delete("/dead-letters/{held_id}", status_code=204, summary="Give a record up for good")
    async def give_up(operator: Operator, held_id: Annotated[int, Path(ge=1)]) -> Response:
        async with transactions.begin() as transaction:
            if not await discard(transaction.connection, held_id):
                raise _unknown()
            await note(transaction, operator, "dead-letter.discard", str(held_id))
        return Response(status_code=204)

    return router


def _republishing(
    transactions: Transactions, note: _Note, topics: Sequence[Topic], clock: Clock
) -> APIRouter:
    router = APIRouter()

    @router.post(
        "/republish",
        status_code=202,
        summary="Publish the current truth again",
        response_model=Asked,
    )
    async def republish(operator: Operator, request: Request) -> Response:
        async def work(transaction: Transaction) -> Outcome:
            await request_republish(transaction, topics, clock)
            await note(transaction, operator, "republish", "all")
            return Outcome(202, Asked(topics=[topic.name for topic in topics]))

        return await once(request, transactions, work)

    return router


def _unknown() -> Problem:
    return Problem(404, "unknown-dead-letter", "There is no such record")
