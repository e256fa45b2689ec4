"""Invitations over HTTP: read, approve, invite, withdraw, note replies and attendance."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from kindred_common.contracts.record import Cause
from kindred_common.contracts.vocabulary import InvitationStep
from kindred_common.db.transactions import Transaction
from kindred_common.security.principals import Principal
from kindred_common.web.idempotency import Outcome, once
from kindred_common.web.paging import DEFAULT_LIMIT, Cursor, Limit, Page, cut, encode_cursor
from kindred_common.web.tracing import cause_of
from kindred_invitations.application.answer_invitation import Answer, answer_invitation
from kindred_invitations.application.approve_invitation import approve_invitation
from kindred_invitations.application.approve_many import Approved, approve_many
from kindred_invitations.application.because import Because
from kindred_invitations.application.invite_customer import invite_customer
from kindred_invitations.application.ports import Ports
from kindred_invitations.application.queries import InvitationFilter
from kindred_invitations.application.report_attendance import report_attendance
from kindred_invitations.application.views import Track
from kindred_invitations.application.withdraw_invitation import withdraw_invitation
from kindred_invitations.domain.errors import Unknown
from kindred_invitations.entrypoints.access import (
    Audit,
    Inviter,
    Reader,
    require_customer,
    require_invitation,
    sight_of,
)
from kindred_invitations.entrypoints.cursors import after_id
from kindred_invitations.entrypoints.door import Door
from kindred_invitations.entrypoints.problems import PROBLEMS
from kindred_invitations.entrypoints.schemas_invitations import (
    ApprovalOut,
    ApprovalsIn,
    ApprovalsOut,
    AttendanceIn,
    InvitationItem,
    InvitationOut,
    InviteIn,
    ReplyIn,
    ReplyOut,
    TermsIn,
    TrackOut,
)

CauseOf = Annotated[Cause, Depends(cause_of)]


def invitations_router(door: Door, audit: Audit) -> APIRouter:
    """Invitations, each only for those who may see its guest."""
    router = APIRouter(prefix="/v1/invitations", tags=["invitations"])
    desk = _Desk(door, audit)
    _reading(router, door, audit)
    _inviting(router, desk)
    _following(router, desk)
    return router


class _Desk:
    """One act on one invitation: seen by who may see it, noted, done once."""

    def __init__(self, door: Door, audit: Audit) -> None:
        self.door = door
        self.audit = audit

    async def require(
        self, transaction: Transaction, principal: Principal, invitation_id: UUID
    ) -> Ports:
        """The ports, after a look at whether the principal may see the invitation."""
        lists = self.door.reading(transaction).lists
        await require_invitation(lists, principal, invitation_id)
        return self.door.ports(transaction)

    async def note(
        self, transaction: Transaction, principal: Principal, act: str, invitation_id: UUID
    ) -> None:
        subject = ("invitation", str(invitation_id))
        await self.audit.note(transaction, principal, f"invitation.{act}", subject)


def _reading(router: APIRouter, door: Door, audit: Audit) -> None:
    @router.get("", summary="Invitations, by event, customer and step")
    async def list_invitations(
        reader: Reader,
        event_id: UUID | None = None,
        customer_id: UUID | None = None,
        step: Annotated[list[InvitationStep] | None, Query()] = None,
        cursor: Cursor = None,
        limit: Limit = DEFAULT_LIMIT,
    ) -> Page[InvitationItem]:
        wanted = InvitationFilter(
            event_id=event_id, customer_id=customer_id, steps=tuple(step or ())
        )
        async with door.transactions.begin() as transaction:
            found = await door.reading(transaction).lists.lines(
                sight_of(reader), wanted, after_id(cursor), limit + 1
            )
            shown, last = cut(found, limit)
            subject = ("event", str(event_id)) if event_id else ("invitations", "list")
            await audit.note(transaction, reader, "invitations.list", subject, shown=len(shown))
        following = last and encode_cursor(str(last.invitation.id))
        items = [InvitationItem.of_line(line) for line in shown]
        return Page(items=items, next_cursor=following)

    @router.get("/{invitation_id}", summary="One invitation with each step it took")
    async def read_invitation(reader: Reader, invitation_id: UUID) -> TrackOut:
        async with door.transactions.begin() as transaction:
            lists = door.reading(transaction).lists
            line = await require_invitation(lists, reader, invitation_id)
            steps = await lists.steps_of([invitation_id])
            subject = ("invitation", str(invitation_id))
            await audit.note(transaction, reader, "invitation.read", subject)
        return TrackOut.of_track(Track(line, steps.get(invitation_id, [])))


def _inviting(router: APIRouter, desk: _Desk) -> None:
    door = desk.door

    @router.post(
        "", status_code=201, summary="Invite a customer yourself", response_model=InvitationOut
    )
    async def invite(
        inviter: Inviter, wish: InviteIn, cause: CauseOf, request: Request
    ) -> Response:
        async def work(transaction: Transaction) -> Outcome:
            model = door.reading(transaction).model
            await require_customer(model, inviter, wish.customer_id)
            invited = await invite_customer(
                door.ports(transaction),
                door.because(cause, inviter),
                wish.customer_id,
                wish.event_id,
                wish.terms(),
            )
            await desk.note(transaction, inviter, "invite", invited.id)
            location = {"Location": f"/v1/invitations/{invited.id}"}
            return Outcome(201, InvitationOut.of(invited), location)

        return await once(request, door.transactions, work)

    @router.post(
        "/{invitation_id}/approve",
        summary="Approve a draft: gives the seat and sends the invitation",
        response_model=InvitationOut,
    )
    async def approve(
        inviter: Inviter,
        invitation_id: UUID,
        cause: CauseOf,
        request: Request,
        terms: TermsIn | None = None,
    ) -> Response:
        async def work(transaction: Transaction) -> Outcome:
            ports = await desk.require(transaction, inviter, invitation_id)
            chosen = (terms or TermsIn()).terms()
            because = door.because(cause, inviter)
            approved = await approve_invitation(ports, because, invitation_id, chosen)
            await desk.note(transaction, inviter, "approve", invitation_id)
            return Outcome(200, InvitationOut.of(approved))

        return await once(request, door.transactions, work)

    @router.post(
        "/{invitation_id}/withdraw",
        summary="Take an invitation or a draft back",
        response_model=InvitationOut,
    )
    async def withdraw(
        inviter: Inviter, invitation_id: UUID, cause: CauseOf, request: Request
    ) -> Response:
        async def work(transaction: Transaction) -> Outcome:
            ports = await desk.require(transaction, inviter, invitation_id)
            because = door.because(cause, inviter)
            withdrawn = await withdraw_invitation(ports, because, invitation_id)
            await desk.note(transaction, inviter, "withdraw", invitation_id)
            return Outcome(200, InvitationOut.of(withdrawn))

        return await once(request, door.transactions, work)


def _following(router: APIRouter, desk: _Desk) -> None:
    door = desk.door

    @router.post(
        "/{invitation_id}/reply",
        summary="Note what the customer answered by phone or in person",
        response_model=ReplyOut,
    )
    async def reply(
        inviter: Inviter, invitation_id: UUID, reply_in: ReplyIn, cause: CauseOf, request: Request
    ) -> Response:
        answer = Answer(reply_in.accepts, reply_in.with_companion, reply_in.decline_reason)

        async def work(transaction: Transaction) -> Outcome:
            ports = await desk.require(transaction, inviter, invitation_id)
            because = door.because(cause, inviter)
            answered = await answer_invitation(ports, because, invitation_id, answer)
            await desk.note(transaction, inviter, "reply", invitation_id)
            shown = ReplyOut.of(answered.invitation)
            return Outcome(200, shown.model_copy(update={"alone": answered.alone}))

        return await once(request, door.transactions, work)

    @router.post(
        "/{invitation_id}/attendance",
        summary="Note whether the guest came",
        response_model=InvitationOut,
    )
    async def attendance(
        inviter: Inviter, invitation_id: UUID, seen: AttendanceIn, cause: CauseOf, request: Request
    ) -> Response:
        async def work(transaction: Transaction) -> Outcome:
            ports = await desk.require(transaction, inviter, invitation_id)
            because = door.because(cause, inviter)
            after = await report_attendance(ports, because, invitation_id, attended=seen.attended)
            await desk.note(transaction, inviter, "attendance", invitation_id)
            return Outcome(200, InvitationOut.of(after))

        return await once(request, door.transactions, work)


def approvals_router(door: Door, audit: Audit) -> APIRouter:
    """Many approvals for one event."""
    router = APIRouter(prefix="/v1/events", tags=["invitations"])

    @router.post(
        "/{event_id}/approvals",
        summary="Approve many drafts for one event",
        response_model=ApprovalsOut,
    )
    async def approve_together(
        inviter: Inviter, event_id: UUID, asked: ApprovalsIn, cause: CauseOf, request: Request
    ) -> Response:
        async def work(transaction: Transaction) -> Outcome:
            seen = await _seen(door, transaction, inviter, asked.invitation_ids)
            because: Because = door.because(cause, inviter)
            results = await approve_many(
                door.ports(transaction), because, event_id, seen, asked.terms()
            )
            by_id = {result.invitation_id: _approval(result) for result in results}
            given = sum(1 for result in results if result.refused is None)
            subject = ("event", str(event_id))
            await audit.note(transaction, inviter, "invitations.approve", subject, approved=given)
            ids = dict.fromkeys(asked.invitation_ids)
            return Outcome(
                200, ApprovalsOut(items=[by_id.get(id_) or _not_seen(id_) for id_ in ids])
            )

        return await once(request, door.transactions, work)

    return router


async def _seen(
    door: Door, transaction: Transaction, principal: Principal, ids: Sequence[UUID]
) -> list[UUID]:
    lists = door.reading(transaction).lists
    lines = {id_: await lists.line(id_) for id_ in ids}
    return [
        id_
        for id_, line in lines.items()
        if line is not None and principal.may_see(line.account_manager_id, line.team)
    ]


def _approval(result: Approved) -> ApprovalOut:
    if result.invitation is not None:
        shown = InvitationOut.of(result.invitation)
        return ApprovalOut(invitation_id=result.invitation_id, status=200, invitation=shown)
    status, problem = PROBLEMS[type(result.refused)] if result.refused else (500, "internal")
    return ApprovalOut(
        invitation_id=result.invitation_id,
        status=status,
        problem=problem,
        detail=str(result.refused),
    )


def _not_seen(invitation_id: UUID) -> ApprovalOut:
    unknown = Unknown("invitation")
    return _approval(Approved(invitation_id, None, unknown))
