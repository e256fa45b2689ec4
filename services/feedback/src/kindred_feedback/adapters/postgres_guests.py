"""Guests in Postgres."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import RowMapping, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from kindred_feedback.adapters.tables import guest as table
from kindred_feedback.domain.guest import Guest


class PostgresGuests:
    """Implements ``application.ports.Guests``."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def note(self, guest: Guest) -> None:
        row = {
            "invitation_id": guest.invitation_id,
            "customer_id": guest.customer_id,
            "event_id": guest.event_id,
            "event_kind": guest.event_kind,
            "themes": [list(theme) for theme in guest.themes],
            "event_ends_at": guest.event_ends_at,
            "attended": guest.attended,
            "seen_at": guest.seen_at,
            "correlation_id": guest.correlation_id,
            "causation_id": guest.causation_id,
        }
        # Who was asked keeps the request as the cause of what he says.
        statement = insert(table).values(row)
        newer = (table.c.seen_at < guest.seen_at) & table.c.asked_at.is_(None)
        await self._connection.execute(
            statement.on_conflict_do_update(index_elements=["invitation_id"], set_=row, where=newer)
        )

    async def lock(self, invitation_id: UUID) -> Guest | None:
        statement = select(table).where(table.c.invitation_id == invitation_id).with_for_update()
        row = (await self._connection.execute(statement)).mappings().one_or_none()
        return None if row is None else guest_of(row)

    async def asked(self, guest: Guest, message_id: UUID, request_id: str, now: datetime) -> None:
        await self._connection.execute(
            update(table)
            .where(table.c.invitation_id == guest.invitation_id)
            .values(
                asked_at=now,
                message_id=message_id,
                message_status="requested",
                causation_id=request_id,
            )
        )

    async def follow(self, message_id: UUID, status: str, rule: str | None) -> None:
        await self._connection.execute(
            update(table)
            .where(table.c.message_id == message_id)
            .values(message_status=status, message_rule=rule)
        )


def guest_of(row: RowMapping) -> Guest:
    """A guest from his row."""
    return Guest(
        invitation_id=row["invitation_id"],
        customer_id=row["customer_id"],
        event_id=row["event_id"],
        event_kind=row["event_kind"],
        themes=tuple((theme, float(weight)) for theme, weight in row["themes"]),
        event_ends_at=row["event_ends_at"],
        attended=row["attended"],
        seen_at=row["seen_at"],
        correlation_id=row["correlation_id"],
        causation_id=row["causation_id"],
        asked_at=row["asked_at"],
    )
