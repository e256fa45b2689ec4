"""The page on which a guest says how it was: looking changes nothing, sending the form does."""

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from kindred_common.db.transactions import Transaction
from kindred_common.i18n.translator import choose_language, translator
from kindred_common.web.forms import Form, read_form
from kindred_common.web.pages import Pages, speak_language
from kindred_common.web.problems import not_found
from kindred_common.web.routing import public_router
from kindred_feedback.application.give_feedback import give_feedback
from kindred_feedback.application.queries import OwnPage, own_page
from kindred_feedback.domain.errors import UnknownLink, WrongFeedback
from kindred_feedback.domain.feedback import Given
from kindred_feedback.domain.guest import KnownEvent
from kindred_feedback.entrypoints.desk import Desk

TEMPLATES = Path(__file__).parent / "templates"
NOT_GIVEN = {"rating": "", "all_as_wished": "", "expectation": "", "fitted": "", "tips": ""}


def page_router(desk: Desk) -> APIRouter:
    """``/f/{token}``."""
    router = public_router()
    page = _Page(desk)

    @router.api_route("/f/{token}", methods=["GET", "HEAD"])
    async def show(token: str, request: Request, note: str = "") -> Response:
        own = await page.read(request, token)
        return page.render(request, own, _said(own), note="thanks" if note == "thanks" else "")

    @router.post("/f/{token}")
    async def give(
        token: str, request: Request, form: Annotated[Form, Depends(read_form)]
    ) -> Response:
        return await page.take(request, token, form)

    return router


class _Page:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._pages = Pages(TEMPLATES, sender=desk.company)

    async def read(self, request: Request, token: str) -> OwnPage:
        try:
            async with self._desk.transactions.begin() as transaction:
                own = await own_page(self._desk.open(transaction), token, self._desk.clock.now())
        except UnknownLink:
            raise not_found("page") from None
        speak_language(request, _language(request, own))
        return own

    async def take(self, request: Request, token: str, form: Form) -> Response:
        own = await self.read(request, token)
        try:
            given = _given(form)
        except WrongFeedback as fault:
            said = {name: form.text(name) for name in NOT_GIVEN}
            return self.render(request, own, said, mistake=fault.field, status=422)

        async def work(transaction: Transaction) -> None:
            await give_feedback(self._desk.open(transaction), token, given, self._desk.clock.now())

        await self._desk.transactions.run(work)
        return RedirectResponse(f"/f/{token}?note=thanks", 303)

    def render(
        self,
        request: Request,
        own: OwnPage,
        said: dict[str, str],
        *,
        note: str = "",
        mistake: str = "",
        status: int = 200,
    ) -> Response:
        language = _language(request, own)
        values = _facts(own.event, language) | {"said": said, "note": note, "mistake": mistake}
        return self._pages.render(
            request, "feedback.html", values, language=language, status=status
        )


def _given(form: Form) -> Given:
    # In the order of the page: the first mistake is the one that is told.
    if form.text("all_as_wished") not in ("yes", "no"):
        raise WrongFeedback("all_as_wished", "is missing")
    rating = form.text("rating")
    if rating not in {"1", "2", "3", "4", "5"}:
        raise WrongFeedback("rating", "is missing")
    fitted = form.text("fitted")
    return Given(
        rating=int(rating),
        all_as_wished=form.text("all_as_wished") == "yes",
        expectation=form.text("expectation"),
        fitted=None if fitted not in ("yes", "no") else fitted == "yes",
        tips=form.text("tips") or None,
    )


def _said(own: OwnPage) -> dict[str, str]:
    if own.before is None:
        return NOT_GIVEN
    given = own.before.given
    return {
        "rating": str(given.rating),
        "all_as_wished": _word(given.all_as_wished),
        "expectation": given.expectation,
        "fitted": _word(given.fitted),
        "tips": given.tips or "",
    }


def _word(value: bool | None) -> str:
    if value is None:
        return ""
    return "yes" if value else "no"


def _language(request: Request, own: OwnPage) -> str:
    return own.language or choose_language(request.headers.get("accept-language"))


def _facts(event: KnownEvent, language: str) -> dict[str, object]:
    speech = translator(language, event.zone)
    return {
        "title": event.title,
        "date": speech.format_date(event.starts_at),
        "place_name": event.place_name,
    }
