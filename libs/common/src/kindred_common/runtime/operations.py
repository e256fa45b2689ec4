"""Routes for operators that every service has: records held back, and republishing the current truth."""

import base64
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel

from kindred_common.clock import Clock, Ids
from kindred_common.contracts.topics import Topic
from kindred_common.db.transactions import Transaction, Transactions
from kindred_common.messaging.held import (
    Held,
    HeldRecord,
    discard,
    find_held,
    list_held,
    request_replay,
)
from kindred_common.messaging.republish import request_republish
from kindred_common.security.audit import AuditEntry, record
from kindred_common.security.principals import Principal, Role
from kindred_common.web.auth import requires
from kindred_common.web.idempotency import Outcome, once
from kindred_common.web.problems import Problem

Operator = Annotated[
    Principal, Depends(requires(Role.ADMINISTRATOR, Role.SYSTEM, scope="operations"))
]


_Note = Callable[[Transaction, Principal, str, str], Awaitable[None]]


class HeldItem(BaseModel):
    """A record held back, without its content, which may be personal."""

    id: int
    state: Held
    topic: str
    partition: int
    offset: int
    key: str | None
    field: str | None
    reason: str
    waits_for: str | None
    held_at: datetime
    expires_at: datetime


class HeldContent(HeldItem):
    """A record held back with its bytes, in base64, and its headers."""

    value: str | None
    headers: dict[str, str]


class HeldPage(BaseModel):
    """Some held records; ``next_after`` continues, None at the end."""

    items: list[HeldItem]
    next_after: int | None


class Asked(BaseModel):
    """What was asked for; the worker does it."""

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
        after: Annotated[int, Query(ge=0)] = 0,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> HeldPage:
        async with transactions.begin() as transaction:
            found = await list_held(transaction.connection, state, after=after, limit=limit)
        return HeldPage(
            items=[_item(record) for record in found],
            next_after=found[-1].id if len(found) == limit else None,
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
        return _content(found)

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

    @router.post("/republish", status_code=202, summary="Publish the current truth again")
    async def republish(operator: Operator, request: Request) -> Response:
        async def work(transaction: Transaction) -> Outcome:
            await request_republish(transaction, topics, clock)
            await note(transaction, operator, "republish", "all")
            return Outcome(202, Asked(topics=[topic.name for topic in topics]))

        return await once(request, transactions, work)

    return router


def _unknown() -> Problem:
    return Problem(404, "unknown-dead-letter", "There is no such record")


def _item(record: HeldRecord) -> HeldItem:
    raw, why = record.raw, record.why
    return HeldItem(
        id=record.id,
        state=why.state,
        topic=raw.topic,
        partition=raw.partition,
        offset=raw.offset,
        key=None if raw.key is None else raw.key.decode(errors="replace"),
        field=why.field,
        reason=why.reason,
        waits_for=why.waits_for,
        held_at=record.held_at,
        expires_at=record.expires_at,
    )


def _content(record: HeldRecord) -> HeldContent:
    raw = record.raw
    return HeldContent(
        **_item(record).model_dump(),
        value=None if raw.value is None else base64.b64encode(raw.value).decode(),
        headers={name: content.decode(errors="replace") for name, content in raw.headers},
    )
