"""Invitations as they are shown: with event, guest, delivery and history."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from kindred_invitations.adapters.postgres_invitations import invitation_of
from kindred_invitations.adapters.postgres_read_model import in_sight
from kindred_invitations.adapters.tables import (
    customer,
    event,
    invitation,
    invitation_step,
    message,
)
from kindred_invitations.application.queries import InvitationFilter
from kindred_invitations.application.views import (
    Delivery,
    EventName,
    InvitationLine,
    Sight,
    StepLine,
)

_EVENT = (event.c.title, event.c.kind, event.c.starts_at, event.c.zone)
_GUEST = (
    customer.c.given_name, customer.c.family_name, customer.c.account_name, customer.c.account_manager_id,
    customer.c.team,
)  # fmt: skip
_DELIVERY = (
    message.c.result.label("delivery_result"),
    message.c.rule.label("delivery_rule"),
    message.c.at.label("delivery_at"),
    message.c.allowed_from.label("delivery_allowed_from"),
)


class PostgresInvitationLists:
    """Lists in one transaction; implements ``InvitationLists``."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def lines(
        self, sight: Sight, wanted: InvitationFilter, after: UUID | None, most: int
    ) -> list[InvitationLine]:
        statement = _lines().where(in_sight(sight))
        if wanted.event_id is not None:
            statement = statement.where(invitation.c.event_id == wanted.event_id)
        if wanted.customer_id is not None:
            statement = statement.where(invitation.c.customer_id == wanted.customer_id)
        if wanted.steps:
            statement = statement.where(invitation.c.step.in_(wanted.steps))
        if after is not None:
            statement = statement.where(invitation.c.id > after)
        ordered = statement.order_by(invitation.c.id).limit(most)
        rows = (await self._connection.execute(ordered)).mappings()
        return [_line(row) for row in rows]

    async def line(self, invitation_id: UUID) -> InvitationLine | None:
        statement = _lines().where(invitation.c.id == invitation_id)
        row = (await self._connection.execute(statement)).mappings().one_or_none()
        return None if row is None else _line(row)

    async def steps_of(self, invitation_ids: Sequence[UUID]) -> dict[UUID, list[StepLine]]:
        columns = (invitation_step.c[name] for name in StepLine.__dataclass_fields__)
        statement = (
            sa.select(invitation_step.c.invitation_id, *columns)
            .where(invitation_step.c.invitation_id.in_(invitation_ids))
            .order_by(invitation_step.c.invitation_id, invitation_step.c.number)
        )
        steps: dict[UUID, list[StepLine]] = defaultdict(list)
        for row in await self._connection.execute(statement):
            steps[row.invitation_id].append(StepLine(*row[1:]))
        return dict(steps)


def _lines() -> sa.Select[Any]:
    # A draft may be there before its customer is: he is shown as soon as he is known.
    tables = (
        invitation.join(event, event.c.id == invitation.c.event_id)
        .outerjoin(customer, customer.c.id == invitation.c.customer_id)
        .outerjoin(message, message.c.id == invitation.c.message_id)
    )
    return sa.select(invitation, *_EVENT, *_GUEST, *_DELIVERY).select_from(tables)


def _line(row: sa.RowMapping) -> InvitationLine:
    found = invitation_of(row)
    return InvitationLine(
        invitation=found,
        event=EventName(found.event_id, *(row[column.name] for column in _EVENT)),
        given_name=row["given_name"],
        family_name=row["family_name"],
        account_name=row["account_name"],
        account_manager_id=row["account_manager_id"],
        team=row["team"],
        delivery=Delivery(*(row[column.name] for column in _DELIVERY)),
    )
