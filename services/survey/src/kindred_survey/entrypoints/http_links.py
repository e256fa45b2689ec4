"""Personal links: making them for customers, and seeing what became of them."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from kindred_common.db.transactions import Transaction
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
    identity,
)
from kindred_common.web.tracing import cause_of
from kindred_survey.application.create_links import NewLinks, create_links
from kindred_survey.application.ports import Customer
from kindred_survey.domain.errors import UnknownSurvey
from kindred_survey.entrypoints.desk import Desk
from kindred_survey.entrypoints.schemas_answers import (
    LinksInput,
    LinkView,
    MadeLinks,
    MadeLinkView,
)

Inviter = Annotated[
    Principal,
    Depends(
        requires(
            Role.ADMINISTRATOR,
            Role.PROGRAMME_MANAGER,
            Role.ACCOUNT_MANAGER,
            Role.SYSTEM,
            scope="links:write",
        )
    ),
]
Onlooker = Annotated[Principal, Depends(requires(scope="links:read"))]


def links_router(desk: Desk) -> APIRouter:
    """Links to one survey."""
    router = APIRouter(prefix="/v1/surveys/{survey_id}/links", tags=["links"])
    _making(router, desk)
    _listing(router, desk)
    return router


def _making(router: APIRouter, desk: Desk) -> None:
    @router.post(
        "", status_code=201, response_model=MadeLinks, summary="Make personal links, or send them"
    )
    async def post_links(
        principal: Inviter,
        survey_id: UUID,
        body: LinksInput,
        request: Request,
    ) -> Response:
        async def work(transaction: Transaction) -> Outcome:
            now = desk.clock.now()
            wanted = NewLinks(
                survey_id=survey_id,
                customer_ids=tuple(body.customer_ids),
                expires_at=now + timedelta(days=body.expires_in_days),
                send=body.send,
                may_see=lambda customer: may_see(principal, customer),
                address=desk.link,
            )
            made = await create_links(
                desk.open(transaction), wanted, cause_of(request), desk.ids, now
            )
            entry = AuditEntry(
                desk.ids(),
                now,
                principal.subject,
                "survey-links.create",
                "survey",
                str(survey_id),
                {"links": len(made), "sent": body.send},
            )
            await record(transaction.connection, entry)
            return Outcome(201, MadeLinks(items=[MadeLinkView.of(link) for link in made]))

        return await once(request, desk.transactions, work)


def _listing(router: APIRouter, desk: Desk) -> None:
    @router.get("", summary="Links to this survey and what became of them, oldest first")
    async def list_links(
        principal: Onlooker, survey_id: UUID, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
    ) -> Page[LinkView]:
        async with desk.transactions.begin() as transaction:
            stores = desk.open(transaction)
            if not await stores.surveys.exists(survey_id):
                raise UnknownSurvey
            found = await stores.links.page(survey_id, after(cursor, identity), limit + 1)
        visits, last = cut(found, limit)
        return Page(
            items=[LinkView.of(v) for v in visits if may_see(principal, v.customer)],
            next_cursor=encode_cursor(str(last.link.id)) if last else None,
        )


def may_see(principal: Principal, customer: Customer | None) -> bool:
    """Whether the principal may see this customer; one who is not known here yet is nobody's own."""
    if customer is None:
        return principal.sees_every_customer
    return principal.may_see(customer.account_manager_id, customer.team)
