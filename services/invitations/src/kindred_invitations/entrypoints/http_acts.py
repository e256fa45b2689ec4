"""Acts on one invitation over HTTP: invite, approve, withdraw, note replies and attendance."""

from uuid import UUID

from fastapi import APIRouter, Response

from kindred_common.db.transactions import Transaction
from kindred_common.web.idempotency import Outcome
from kindred_invitations.application.answer_invitation import Answer, answer_invitation
from kindred_invitations.application.approve_invitation import approve_invitation
from kindred_invitations.application.because import Because
from kindred_invitations.application.invite_customer import invite_customer
from kindred_invitations.application.ports import Ports
from kindred_invitations.application.report_attendance import report_attendance
from kindred_invitations.application.withdraw_invitation import withdraw_invitation
from kindred_invitations.entrypoints.access import require_customer
from kindred_invitations.entrypoints.acting import InvitationActs, InvitingCaller
from kindred_invitations.entrypoints.schemas_invitations import (
    AttendanceIn,
    InvitationOut,
    InviteIn,
    ReplyIn,
    ReplyOut,
    TermsIn,
)


def invitation_acts_router(acts: InvitationActs) -> APIRouter:
    """What people do with invitations, each only with those of guests whom they may see."""
    router = APIRouter(prefix="/v1/invitations", tags=["invitations"])
    _inviting(router, acts)
    _deciding(router, acts)
    _following(router, acts)
    return router


def _inviting(router: APIRouter, acts: InvitationActs) -> None:
    @router.post(
        "", status_code=201, summary="Invite a customer yourself", response_model=InvitationOut
    )
    async def invite(caller: InvitingCaller, wish: InviteIn) -> Response:
        async def work(transaction: Transaction) -> Outcome:
            model = acts.desk.reading(transaction).model
            await require_customer(model, caller.principal, wish.customer_id)
            ports, because = acts.desk.ports(transaction), acts.because(caller)
            invited = await invite_customer(
                ports, because, wish.customer_id, wish.event_id, wish.terms()
            )
            await acts.note(
                transaction, caller, "invitation.invite", ("invitation", str(invited.id))
            )
            location = {"Location": f"/v1/invitations/{invited.id}"}
            return Outcome(201, InvitationOut.of(invited), location)

        return await acts.once(caller, work)


def _deciding(router: APIRouter, acts: InvitationActs) -> None:
    @router.post(
        "/{invitation_id}/approve",
        summary="Approve a draft: gives the seat and sends the invitation",
        response_model=InvitationOut,
    )
    async def approve(
        caller: InvitingCaller, invitation_id: UUID, terms: TermsIn | None = None
    ) -> Response:
        chosen = (terms or TermsIn()).terms()

        async def act(ports: Ports, because: Because) -> InvitationOut:
            approved = await approve_invitation(ports, because, invitation_id, chosen)
            return InvitationOut.of(approved)

        return await acts.act(caller, "invitation.approve", invitation_id, act)

    @router.post(
        "/{invitation_id}/withdraw",
        summary="Take an invitation or a draft back",
        response_model=InvitationOut,
    )
    async def withdraw(caller: InvitingCaller, invitation_id: UUID) -> Response:
        async def act(ports: Ports, because: Because) -> InvitationOut:
            return InvitationOut.of(await withdraw_invitation(ports, because, invitation_id))

        return await acts.act(caller, "invitation.withdraw", invitation_id, act)


def _following(router: APIRouter, acts: InvitationActs) -> None:
    @router.post(
        "/{invitation_id}/reply",
        summary="Note what the customer answered by phone or in person",
        response_model=ReplyOut,
    )
    async def reply(caller: InvitingCaller, invitation_id: UUID, reply_in: ReplyIn) -> Response:
        answer = Answer(reply_in.accepts, reply_in.with_companion, reply_in.decline_reason)

        async def act(ports: Ports, because: Because) -> ReplyOut:
            answered = await answer_invitation(ports, because, invitation_id, answer)
            shown = ReplyOut.of(answered.invitation)
            return shown.model_copy(update={"alone": answered.alone})

        return await acts.act(caller, "invitation.reply", invitation_id, act)

    @router.post(
        "/{invitation_id}/attendance",
        summary="Note whether the guest came",
        response_model=InvitationOut,
    )
    async def attendance(
        caller: InvitingCaller, invitation_id: UUID, seen: AttendanceIn
    ) -> Response:
        async def act(ports: Ports, because: Because) -> InvitationOut:
            after = await report_attendance(ports, because, invitation_id, attended=seen.attended)
            return InvitationOut.of(after)

        return await acts.act(caller, "invitation.attendance", invitation_id, act)
