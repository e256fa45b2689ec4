"""The customer's pages behind his personal link: one question a page, each answer safe before the next is asked.

GET shows and never changes anything, since mail scanners follow links; every step of the customer is a POST.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi import Path as InPath
from fastapi.responses import Response

from kindred_common.contracts.record import Cause
from kindred_common.web.forms import Form, read_form
from kindred_common.web.problems import not_found
from kindred_common.web.routing import public_router
from kindred_common.web.tracing import cause_of
from kindred_survey.application.answer_by_link import answer_by_link, go_on
from kindred_survey.application.ports import Stores
from kindred_survey.application.withdraw_answers import withdraw_answers
from kindred_survey.domain.errors import UnknownQuestion, WrongAnswer
from kindred_survey.domain.steps import Step
from kindred_survey.entrypoints.desk import Desk
from kindred_survey.entrypoints.page_forms import FIELD, mistake_in, sent_answer
from kindred_survey.entrypoints.page_guide import Guide, Way
from kindred_survey.entrypoints.page_views import (
    answer_lines,
    open_position,
    question_view,
    start_view,
)

Sent = Annotated[Form, Depends(read_form)]
Position = Annotated[int, InPath(ge=1, le=1000)]
Changing = Annotated[bool, Query(alias="change")]


def pages_router(desk: Desk, company: str) -> APIRouter:
    """The pages; ``company`` is in whose name they speak."""
    guide = Guide(desk, company)
    router = public_router("/s/{token}")
    _ends(router, guide)
    _answers(router, guide)
    _questions(router, guide)
    return router


def _ends(router: APIRouter, guide: Guide) -> None:
    @router.get("")
    async def show_start(request: Request, token: str) -> Response:
        async with guide.open(request, token) as way:
            return guide.show(request, "start.html", way, start_view(way))

    @router.get("/done")
    async def show_end(request: Request, token: str) -> Response:
        async with guide.open(request, token) as way:
            still_open = open_position(way)
            if still_open is not None:
                return way.to(still_open)
            thanks = way.definition.thanks.speak(way.speech.language)
            closes_at = way.visit.link.expires_at
            return guide.show(request, "done.html", way, {"thanks": thanks, "closes_at": closes_at})


def _answers(router: APIRouter, guide: Guide) -> None:
    @router.get("/answers")
    async def show_answers(request: Request, token: str) -> Response:
        async with guide.open(request, token) as way:
            values = {"lines": answer_lines(way), "open_position": open_position(way)}
            return guide.show(request, "answers.html", way, values)

    @router.post("/withdrawals")
    async def post_withdrawal(request: Request, token: str, form: Sent) -> Response:
        question_id = form.text("question_id") or None

        async def withdraw(stores: Stores, way: Way) -> Response:
            now = guide.desk.clock.now()
            await withdraw_answers(stores, way.visit.link, question_id, cause_of(request), now)
            return way.to("answers")

        try:
            return await guide.change(request, token, withdraw)
        except UnknownQuestion:
            raise not_found("question") from None


def _questions(router: APIRouter, guide: Guide) -> None:
    @router.get("/{position}")
    async def show_question(
        request: Request, token: str, position: Position, changing: Changing = False
    ) -> Response:
        async with guide.open(request, token) as way:
            step = way.step(position)
            if step is None or step.position != position:
                return way.to(step.position if step else "done")
            return guide.show(
                request, "question.html", way, question_view(way, step, changing=changing)
            )

    @router.post("/{position}")
    async def post_answer(request: Request, token: str, position: Position, form: Sent) -> Response:
        changing = form.text("change") == "1"

        async def answer(stores: Stores, way: Way) -> Response:
            step = way.step(position)
            if step is not None and step.position == position:
                await _take(guide, stores, way, step, form, cause_of(request))
            onward = await go_on(stores, way.visit.link, position, guide.desk.clock.now())
            if changing:
                return way.to("answers")
            return way.to("done" if onward.position is None else onward.position)

        try:
            return await guide.change(request, token, answer)
        except WrongAnswer:
            return await _show_mistake(guide, request, token, position, form)


async def _take(
    guide: Guide, stores: Stores, way: Way, step: Step, form: Form, cause: Cause
) -> None:
    """Keeps what was sent. A question that was passed over keeps its answer; words that were wiped out are withdrawn."""
    if form.text("skip"):
        return
    link, now = way.visit.link, guide.desk.clock.now()
    given = sent_answer(step, form)
    if given is not None:
        await answer_by_link(stores, link, given, cause, now)
    elif step.question.required and not step.asks_why:
        raise WrongAnswer(step.question.id, "needs an answer")
    else:
        kept_as = step.question.why_id if step.asks_why else step.question.id
        await withdraw_answers(stores, link, kept_as, cause, now)


async def _show_mistake(
    guide: Guide, request: Request, token: str, position: int, form: Form
) -> Response:
    """The page of the question again, with what was sent still filled in and what is wrong with it."""
    async with guide.open(request, token) as way:
        step = way.step(position)
        if step is None:
            return way.to("done")
        view = question_view(way, step, changing=form.text("change") == "1")
        mistakes = [(FIELD, mistake_in(step, way.speech))]
        sent = {"chosen": form.texts(FIELD), "mistakes": mistakes}
        return guide.show(request, "question.html", way, {**view, **sent}, status=422)
