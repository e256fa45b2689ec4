"""How people act on an invitation: it is looked at whether they may, the act is noted, and it is done once."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Response
from pydantic import BaseModel

from kindred_common.contracts.record import Cause
from kindred_common.db.transactions import Transaction
from kindred_common.security.principals import Principal
from kindred_common.web.idempotency import Outcome, once
from kindred_common.web.tracing import cause_of
from kindred_invitations.application.because import Because
from kindred_invitations.application.ports import Ports
from kindred_invitations.entrypoints.access import Audit, Inviter, require_invitation
from kindred_invitations.entrypoints.desk import Desk

CauseOf = Annotated[Cause, Depends(cause_of)]

Act = Callable[[Ports, Because], Awaitable[BaseModel]]
"""A use case on one invitation; returns what the answer shows."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks for an act, by which request and after which cause."""

    principal: Principal
    cause: Cause
    request: Request


async def _caller(inviter: Inviter, cause: CauseOf, request: Request) -> Caller:
    return Caller(inviter, cause, request)


InvitingCaller = Annotated[Caller, Depends(_caller)]
"""A caller who may act on invitations; on whose is looked at with each act."""


class InvitationActs:
    """Where invitations are acted on."""

    def __init__(self, desk: Desk, audit: Audit) -> None:
        self.desk = desk
        self._audit = audit

    async def act(self, caller: Caller, action: str, invitation_id: UUID, act: Act) -> Response:
        """Does it once and notes it as ``action``; answers 404 when the guest is not the caller's customer."""

        async def work(transaction: Transaction) -> Outcome:
            lists = self.desk.reading(transaction).lists
            await require_invitation(lists, caller.principal, invitation_id)
            shown = await act(self.desk.ports(transaction), self.because(caller))
            await self.note(transaction, caller, action, ("invitation", str(invitation_id)))
            return Outcome(200, shown)

        return await self.once(caller, work)

    async def once(
        self, caller: Caller, work: Callable[[Transaction], Awaitable[Outcome]]
    ) -> Response:
        """Does work that notes what it did itself."""
        return await once(caller.request, self.desk.transactions, work)

    def because(self, caller: Caller) -> Because:
        """The reason behind what the caller asks for now."""
        return self.desk.because(caller.cause, caller.principal)

    async def note(
        self,
        transaction: Transaction,
        caller: Caller,
        action: str,
        subject: tuple[str, str],
        **details: int,
    ) -> None:
        """Notes the act in the audit log."""
        await self._audit.note(transaction, caller.principal, action, subject, **details)
