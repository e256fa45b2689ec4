"""Messages in Postgres."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from kindred_common.db.transactions import Transaction
from kindred_outreach.adapters.tables import message as table
from kindred_outreach.domain.messages import (
    CONFIRMATION,
    INVITATION,
    Appointment,
    Message,
    Origin,
    State,
)

_PLAIN = tuple(f.name for f in fields(Message) if f.name not in ("origin", "calendar"))
_FIXED = frozenset({"id", "customer_id", "purpose", "occasion"})
_IN_HAND = (State.CLAIMED, State.HANDED_OVER)
MOST_RECOVERED = 200


class PostgresMessages:
    """The messages, in one transaction."""

    def __init__(self, transaction: Transaction) -> None:
        self._connection = transaction.connection

    async def add(self, message: Message) -> bool:
        statement = insert(table).values(_row(message)).on_conflict_do_nothing()
        return (await self._connection.execute(statement)).rowcount == 1

    async def find(self, message_id: UUID) -> Message | None:
        return await self._one(sa.select(table).where(table.c.id == message_id))

    async def lock(self, message_id: UUID) -> Message | None:
        return await self._one(sa.select(table).where(table.c.id == message_id).with_for_update())

    async def lock_same(self, message: Message) -> Message | None:
        return await self._one(
            sa.select(table)
            .where(
                table.c.customer_id == message.customer_id,
                table.c.purpose == message.purpose,
                table.c.occasion == message.occasion,
            )
            .with_for_update()
        )

    async def lock_due(self, now: datetime) -> Message | None:
        return await self._one(
            sa.select(table)
            .where(table.c.state == State.WAITING.value, table.c.due_at <= now)
            .order_by(table.c.due_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        )

    async def lock_abandoned(self, before: datetime) -> Sequence[Message]:
        rows = await self._connection.execute(
            sa.select(table)
            .where(table.c.state.in_([s.value for s in _IN_HAND]), table.c.claimed_at < before)
            .order_by(table.c.claimed_at)
            .limit(MOST_RECOVERED)
            .with_for_update(skip_locked=True)
        )
        return [message_of(row) for row in rows.mappings()]

    async def lock_about(self, customer_id: UUID, subject: str) -> Sequence[Message]:
        rows = await self._connection.execute(
            sa.select(table)
            .where(
                table.c.customer_id == customer_id,
                table.c.purpose.in_((INVITATION, CONFIRMATION)),
                sa.or_(
                    table.c.occasion == subject,
                    table.c.occasion.startswith(f"{subject}/", autoescape=True),
                ),
            )
            .order_by(table.c.id)
            .with_for_update()
        )
        return [message_of(row) for row in rows.mappings()]

    async def save(self, message: Message) -> None:
        values = {name: value for name, value in _row(message).items() if name not in _FIXED}
        await self._connection.execute(
            sa.update(table).where(table.c.id == message.id).values(values)
        )

    async def wake(self, customer_id: UUID, rule: str, now: datetime) -> None:
        await self._connection.execute(
            sa.update(table)
            .where(
                table.c.customer_id == customer_id,
                table.c.state == State.WAITING.value,
                sa.or_(table.c.rule == rule, table.c.rule.is_(None)),
            )
            .values(due_at=sa.func.least(table.c.due_at, now))
        )

    async def _one(self, statement: sa.Select[Any]) -> Message | None:
        row = (await self._connection.execute(statement)).mappings().one_or_none()
        return None if row is None else message_of(row)


def message_of(row: sa.RowMapping) -> Message:
    """The message that a row keeps."""
    values: dict[str, Any] = {name: row[name] for name in _PLAIN}
    return Message(
        **values | {"state": State(row["state"])},
        origin=Origin(row["correlation_id"], row["causation_id"], row["traceparent"]),
        calendar=None if row["calendar"] is None else _appointment(row["calendar"]),
    )


def _row(message: Message) -> dict[str, Any]:
    values = {name: getattr(message, name) for name in _PLAIN}
    return values | {
        "state": message.state.value,
        "data": dict(message.data),
        "calendar": None if message.calendar is None else _calendar(message.calendar),
        "correlation_id": message.origin.correlation_id,
        "causation_id": message.origin.causation_id,
        "traceparent": message.origin.traceparent,
    }


def _calendar(appointment: Appointment) -> dict[str, Any]:
    times = {
        "starts_at": appointment.starts_at.isoformat(),
        "ends_at": appointment.ends_at.isoformat(),
    }
    return asdict(appointment) | times


def _appointment(kept: dict[str, Any]) -> Appointment:
    times = {name: datetime.fromisoformat(kept[name]) for name in ("starts_at", "ends_at")}
    return Appointment(**kept | times)
