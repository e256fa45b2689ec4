"""Consents, profiles and time lines over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from kindred_common.contracts.profile import ConsentChanged
from kindred_common.db.transactions import Transaction
from kindred_common.web.etags import etag
from kindred_common.web.idempotency import Outcome, once
from kindred_common.web.paging import (
    DEFAULT_LIMIT,
    Cursor,
    Limit,
    Page,
    after_two,
    cut,
    encode_cursor,
    moment,
    row_number,
)
from kindred_common.web.problems import not_found
from kindred_profile.application.queries import see_customer
from kindred_profile.application.state_consent import Proof, state_consent
from kindred_profile.domain.facts import FactKind
from kindred_profile.entrypoints.access import CauseOf, CustomerWriter, Reader
from kindred_profile.entrypoints.desk import Act, Desk
from kindred_profile.entrypoints.schemas_profile import (
    ConsentBody,
    ConsentOut,
    FactOut,
    ProfileOut,
)


def profile_router(desk: Desk) -> APIRouter:
    """What is known of a customer, and what he allows."""
    router = APIRouter(prefix="/v1/customers/{customer_id}", tags=["profiles"])
    router.include_router(_consents(desk))
    router.include_router(_profiles(desk))
    router.include_router(_time_lines(desk))
    return router


def _consents(desk: Desk) -> APIRouter:
    router = APIRouter()

    @router.post(
        "/consents",
        status_code=201,
        summary="Take down a consent, objection or withdrawal",
        response_model=ConsentOut,
    )
    async def take_consent(
        principal: CustomerWriter,
        customer_id: UUID,
        body: ConsentBody,
        cause: CauseOf,
        request: Request,
    ) -> Response:
        async def work(transaction: Transaction) -> Outcome:
            view = await see_customer(desk.readings(transaction), principal, customer_id)
            now = desk.clock.now()
            said = ConsentChanged(
                customer_id=view.customer.id,
                purpose=body.purpose,
                state=body.state,
                stated_at=min(body.stated_at or now, now),
                channel=body.channel,
            )
            proof = Proof(body.text_version, body.language, principal.subject)
            stores = desk.stores(transaction)
            await state_consent(stores, said, proof, desk.ids(), cause, now)
            details = {"purpose": body.purpose.value, "state": body.state.value}
            act = Act("consent.take", "customer", str(view.customer.id), details)
            await desk.note(transaction, principal, act)
            taken = ConsentOut(
                customer_id=view.customer.id,
                purpose=said.purpose,
                state=said.state,
                stated_at=said.stated_at,
            )
            return Outcome(201, taken)

        return await once(request, desk.transactions, work)

    return router


def _profiles(desk: Desk) -> APIRouter:
    router = APIRouter()

    @router.get("/profile", summary="The profile, with today's confidence in each interest")
    async def read_profile(principal: Reader, customer_id: UUID, response: Response) -> ProfileOut:
        async with desk.transactions.begin() as transaction:
            readings = desk.readings(transaction)
            view = await see_customer(readings, principal, customer_id)
            profile = await readings.profile(view.customer.id)
            if profile is None:
                raise not_found("profile")
            act = Act("profile.read", "customer", str(view.customer.id))
            await desk.note(transaction, principal, act)
        response.headers["ETag"] = etag(profile.version)
        return ProfileOut.of(profile, desk.clock.now())

    return router


def _time_lines(desk: Desk) -> APIRouter:
    router = APIRouter()

    @router.get("/timeline", summary="Everything observed of a customer, latest first")
    async def read_time_line(
        principal: Reader,
        customer_id: UUID,
        kind: Annotated[list[FactKind] | None, Query(description="Only these kinds.")] = None,
        cursor: Cursor = None,
        limit: Limit = DEFAULT_LIMIT,
    ) -> Page[FactOut]:
        async with desk.transactions.begin() as transaction:
            readings = desk.readings(transaction)
            view = await see_customer(readings, principal, customer_id)
            found = await readings.time_line(
                view.customer.id, kind or [], after_two(cursor, moment, row_number), limit + 1
            )
            act = Act("timeline.read", "customer", str(view.customer.id))
            await desk.note(transaction, principal, act)
        facts, last = cut(found, limit)
        following = last and encode_cursor(last.observed_at.isoformat(), last.id)
        return Page(items=[FactOut.of(fact) for fact in facts], next_cursor=following)

    return router
