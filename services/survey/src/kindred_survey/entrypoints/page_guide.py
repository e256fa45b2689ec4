"""Opens personal links for customers' pages, and shows the pages in their language."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from kindred_common.db.transactions import Transaction
from kindred_common.i18n.translator import Translator, choose_language, translator
from kindred_common.web.pages import Pages, speak_language
from kindred_survey.application.ports import Stores, Visit
from kindred_survey.domain.questions import Definition
from kindred_survey.domain.statements import Statement
from kindred_survey.domain.steps import Step, asked_steps, next_step
from kindred_survey.entrypoints.desk import Desk
from kindred_survey.entrypoints.following import followed

TEMPLATES = Path(__file__).parent / "templates"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Way:
    """A customer on his way through a survey: who, what it asks, what he answered, in his language."""

    token: str
    visit: Visit
    definition: Definition
    statements: Mapping[str, Statement]
    speech: Translator

    def to(self, page: object = "") -> Response:
        """Sends the browser to another page of this link, which it fetches with GET."""
        return RedirectResponse(f"/s/{self.token}/{page}".rstrip("/"), 303)

    def step(self, position: int) -> Step | None:
        """The page at this position, or the next that is asked."""
        asked = asked_steps(self.definition, self.statements)
        at = next((step for step in asked if step.position == position), None)
        return at or next_step(self.definition, self.statements, position)


class Guide:
    """Shows the pages of one service; ``company`` is in whose name they speak."""

    def __init__(self, desk: Desk, company: str) -> None:
        self.desk = desk
        self._pages = Pages(TEMPLATES, sender=company)

    @asynccontextmanager
    async def open(self, request: Request, token: str) -> AsyncIterator[Way]:
        """The way behind a link, to be shown, for the length of a transaction.

        Raises:
            Problem: 404 for a link that opens nothing.
        """
        async with self.desk.transactions.begin() as transaction:
            yield await self._way(self.desk.open(transaction), request, token)

    async def change(
        self, request: Request, token: str, work: Callable[[Stores, Way], Awaitable[T]]
    ) -> T:
        """What ``work`` returns, which changes something on the way behind a link.

        Raises:
            Problem: 404 for a link that opens nothing.
        """

        async def opened(transaction: Transaction) -> T:
            stores = self.desk.open(transaction)
            return await work(stores, await self._way(stores, request, token))

        return await self.desk.transactions.run(opened)

    async def _way(self, stores: Stores, request: Request, token: str) -> Way:
        visit = await followed(stores, self.desk, token)
        speech = _speech(request, visit)
        speak_language(request, speech.language)
        link = visit.link
        published = await stores.surveys.published(link.survey_id, link.version)
        statements = await stores.answers.of_response(link.customer_id, link.survey_id)
        return Way(token, visit, published.definition, statements, speech)

    def show(
        self,
        request: Request,
        template: str,
        way: Way,
        values: Mapping[str, object],
        *,
        status: int = 200,
    ) -> HTMLResponse:
        """Fills a template with what all pages of a survey need and ``values``."""
        survey = way.definition.title.speak(way.speech.language)
        shared = {"base": f"/s/{way.token}", "survey": survey}
        return self._pages.render(request, template, {**shared, **values}, status=status)


def _speech(request: Request, visit: Visit) -> Translator:
    if visit.customer is not None:
        return translator(visit.customer.language)
    return translator(choose_language(request.headers.get("accept-language")))
