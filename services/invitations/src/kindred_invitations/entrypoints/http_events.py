"""The event catalogue over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import AwareDatetime

from kindred_common.contracts.vocabulary import EventKind
from kindred_common.db.transactions import Transaction
from kindred_common.web.etags import etag, required_version
from kindred_common.web.idempotency import Outcome, once
from kindred_common.web.paging import (
    DEFAULT_LIMIT,
    Cursor,
    Limit,
    Page,
    after_two,
    cut,
    encode_cursor,
    identity,
    moment,
)
from kindred_common.web.problems import not_found
from kindred_invitations.application.add_event import add_event
from kindred_invitations.application.cancel_event import cancel_event
from kindred_invitations.application.change_event import change_event
from kindred_invitations.application.queries import EventFilter
from kindred_invitations.domain.event import CancelledBy, Event
from kindred_invitations.entrypoints.access import Anyone, Audit, Planner
from kindred_invitations.entrypoints.acting import CauseOf
from kindred_invitations.entrypoints.desk import Desk
from kindred_invitations.entrypoints.planned import details_of
from kindred_invitations.entrypoints.schemas_events import EventIn, EventOut


def events_router(desk: Desk, audit: Audit) -> APIRouter:
    """Events: list, read, add, change, cancel."""
    router = APIRouter(prefix="/v1/events", tags=["events"])
    _reading(router, desk)
    _planning(router, desk, audit)
    _changing(router, desk, audit)
    return router


def _reading(router: APIRouter, desk: Desk) -> None:
    @router.get("", summary="Events by start")
    async def list_events(
        _: Anyone,
        open: Annotated[bool | None, Query(description="Not cancelled.")] = None,
        kind: EventKind | None = None,
        starts_from: AwareDatetime | None = None,
        cursor: Cursor = None,
        limit: Limit = DEFAULT_LIMIT,
    ) -> Page[EventOut]:
        wanted = EventFilter(open=open, kind=kind, starts_from=starts_from)
        async with desk.transactions.begin() as transaction:
            found = await desk.reading(transaction).model.events(
                wanted, after_two(cursor, moment, identity), limit + 1
            )
        shown, last = cut(found, limit)
        following = last and encode_cursor(last.details.starts_at.isoformat(), str(last.id))
        return Page(items=[EventOut.of(event) for event in shown], next_cursor=following)

    @router.get("/{event_id}", summary="One event, with its ETag")
    async def read_event(_: Anyone, event_id: UUID, response: Response) -> EventOut:
        async with desk.transactions.begin() as transaction:
            event = await desk.ports(transaction).events.find(event_id)
        if event is None:
            raise not_found("event")
        response.headers["ETag"] = etag(event.edition)
        return EventOut.of(event)


def _planning(router: APIRouter, desk: Desk, audit: Audit) -> None:
    @router.post("", status_code=201, summary="Add an event", response_model=EventOut)
    async def add(
        planner: Planner, event_in: EventIn, cause: CauseOf, request: Request
    ) -> Response:
        async def work(transaction: Transaction) -> Outcome:
            event = Event(id=desk.ids(), details=details_of(event_in))
            await add_event(desk.ports(transaction), desk.because(cause, planner), event)
            await audit.note(transaction, planner, "event.add", ("event", str(event.id)))
            location = {"Location": f"/v1/events/{event.id}", "ETag": etag(event.edition)}
            return Outcome(201, EventOut.of(event), location)

        return await once(request, desk.transactions, work)


def _changing(router: APIRouter, desk: Desk, audit: Audit) -> None:
    @router.put("/{event_id}", summary="Describe an event anew", response_model=EventOut)
    async def change(
        planner: Planner,
        event_id: UUID,
        event_in: EventIn,
        cause: CauseOf,
        request: Request,
        if_match: Annotated[str | None, Header(description="The ETag you read.")] = None,
    ) -> Response:
        edition = required_version(if_match)

        async def work(transaction: Transaction) -> Outcome:
            because = desk.because(cause, planner)
            event = await change_event(
                desk.ports(transaction), because, event_id, edition, details_of(event_in)
            )
            await audit.note(transaction, planner, "event.change", ("event", str(event_id)))
            return Outcome(200, EventOut.of(event), {"ETag": etag(event.edition)})

        return await once(request, desk.transactions, work)

    @router.post(
        "/{event_id}/cancel",
        summary="Call an event off; its guests are told",
        response_model=EventOut,
    )
    async def cancel(
        planner: Planner, event_id: UUID, cause: CauseOf, request: Request
    ) -> Response:
        async def work(transaction: Transaction) -> Outcome:
            because = desk.because(cause, planner)
            event = await cancel_event(
                desk.ports(transaction), because, event_id, CancelledBy.PEOPLE
            )
            await audit.note(transaction, planner, "event.cancel", ("event", str(event_id)))
            return Outcome(200, EventOut.of(event), {"ETag": etag(event.edition)})

        return await once(request, desk.transactions, work)
