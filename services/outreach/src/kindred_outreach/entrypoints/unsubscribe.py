"""The unsubscribe page, and the one-click button of mail programs (RFC 8058). Looking changes nothing; sending does."""

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from kindred_common.contracts.vocabulary import ConsentState
from kindred_common.db.transactions import Transaction
from kindred_common.security.personal_links import PersonalLink, PersonalLinks
from kindred_common.web.forms import Form, read_form
from kindred_common.web.pages import Pages
from kindred_common.web.problems import not_found
from kindred_common.web.routing import public_router
from kindred_common.web.tracing import cause_of
from kindred_outreach.application.ports import Stores
from kindred_outreach.application.state_consent import state_consent, unsubscription
from kindred_outreach.domain.consents import ALL, INVITATIONS, purpose_of, refused
from kindred_outreach.entrypoints.desk import Desk

PURPOSE = "unsubscribe"
ONE_CLICK = "one-click"
TEMPLATES = Path(__file__).parent / "templates"


def unsubscribe_router(desk: Desk, sender: str) -> APIRouter:
    """``/u/{token}``: GET shows, POST acts."""
    router = public_router()
    pages = Pages(TEMPLATES, sender=sender)

    @router.api_route("/u/{token}", methods=["GET", "HEAD"])
    async def show(token: str, request: Request) -> HTMLResponse:
        async with desk.transactions.begin() as transaction:
            visit = await _visit(desk, transaction, token)
        return visit.page(pages, request)

    @router.post("/u/{token}")
    async def act(
        token: str, request: Request, form: Annotated[Form, Depends(read_form)]
    ) -> Response:
        channel = _channel(form)

        async def work(transaction: Transaction) -> None:
            visit = await _visit(desk, transaction, token)
            wanted = _wanted(form, visit.purpose)
            now = desk.clock.now()
            change = unsubscription(visit.link.customer_id, *wanted, channel, now)
            await state_consent(desk.open_stores(transaction), change, cause_of(request))

        await desk.transactions.run(work)
        if channel == ONE_CLICK:
            return Response()  # mail programs follow no redirect and show no page
        return RedirectResponse(f"/u/{token}", 303)

    return router


class _Visit:
    """Who came by which link, and what he has said so far."""

    def __init__(
        self, link: PersonalLink, purpose: str, refuses: tuple[bool, bool], language: str | None
    ) -> None:
        self.link = link
        self.purpose = purpose
        self._refuses, self._refuses_all = refuses
        self._language = language

    def page(self, pages: Pages, request: Request) -> HTMLResponse:
        values = {
            "purpose": self.purpose,
            "refuses": self._refuses,
            "refuses_all": self._refuses_all,
        }
        return pages.render(request, "unsubscribe.html", values, language=self._language)


async def _visit(desk: Desk, transaction: Transaction, token: str) -> _Visit:
    links = PersonalLinks(transaction.connection)
    link = await links.find(token, PURPOSE, desk.clock.now())
    if link is None:
        raise not_found("page")
    stores = desk.open_stores(transaction)
    message = await stores.messages.find(link.target_id)
    purpose = (purpose_of(message.purpose) if message else None) or INVITATIONS
    return await _look(stores, link, purpose)


async def _look(stores: Stores, link: PersonalLink, purpose: str) -> _Visit:
    statements = await stores.consents.of(link.customer_id)
    recipient = await stores.recipients.find(link.customer_id)
    refuses = (refused(statements, purpose), refused(statements, ALL))
    return _Visit(link, purpose, refuses, recipient.language if recipient else None)


def _wanted(form: Form, purpose: str) -> tuple[str, ConsentState]:
    if form.text("action") == "undo":
        return purpose, ConsentState.GRANTED
    return (ALL if form.text("scope") == ALL else purpose), ConsentState.REVOKED


def _channel(form: Form) -> str:
    return ONE_CLICK if form.text("List-Unsubscribe") == "One-Click" else "unsubscribe-page"
