"""Accounts over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Request
from fastapi.responses import Response

from kindred_common.contracts.identity import account_id_of
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
from kindred_profile.application.ports import Identity
from kindred_profile.application.queries import see_account, sight_of
from kindred_profile.application.save_accounts import AccountDraft, save_accounts
from kindred_profile.application.save_customers import Saved
from kindred_profile.domain.errors import AlreadyKnown, Outdated, UnknownAccount
from kindred_profile.entrypoints.access import AccountWriter, CauseOf, Reader
from kindred_profile.entrypoints.cursors import cut_by_id
from kindred_profile.entrypoints.desk import Act, Desk
from kindred_profile.entrypoints.schemas import AccountBody, AccountOut, NewAccount


def accounts_router(desk: Desk) -> APIRouter:
    """Making, reading and changing accounts."""
    router = APIRouter()
    router.include_router(_reading(desk))
    router.include_router(_making(desk))
    router.include_router(_changing(desk))
    return router


def _reading(desk: Desk) -> APIRouter:
    router = APIRouter(prefix="/v1/accounts", tags=["accounts"])

    @router.get("", summary="Accounts, by id")
    async def list_accounts(
        principal: Reader, cursor: Cursor = None, limit: Limit = DEFAULT_LIMIT
    ) -> Page[AccountOut]:
        async with desk.transactions.begin() as transaction:
            found = await desk.readings(transaction).accounts(
                sight_of(principal), after(cursor, identity), limit + 1
            )
        views, last = cut_by_id(found, limit, lambda view: view.account.id)
        return Page(
            items=[AccountOut.of(view) for view in views],
            next_cursor=last and encode_cursor(str(last)),
        )

    @router.get("/{account_id}", summary="One account")
    async def read_account(principal: Reader, account_id: UUID, response: Response) -> AccountOut:
        async with desk.transactions.begin() as transaction:
            view = await see_account(desk.readings(transaction), principal, account_id)
        response.headers["ETag"] = etag(view.version)
        return AccountOut.of(view)

    return router


def _making(desk: Desk) -> APIRouter:
    router = APIRouter(prefix="/v1/accounts", tags=["accounts"])

    @router.post("", status_code=201, summary="Make an account", response_model=AccountOut)
    async def make_account(
        principal: AccountWriter, body: NewAccount, cause: CauseOf, request: Request
    ) -> Response:
        async def work(transaction: Transaction) -> Outcome:
            account_id, name = _identified(desk, body)
            stores = desk.stores(transaction)
            if await stores.accounts.lock([account_id]):
                raise AlreadyKnown
            draft = AccountDraft(body.to_account(account_id), cause, name)
            outcome = await save_accounts(stores, [draft])
            if outcome[account_id] is not Saved.CREATED:
                raise AlreadyKnown
            await desk.note(transaction, principal, Act("account.make", "account", str(account_id)))
            return await _shown(desk, transaction, principal, account_id, 201)

        return await once(request, desk.transactions, work)

    return router


def _changing(desk: Desk) -> APIRouter:
    router = APIRouter(prefix="/v1/accounts", tags=["accounts"])

    @router.put("/{account_id}", summary="Change an account", response_model=AccountOut)
    async def change_account(
        principal: AccountWriter,
        account_id: UUID,
        body: AccountBody,
        cause: CauseOf,
        request: Request,
        if_match: Annotated[str | None, Header()] = None,
    ) -> Response:
        version = required_version(if_match)

        async def work(transaction: Transaction) -> Outcome:
            stores = desk.stores(transaction)
            known = (await stores.accounts.lock([account_id])).get(account_id)
            if known is None:
                raise UnknownAccount(account_id)
            if known.version != version:
                raise Outdated
            await save_accounts(stores, [AccountDraft(body.to_account(account_id), cause)])
            act = Act("account.change", "account", str(account_id))
            await desk.note(transaction, principal, act)
            return await _shown(desk, transaction, principal, account_id, 200)

        return await once(request, desk.transactions, work)

    return router


def _identified(desk: Desk, body: NewAccount) -> tuple[UUID, Identity | None]:
    if body.source and body.external_id:
        name = Identity(body.source, body.external_id)
        return account_id_of(*name), name
    return desk.ids(), None


async def _shown(
    desk: Desk, transaction: Transaction, principal: Principal, account_id: UUID, status: int
) -> Outcome:
    view = await see_account(desk.readings(transaction), principal, account_id)
    headers = {"ETag": etag(view.version), "Location": f"/v1/accounts/{account_id}"}
    return Outcome(status, AccountOut.of(view), headers)
