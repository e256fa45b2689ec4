"""Invitations and the history of their steps in Postgres."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from kindred_invitations.adapters.tables import invitation as table
from kindred_invitations.adapters.tables import invitation_step
from kindred_invitations.application.ports import StepNote
from kindred_invitations.domain.errors import Unknown
from kindred_invitations.domain.invitation import Invitation, Side
from kindred_invitations.domain.steps import Step

_KEPT = ("id", "customer_id", "event_id")


class PostgresInvitations:
    """Invitations in one transaction; implements ``Invitations``."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def find(self, invitation_id: UUID) -> Invitation | None:
        statement = sa.select(table).where(table.c.id == invitation_id)
        row = (await self._connection.execute(statement)).mappings().one_or_none()
        return None if row is None else invitation_of(row)

    async def lock(self, invitation_id: UUID) -> Invitation:
        found = await self._lock(table.c.id == invitation_id)
        if not found:
            raise Unknown("invitation")
        return found[0]

    async def lock_pair(self, customer_id: UUID, event_id: UUID) -> Invitation | None:
        pair = (table.c.customer_id == customer_id) & (table.c.event_id == event_id)
        found = await self._lock(pair)
        return found[0] if found else None

    async def lock_of_event(self, event_id: UUID, steps: Sequence[Step]) -> list[Invitation]:
        return await self._lock((table.c.event_id == event_id) & table.c.step.in_(steps))

    async def lock_all(self, invitation_ids: Sequence[UUID]) -> list[Invitation]:
        return await self._lock(_any(table.c.id, invitation_ids)) if invitation_ids else []

    async def lock_of_customers(self, customer_ids: Sequence[UUID]) -> list[Invitation]:
        return await self._lock(_any(table.c.customer_id, customer_ids))

    async def events_of_customers(self, customer_ids: Sequence[UUID]) -> set[UUID]:
        return await self._events(_any(table.c.customer_id, customer_ids))

    async def events_of(self, invitation_ids: Sequence[UUID]) -> set[UUID]:
        return await self._events(_any(table.c.id, invitation_ids)) if invitation_ids else set()

    async def save(self, invitations: Sequence[Invitation]) -> None:
        statement = insert(table)
        changed = {
            column.name: statement.excluded[column.name]
            for column in table.columns
            if column.name not in _KEPT
        }
        await self._connection.execute(
            statement.on_conflict_do_update(index_elements=["id"], set_=changed),
            [_row(invitation) for invitation in invitations],
        )

    async def note_steps(self, steps: Sequence[StepNote]) -> None:
        if steps:
            await self._connection.execute(
                insert(invitation_step), [_step_row(note) for note in steps]
            )

    async def _lock(self, which: sa.ColumnElement[bool]) -> list[Invitation]:
        statement = sa.select(table).where(which).order_by(table.c.id)
        locked = statement.with_for_update(key_share=True)
        rows = (await self._connection.execute(locked)).mappings()
        return [invitation_of(row) for row in rows]

    async def _events(self, which: sa.ColumnElement[bool]) -> set[UUID]:
        statement = sa.select(table.c.event_id).where(which).distinct()
        return set((await self._connection.scalars(statement)).all())


def invitation_of(row: sa.RowMapping) -> Invitation:
    """The invitation that a row of the table holds."""
    values = {column.name: row[column.name] for column in table.columns}
    withdrawn_by = values.pop("withdrawn_by")
    return Invitation(
        **values | {"step": Step(values["step"])},
        withdrawn_by=None if withdrawn_by is None else Side(withdrawn_by),
    )


def _row(invitation: Invitation) -> dict[str, Any]:
    return {column.name: getattr(invitation, column.name) for column in table.columns}


def _step_row(note: StepNote) -> dict[str, Any]:
    after = note.invitation
    return {
        "invitation_id": after.id,
        "number": after.number,
        "step": after.step,
        "at": after.step_at,
        "actor": note.actor,
        "source": after.source,
        "seats": after.seats,
        "manner": after.manner,
        "decline_reason": after.decline_reason,
        "rule": note.rule,
    }


def _any(column: sa.Column[Any], ids: Sequence[UUID]) -> sa.ColumnElement[bool]:
    return column == sa.any_(sa.bindparam(None, list(ids), type_=sa.ARRAY(sa.Uuid)))
