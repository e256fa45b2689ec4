"""Customers over HTTP: lists, search, and one on one."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request, Response

from kindred_common.db.transactions import Transaction
from kindred_common.i18n.translator import choose_language, translator
from kindred_common.security.principals import Principal
from kindred_common.web.idempotency import Outcome, needs_no_key, once
from kindred_common.web.paging import (
    DEFAULT_LIMIT,
    Cursor,
    Limit,
    Page,
    after_two,
    cut,
    encode_cursor,
    identity,
    words,
)
from kindred_common.web.problems import not_found
from kindred_invitations.application.queries import CustomerFilter, see_customer
from kindred_invitations.application.settle_decision import settle_decision
from kindred_invitations.domain.loyalty import LoyaltyClass
from kindred_invitations.entrypoints.access import (
    Audit,
    Inviter,
    Reader,
    require_customer,
    sight_of,
)
from kindred_invitations.entrypoints.acting import CauseOf
from kindred_invitations.entrypoints.desk import Desk
from kindred_invitations.entrypoints.schemas_customers import (
    CustomerItem,
    CustomerSearch,
    OneOnOneOut,
)
from kindred_invitations.entrypoints.schemas_decisions import decision_out

Languages = Annotated[str | None, Header(alias="accept-language", description="`nl` or `en`.")]


def customers_router(desk: Desk, audit: Audit) -> APIRouter:
    """Customers, own and of the teams only for account managers."""
    router = APIRouter(prefix="/v1/customers", tags=["customers"])
    _listing(router, desk, audit)
    _one_on_one(router, desk, audit)
    return router


def _listing(router: APIRouter, desk: Desk, audit: Audit) -> None:
    async def page_of(
        reader: Principal, wanted: CustomerFilter, cursor: str | None, limit: int
    ) -> Page[CustomerItem]:
        async with desk.transactions.begin() as transaction:
            model = desk.reading(transaction).model
            found = await model.customers(
                sight_of(reader), wanted, after_two(cursor, words, identity), limit + 1
            )
            shown, last = cut(found, limit)
            subject = ("customers", "list")
            await audit.note(transaction, reader, "customers.list", subject, shown=len(shown))
        following = last and encode_cursor(last.sort_name, str(last.customer_id))
        return Page(items=[CustomerItem.of(line) for line in shown], next_cursor=following)

    @router.get("", summary="Customers by name")
    async def list_customers(
        reader: Reader,
        account_id: UUID | None = None,
        loyalty: LoyaltyClass | None = None,
        mine: Annotated[bool, Query(description="Only your own, not your teams'.")] = False,
        cursor: Cursor = None,
        limit: Limit = DEFAULT_LIMIT,
    ) -> Page[CustomerItem]:
        wanted = CustomerFilter(
            account_id=account_id,
            loyalty=loyalty,
            own_of=reader.subject if mine else None,
        )
        return await page_of(reader, wanted, cursor, limit)

    @router.post("/search", summary="Customers by words of their or their account's name")
    @needs_no_key
    async def search_customers(
        reader: Reader,
        search: CustomerSearch,
        cursor: Cursor = None,
        limit: Limit = DEFAULT_LIMIT,
    ) -> Page[CustomerItem]:
        return await page_of(reader, CustomerFilter(text=search.text), cursor, limit)


def _one_on_one(router: APIRouter, desk: Desk, audit: Audit) -> None:
    @router.get("/{customer_id}", summary="One on one: everything about one customer")
    async def read_customer(
        reader: Reader, customer_id: UUID, accept_language: Languages = None
    ) -> OneOnOneOut:
        async with desk.transactions.begin() as transaction:
            reading = desk.reading(transaction)
            await require_customer(reading.model, reader, customer_id)
            seen = await see_customer(
                reading.model, reading.lists, reading.matters, customer_id, desk.clock.now()
            )
            if seen is None:
                raise not_found("customer")
            subject = ("customer", str(customer_id))
            await audit.note(transaction, reader, "customer.read", subject)
        speech = translator(choose_language(accept_language))
        decisions = [decision_out(one, seen.card.details, speech) for one in seen.next]
        return OneOnOneOut.of(seen, decisions)

    @router.post(
        "/{customer_id}/decisions/{decision_id}/done",
        status_code=204,
        summary="Take what you have done off the list",
    )
    async def done(
        inviter: Inviter, customer_id: UUID, decision_id: UUID, cause: CauseOf, request: Request
    ) -> Response:
        async def work(transaction: Transaction) -> Outcome:
            matters = desk.reading(transaction).matters
            because = desk.because(cause, inviter)
            settled = await settle_decision(
                matters, because, sight_of(inviter), customer_id, decision_id
            )
            subject = ("customer", str(customer_id))
            await audit.note(
                transaction, inviter, "decision.done", subject, kind=settled.matter.kind
            )
            return Outcome(204)

        return await once(request, desk.transactions, work)
