"""Customers over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import Response

from kindred_common.contracts.identity import customer_id_of
from kindred_common.contracts.vocabulary import FactSource
from kindred_common.db.transactions import Transaction
from kindred_common.security.principals import Principal
from kindred_common.web.etags import etag, required_version
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
from kindred_common.web.problems import problem_of_status
from kindred_profile.application.name_customer import name_customer
from kindred_profile.application.ports import Identity, Stores
from kindred_profile.application.queries import see_account, see_customer, sight_of
from kindred_profile.application.save_customers import Draft, Saved, save_customers
from kindred_profile.domain.errors import AlreadyKnown, Outdated, UnknownAccount
from kindred_profile.entrypoints.access import (
    CauseOf,
    CustomerWriter,
    NameWriter,
    Reader,
    may_name,
)
from kindred_profile.entrypoints.cursors import cut_by_id
from kindred_profile.entrypoints.desk import Act, Desk
from kindred_profile.entrypoints.schemas import (
    CustomerBody,
    CustomerOut,
    NameBody,
    NamesOut,
    NewCustomer,
)


def customers_router(desk: Desk) -> APIRouter:
    """Making, reading and changing customers."""
    router = APIRouter()
    router.include_router(_reading(desk))
    router.include_router(_making(desk))
    router.include_router(_changing(desk))
    router.include_router(_naming(desk))
    return router


def _reading(desk: Desk) -> APIRouter:
    router = APIRouter(prefix="/v1/customers", tags=["customers"])

    @router.get("", summary="Customers, by id; account managers see their own and their teams'")
    async def list_customers(
        principal: Reader,
        account_id: Annotated[UUID | None, Query(description="Only those of this account.")] = None,
        cursor: Cursor = None,
        limit: Limit = DEFAULT_LIMIT,
    ) -> Page[CustomerOut]:
        async with desk.transactions.begin() as transaction:
            found = await desk.readings(transaction).customers(
                sight_of(principal), account_id, after(cursor, identity), limit + 1
            )
            views, last = cut_by_id(found, limit, lambda view: view.customer.id)
            first = str(views[0].customer.id) if views else ""
            act = Act("customer.list", "customer", first, {"customers": len(views)})
            await desk.note(transaction, principal, act)
        return Page(
            items=[CustomerOut.of(view) for view in views],
            next_cursor=last and encode_cursor(str(last)),
        )

    @router.get("/{customer_id}", summary="One customer as on record")
    async def read_customer(
        principal: Reader, customer_id: UUID, response: Response
    ) -> CustomerOut:
        async with desk.transactions.begin() as transaction:
            view = await see_customer(desk.readings(transaction), principal, customer_id)
            act = Act("customer.read", "customer", str(view.customer.id))
            await desk.note(transaction, principal, act)
        response.headers["ETag"] = etag(view.version)
        return CustomerOut.of(view)

    return router


def _making(desk: Desk) -> APIRouter:
    router = APIRouter(prefix="/v1/customers", tags=["customers"])

    @router.post("", status_code=201, summary="Make a customer", response_model=CustomerOut)
    async def make_customer(
        principal: CustomerWriter, body: NewCustomer, cause: CauseOf, request: Request
    ) -> Response:
        if body.source is not None and not may_name(principal):
            raise problem_of_status(403)

        async def work(transaction: Transaction) -> Outcome:
            await _account_seen(desk, transaction, principal, body.account_id)
            stores = desk.stores(transaction)
            customer_id, name = _identified(desk, body)
            if await stores.customers.lock([customer_id]):
                raise AlreadyKnown
            customer = body.to_customer(customer_id, FactSource.ACCOUNT_MANAGER)
            draft = Draft(customer, FactSource.ACCOUNT_MANAGER, cause, name)
            if await _save(desk, stores, draft) is not Saved.CREATED:
                raise AlreadyKnown
            act = Act("customer.make", "customer", str(customer_id))
            await desk.note(transaction, principal, act)
            return await _shown(desk, transaction, principal, customer_id, 201)

        return await once(request, desk.transactions, work)

    return router


def _changing(desk: Desk) -> APIRouter:
    router = APIRouter(prefix="/v1/customers", tags=["customers"])

    @router.put("/{customer_id}", summary="Change a customer", response_model=CustomerOut)
    async def change_customer(
        principal: CustomerWriter,
        customer_id: UUID,
        body: CustomerBody,
        cause: CauseOf,
        request: Request,
        if_match: Annotated[str | None, Header()] = None,
    ) -> Response:
        version = required_version(if_match)

        async def work(transaction: Transaction) -> Outcome:
            view = await see_customer(desk.readings(transaction), principal, customer_id)
            await _account_seen(desk, transaction, principal, body.account_id)
            stores = desk.stores(transaction)
            # Accounts are locked before customers, everywhere.
            await stores.accounts.hold([body.account_id] if body.account_id else [])
            known = (await stores.customers.lock([view.customer.id]))[view.customer.id]
            if known.version != version:
                raise Outdated
            customer = body.to_customer(view.customer.id, FactSource.ACCOUNT_MANAGER)
            await _save(desk, stores, Draft(customer, FactSource.ACCOUNT_MANAGER, cause))
            act = Act("customer.change", "customer", str(view.customer.id))
            await desk.note(transaction, principal, act)
            return await _shown(desk, transaction, principal, view.customer.id, 200)

        return await once(request, desk.transactions, work)

    return router


def _naming(desk: Desk) -> APIRouter:
    router = APIRouter(prefix="/v1/customers", tags=["customers"])

    @router.get("/{customer_id}/names", summary="Under which names other systems know a customer")
    async def list_names(principal: Reader, customer_id: UUID) -> NamesOut:
        async with desk.transactions.begin() as transaction:
            return await _names(desk, transaction, principal, customer_id)

    @router.post(
        "/{customer_id}/names",
        status_code=201,
        summary="Let another system's name mean this customer",
        response_model=NamesOut,
    )
    async def add_name(
        principal: NameWriter, customer_id: UUID, body: NameBody, request: Request
    ) -> Response:
        async def work(transaction: Transaction) -> Outcome:
            view = await see_customer(desk.readings(transaction), principal, customer_id)
            name = Identity(body.source, body.external_id)
            await name_customer(desk.stores(transaction), view.customer.id, name)
            act = Act("customer.name", "customer", str(view.customer.id))
            await desk.note(transaction, principal, act)
            return Outcome(201, await _names(desk, transaction, principal, customer_id))

        return await once(request, desk.transactions, work)

    return router


async def _account_seen(
    desk: Desk, transaction: Transaction, principal: Principal, account_id: UUID | None
) -> None:
    """A customer can only be put at an account that the principal sees; one without account only by those who see all."""
    if account_id is not None:
        await see_account(desk.readings(transaction), principal, account_id)
    elif not principal.sees_every_customer:
        raise UnknownAccount


def _identified(desk: Desk, body: NewCustomer) -> tuple[UUID, Identity | None]:
    if body.source and body.external_id:
        name = Identity(body.source, body.external_id)
        return customer_id_of(*name), name
    return desk.ids(), None


async def _save(desk: Desk, stores: Stores, draft: Draft) -> Saved:
    outcome = await save_customers(stores, [draft], desk.clock.now())
    saved = outcome[draft.customer.id]
    if saved is Saved.UNKNOWN_ACCOUNT:
        raise UnknownAccount(draft.customer.account_id)
    return saved


async def _shown(
    desk: Desk, transaction: Transaction, principal: Principal, customer_id: UUID, status: int
) -> Outcome:
    view = await see_customer(desk.readings(transaction), principal, customer_id)
    headers = {"ETag": etag(view.version), "Location": f"/v1/customers/{customer_id}"}
    return Outcome(status, CustomerOut.of(view), headers)


async def _names(
    desk: Desk, transaction: Transaction, principal: Principal, customer_id: UUID
) -> NamesOut:
    readings = desk.readings(transaction)
    view = await see_customer(readings, principal, customer_id)
    names = await readings.names(view.customer.id)
    return NamesOut(items=[NameBody(source=n.source, external_id=n.external_id) for n in names])
