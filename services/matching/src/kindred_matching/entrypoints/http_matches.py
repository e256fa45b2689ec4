"""Matches of a customer, guests of an event, and why."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends

from kindred_common.clock import Clock, Ids
from kindred_common.contracts.examples import examples
from kindred_common.contracts.matching import CustomerMatches
from kindred_common.db.transactions import Transaction, Transactions
from kindred_common.security.audit import AuditEntry, record
from kindred_common.security.principals import Principal
from kindred_common.web.auth import requires
from kindred_common.web.paging import (
    DEFAULT_LIMIT,
    Cursor,
    Limit,
    Page,
    Part,
    after_two,
    cut,
    encode_cursor,
    identity,
)
from kindred_common.web.problems import not_found
from kindred_matching.application.queries import Readings, Sight
from kindred_matching.application.replica import Replicas
from kindred_matching.domain.explanation import WhyPair
from kindred_matching.entrypoints.reading import require_sight
from kindred_matching.entrypoints.schemas import ExplanationView, GuestView
from kindred_matching.entrypoints.wording import Labels

Reader = Annotated[Principal, Depends(requires(scope="matching:read"))]


@dataclass(frozen=True, slots=True)
class Window:
    """What the routes look through."""

    transactions: Transactions
    open_readings: Callable[[Transaction], Readings]
    replicas: Replicas
    labels: Labels
    clock: Clock
    ids: Ids

    async def note(
        self, transaction: Transaction, reader: Principal, kind: str, subject: UUID
    ) -> None:
        """Writes down who read what."""
        entry = AuditEntry(
            self.ids(), self.clock.now(), reader.subject, f"{kind}.read", kind, str(subject)
        )
        await record(transaction.connection, entry)


def matches_router(
    transactions: Transactions,
    open_readings: Callable[[Transaction], Readings],
    replicas: Replicas,
    labels: Labels,
    clock: Clock,
    ids: Ids,
) -> APIRouter:
    """Everything about pairs of customers and events; ``labels`` name the themes."""
    window = Window(transactions, open_readings, replicas, labels, clock, ids)
    router = APIRouter(prefix="/v1", tags=["matches"])
    router.include_router(_customers(window))
    router.include_router(_guest_lists(window))
    return router


def _customers(window: Window) -> APIRouter:
    router = APIRouter(prefix="/customers")

    @router.get(
        "/{customer_id}/matches",
        summary="What was chosen for a customer, what was ranked, and what is refused and why",
        responses={200: {"content": {"application/json": {"example": _example()}}}},
    )
    async def get_matches(reader: Reader, customer_id: UUID) -> CustomerMatches:
        async with window.transactions.begin() as transaction:
            readings = window.open_readings(transaction)
            await require_sight(readings, reader, customer_id)
            found = await readings.matches(customer_id)
            await window.note(transaction, reader, "matches", customer_id)
        if found is None:
            raise not_found("customer")
        return found

    @router.get(
        "/{customer_id}/events/{event_id}/explanation",
        summary="Why the customer is, or is not, matched to the event",
    )
    async def get_explanation(reader: Reader, customer_id: UUID, event_id: UUID) -> ExplanationView:
        async with window.transactions.begin() as transaction:
            readings = window.open_readings(transaction)
            await require_sight(readings, reader, customer_id)
            await window.note(transaction, reader, "explanation", customer_id)
        found = await window.replicas.ask(WhyPair(customer_id, event_id))
        if found is None:
            raise not_found("event")
        return ExplanationView.of(customer_id, event_id, found, window.labels)

    return router


def _guest_lists(window: Window) -> APIRouter:
    router = APIRouter(prefix="/events")

    @router.get(
        "/{event_id}/guest-list",
        summary="Who is matched to an event, best first",
        description="Account managers see their own and their teams' customers.",
    )
    async def get_guests(
        reader: Reader, event_id: UUID, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
    ) -> Page[GuestView]:
        sight = Sight(reader.sees_every_customer, reader.subject, reader.teams)
        after = after_two(cursor, _score, identity)
        async with window.transactions.begin() as transaction:
            readings = window.open_readings(transaction)
            if not await readings.knows_event(event_id):
                raise not_found("event")
            found = await readings.guests(event_id, sight, after, limit + 1)
            await window.note(transaction, reader, "guest-list", event_id)
        items, last = cut(found, limit)
        return Page(
            items=[GuestView.of(guest) for guest in items],
            next_cursor=encode_cursor(last.score, str(last.customer_id)) if last else None,
        )

    return router


def _score(part: Part) -> float:
    """A part of a cursor that is a score."""
    return float(str(part))


def _example() -> dict[str, Any]:
    return examples(CustomerMatches)[0].model_dump(mode="json")
