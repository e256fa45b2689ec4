"""Approves many drafts for one event over HTTP."""

from collections.abc import Sequence
from uuid import UUID

from fastapi import APIRouter, Response

from kindred_common.db.transactions import Transaction
from kindred_common.security.principals import Principal
from kindred_common.web.idempotency import Outcome
from kindred_invitations.application.approve_many import Approved, approve_many
from kindred_invitations.application.queries import InvitationLists
from kindred_invitations.domain.errors import Unknown
from kindred_invitations.entrypoints.acting import InvitationActs, InvitingCaller
from kindred_invitations.entrypoints.problems import PROBLEMS
from kindred_invitations.entrypoints.schemas_invitations import (
    ApprovalOut,
    ApprovalsIn,
    ApprovalsOut,
    InvitationOut,
)


def approvals_router(acts: InvitationActs) -> APIRouter:
    """Many approvals for one event; each invitation is answered for by itself."""
    router = APIRouter(prefix="/v1/events", tags=["invitations"])

    @router.post(
        "/{event_id}/approvals",
        summary="Approve many drafts for one event",
        response_model=ApprovalsOut,
    )
    async def approve_together(
        caller: InvitingCaller, event_id: UUID, asked: ApprovalsIn
    ) -> Response:
        async def work(transaction: Transaction) -> Outcome:
            lists = acts.desk.reading(transaction).lists
            seen = await _seen(lists, caller.principal, asked.invitation_ids)
            ports, because = acts.desk.ports(transaction), acts.because(caller)
            results = await approve_many(ports, because, event_id, seen, asked.terms())
            given = sum(result.refused is None for result in results)
            subject = ("event", str(event_id))
            await acts.note(transaction, caller, "invitations.approve", subject, approved=given)
            return Outcome(200, _in_order(asked.invitation_ids, results))

        return await acts.once(caller, work)

    return router


async def _seen(lists: InvitationLists, principal: Principal, ids: Sequence[UUID]) -> list[UUID]:
    lines = {id_: await lists.line(id_) for id_ in ids}
    return [
        id_
        for id_, line in lines.items()
        if line is not None and principal.may_see(line.account_manager_id, line.team)
    ]


def _in_order(asked: Sequence[UUID], results: Sequence[Approved]) -> ApprovalsOut:
    """One answer for each invitation that was asked for; those that are not seen are unknown."""
    by_id = {result.invitation_id: result for result in results}
    unknown = Unknown("invitation")
    each = [by_id.get(id_) or Approved(id_, None, unknown) for id_ in dict.fromkeys(asked)]
    return ApprovalsOut(items=[_approval(result) for result in each])


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
