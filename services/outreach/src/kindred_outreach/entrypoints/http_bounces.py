"""What mail providers report, and how sending is doing."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from kindred_common.db.transactions import Transaction
from kindred_common.security.principals import Principal, Role
from kindred_common.web.auth import requires
from kindred_common.web.idempotency import Outcome, once
from kindred_common.web.problems import not_found
from kindred_common.web.tracing import cause_of
from kindred_outreach.application.hear_bounce import Bounce, hear_bounce
from kindred_outreach.entrypoints.desk import Desk, Reader
from kindred_outreach.entrypoints.schemas import BounceIn, CopyOut, StatusOut
from kindred_outreach.entrypoints.wiring import IsFresh

Provider = Annotated[
    Principal, Depends(requires(Role.SYSTEM, Role.ADMINISTRATOR, scope="bounces:write"))
]


def bounces_router(desk: Desk) -> APIRouter:
    """Bounces and complaints, as a mail provider's webhook reports them."""
    router = APIRouter(prefix="/v1", tags=["bounces"])

    @router.post(
        "/bounces",
        status_code=204,
        summary="A mail came back, or the customer complained about it",
        description="A hard bounce and the third soft bounce in 30 days end mail to the address; a complaint objects to all.",
    )
    async def report(provider: Provider, bounce: BounceIn, request: Request) -> Response:
        async def work(transaction: Transaction) -> Outcome:
            heard = Bounce(bounce.id, bounce.kind, bounce.address)
            stores = desk.open_stores(transaction)
            if not await hear_bounce(stores, heard, desk.clock.now(), cause_of(request)):
                raise not_found("message")
            subject = ("message", str(bounce.id))
            await desk.audit(transaction, provider, f"bounce.{bounce.kind}", subject)
            return Outcome(204)

        return await once(request, desk.transactions, work)

    return router


def status_router(desk: Desk, is_fresh: IsFresh) -> APIRouter:
    """How sending is doing."""
    router = APIRouter(prefix="/v1", tags=["status"])

    @router.get("/status", summary="Messages by state, and whether sending is held and why")
    async def status(_: Reader) -> StatusOut:
        now = desk.clock.now()
        async with desk.transactions.begin() as transaction:
            found = await desk.open_queries(transaction).status(now)
            fresh = await is_fresh(transaction, now)
        copies = [
            CopyOut(
                topic=topic,
                current_until=until,
                age_seconds=None if until is None else (now - until).total_seconds(),
            )
            for topic, until in found.current_until.items()
        ]
        return StatusOut(
            held=not fresh,
            messages=dict(found.states),
            oldest_due=found.oldest_due,
            copies=copies,
        )

    return router
