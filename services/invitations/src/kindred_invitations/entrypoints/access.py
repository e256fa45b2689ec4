"""Who may do what, and whose customers he may see."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends

from kindred_common.clock import Clock, Ids
from kindred_common.db.transactions import Transaction
from kindred_common.security.audit import AuditEntry, Detail, record
from kindred_common.security.principals import Principal, Role
from kindred_common.web.auth import requires
from kindred_common.web.problems import not_found
from kindred_invitations.application.queries import InvitationLists, ReadModel
from kindred_invitations.application.views import InvitationLine, Sight

Anyone = Annotated[Principal, Depends(requires(scope="events:read"))]

Planner = Annotated[
    Principal,
    Depends(
        requires(Role.ADMINISTRATOR, Role.PROGRAMME_MANAGER, Role.SYSTEM, scope="events:write")
    ),
]

Reader = Annotated[Principal, Depends(requires(scope="customers:read"))]
"""Anyone with a role; account managers see their own and their teams' customers only."""

Inviter = Annotated[
    Principal,
    Depends(
        requires(
            Role.ADMINISTRATOR,
            Role.PROGRAMME_MANAGER,
            Role.ACCOUNT_MANAGER,
            Role.SYSTEM,
            scope="invitations:write",
        )
    ),
]


def sight_of(principal: Principal) -> Sight:
    """Whose customers the principal may be shown."""
    return Sight(
        everything=principal.sees_every_customer,
        manager=principal.subject,
        teams=tuple(sorted(principal.teams)),
    )


async def require_customer(model: ReadModel, principal: Principal, customer_id: UUID) -> None:
    """Answers 404 for a customer who is not known or not the principal's."""
    belongs = await model.belongs_to(customer_id)
    if belongs is None or not principal.may_see(*belongs):
        raise not_found("customer")


async def require_invitation(
    lists: InvitationLists, principal: Principal, invitation_id: UUID
) -> InvitationLine:
    """The invitation, or 404 when it is not known or its guest is not the principal's customer."""
    line = await lists.line(invitation_id)
    if line is None or not principal.may_see(line.account_manager_id, line.team):
        raise not_found("invitation")
    return line


class Audit:
    """Notes who saw or changed what, in the transaction of the act."""

    def __init__(self, clock: Clock, ids: Ids) -> None:
        self._clock = clock
        self._ids = ids

    async def note(
        self,
        transaction: Transaction,
        principal: Principal,
        action: str,
        subject: tuple[str, str],
        **details: Detail,
    ) -> None:
        entry = AuditEntry(
            self._ids(), self._clock.now(), principal.subject, action, *subject, details
        )
        await record(transaction.connection, entry)
