"""Tasks: messages that an account manager brings himself."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from kindred_common.db.transactions import Transaction
from kindred_common.security.principals import Principal, Role
from kindred_common.web.auth import requires
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
from kindred_common.web.problems import not_found
from kindred_outreach.application.finish_task import finish_task
from kindred_outreach.application.queries import TaskFilter
from kindred_outreach.entrypoints.desk import Desk, Reader
from kindred_outreach.entrypoints.schemas import TaskOut

Doer = Annotated[
    Principal,
    Depends(
        requires(
            Role.ACCOUNT_MANAGER,
            Role.PROGRAMME_MANAGER,
            Role.ADMINISTRATOR,
            scope="messages:write",
        )
    ),
]
Done = Annotated[bool, Query(description="Those that are done instead of those that are open.")]


def tasks_router(desk: Desk) -> APIRouter:
    """Listing and finishing tasks."""
    router = APIRouter(prefix="/v1/tasks", tags=["tasks"])
    _listing(router, desk)
    _finishing(router, desk)
    return router


def _listing(router: APIRouter, desk: Desk) -> None:
    @router.get("", summary="Messages to bring by card, phone, in person or through the secretary")
    async def list_tasks(
        principal: Reader, done: Done = False, cursor: Cursor = None, limit: Limit = DEFAULT_LIMIT
    ) -> Page[TaskOut]:
        wanted = TaskFilter(done, after(cursor, identity), limit + 1)
        async with desk.transactions.begin() as transaction:
            found = await desk.open_queries(transaction).tasks(principal, wanted)
            await desk.audit(transaction, principal, "tasks.read", ("task", "list"))
        items = [TaskOut.of(task) for task in found[:limit]]
        more = len(found) > limit
        return Page(items=items, next_cursor=encode_cursor(str(items[-1].id)) if more else None)


def _finishing(router: APIRouter, desk: Desk) -> None:
    @router.post(
        "/{task_id}/done",
        response_model=TaskOut,
        summary="The message has been brought; a second time changes nothing",
    )
    async def finish(principal: Doer, task_id: UUID, request: Request) -> Response:
        async def work(transaction: Transaction) -> Outcome:
            queries = desk.open_queries(transaction)
            if await queries.task(principal, task_id) is None:
                raise not_found("task")
            stores = desk.open_stores(transaction)
            await finish_task(stores, task_id, principal.subject, desk.clock.now())
            await desk.audit(transaction, principal, "task.finish", ("task", str(task_id)))
            finished = await queries.task(principal, task_id)
            if finished is None:
                raise not_found("task")
            return Outcome(200, TaskOut.of(finished))

        return await once(request, desk.transactions, work)
