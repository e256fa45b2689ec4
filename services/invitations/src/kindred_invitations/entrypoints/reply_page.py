"""The page on which a guest replies: looking changes nothing, sending the form does."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Protocol
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from kindred_common.contracts.vocabulary import DeclineReason, FactSource
from kindred_common.db.transactions import Transaction
from kindred_common.i18n.translator import choose_language, translatable, translator
from kindred_common.web.forms import Form, read_form
from kindred_common.web.idempotency import Outcome, once
from kindred_common.web.pages import Pages, speak_language
from kindred_common.web.problems import Problem, not_found
from kindred_common.web.routing import public_router
from kindred_common.web.tracing import cause_of
from kindred_invitations.application.answer_invitation import Answer, answer_invitation
from kindred_invitations.application.because import CUSTOMER, Because
from kindred_invitations.application.ports import Ports
from kindred_invitations.domain.errors import NoSeatLeft, NotPossible
from kindred_invitations.domain.event import Event
from kindred_invitations.domain.guests import companion_possible
from kindred_invitations.domain.invitation import Invitation
from kindred_invitations.domain.steps import ANSWERABLE, Step
from kindred_invitations.entrypoints.desk import Desk

TEMPLATES = Path(__file__).parent / "templates"

REASONS: Mapping[DeclineReason, str] = {
    DeclineReason.DATE: translatable("The date does not suit me"),
    DeclineReason.DISTANCE: translatable("It is too far away"),
    DeclineReason.TOPIC: translatable("The subject does not appeal to me"),
    DeclineReason.KIND: translatable("I do not care for this kind of meeting"),
    DeclineReason.EMPLOYER_RULES: translatable("My employer's rules do not allow it"),
    DeclineReason.OTHER: translatable("Something else"),
}

NOTES = frozenset({"accepted", "alone", "declined"})
"""What the page may say about the reply just given; ``alone``: no second seat was left."""


class OpenLinks(Protocol):
    """Finds what a token opens."""

    async def opened_by(self, token: str) -> UUID | None: ...


class OpenedLinks(Protocol):
    """Binds links to a transaction."""

    def __call__(self, transaction: Transaction) -> OpenLinks: ...


def reply_router(desk: Desk, links: OpenedLinks, sender: str) -> APIRouter:
    """``/r/{token}``: GET shows, POST replies."""
    router = public_router()
    page = _ReplyPage(desk, links, Pages(TEMPLATES, sender=sender))

    @router.api_route("/r/{token}", methods=["GET", "HEAD"])
    async def show(token: str, request: Request, note: str = "") -> Response:
        async with desk.transactions.begin() as transaction:
            return await page.show(transaction, request, token, note if note in NOTES else "")

    @router.post("/r/{token}")
    async def reply(
        token: str, request: Request, form: Annotated[Form, Depends(read_form)]
    ) -> Response:
        return await page.reply(request, token, _answer(form))

    return router


class _ReplyPage:
    def __init__(self, desk: Desk, links: OpenedLinks, pages: Pages) -> None:
        self._desk = desk
        self._links = links
        self._pages = pages

    async def show(
        self,
        transaction: Transaction,
        request: Request,
        token: str,
        note: str,
        *,
        status: int = 200,
    ) -> HTMLResponse:
        invitation_id = await self._opened(transaction, token)
        ports = self._desk.ports(transaction)
        invitation = await ports.invitations.find(invitation_id)
        event = await ports.events.find(invitation.event_id) if invitation else None
        if invitation is None or event is None:
            raise not_found("page")
        host = await self._desk.reading(transaction).model.host(invitation.customer_id)
        language = host.language or choose_language(request.headers.get("accept-language"))
        speak_language(request, language)
        values = _facts(event, language) | await self._standing(ports, invitation, event)
        return self._pages.render(
            request,
            "reply.html",
            values | {"note": note, "host": host.name, "token": token},
            language=language,
            status=status,
        )

    async def reply(self, request: Request, token: str, answer: Answer) -> Response:
        because = Because(cause_of(request), CUSTOMER, self._desk.clock.now(), FactSource.SELF)

        async def work(transaction: Transaction) -> Outcome:
            invitation_id = await self._opened(transaction, token)
            ports = self._desk.ports(transaction)
            answered = await answer_invitation(ports, because, invitation_id, answer)
            note = "declined" if not answer.accepts else "alone" if answered.alone else "accepted"
            return Outcome(303, headers={"Location": f"/r/{token}?note={note}"})

        try:
            return await once(request, self._desk.transactions, work)
        except NotPossible as refused:
            note = "full" if isinstance(refused, NoSeatLeft) else "closed"
            async with self._desk.transactions.begin() as transaction:
                return await self.show(transaction, request, token, note, status=409)

    async def _opened(self, transaction: Transaction, token: str) -> UUID:
        invitation_id = await self._links(transaction).opened_by(token)
        if invitation_id is None:
            raise not_found("page")
        return invitation_id

    async def _standing(
        self, ports: Ports, invitation: Invitation, event: Event
    ) -> dict[str, object]:
        now = self._desk.clock.now()
        guest = await ports.guests.find(invitation.customer_id)
        answerable = invitation.step in ANSWERABLE and event.takes_guests(now)
        return {
            "step": invitation.step,
            "answerable": answerable,
            "begun": now >= event.details.starts_at,
            "seats": invitation.seats,
            "companion": companion_possible(guest, event.details),
            "reason": invitation.decline_reason,
            "reasons": {str(reason): text for reason, text in REASONS.items()},
            "is_full": invitation.step is Step.DECLINED and event.seats_to_allocate == 0,
        }


def _facts(event: Event, language: str) -> dict[str, object]:
    details = event.details
    speech = translator(language, details.zone)
    one_day = speech.format_date(details.starts_at) == speech.format_date(details.ends_at)
    return {
        "title": details.title,
        "starts_on": speech.format_date(details.starts_at),
        "starts_at": speech.format_time(details.starts_at),
        "ends_on": None if one_day else speech.format_date(details.ends_at),
        "ends_at": speech.format_time(details.ends_at),
        "place_name": details.place_name,
        "zone": details.zone,
    }


def _answer(form: Form) -> Answer:
    answer, reason = form.text("answer"), form.text("reason") or DeclineReason.OTHER
    if answer == "accept":
        return Answer(accepts=True, with_companion=form.text("companion") == "yes")
    if answer == "decline" and reason in set(DeclineReason):
        return Answer(accepts=False, decline_reason=DeclineReason(reason))
    raise Problem(422, "wrong-input", "The request is not as it should be")
