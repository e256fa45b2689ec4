"""The current truth of what invitations owns, page by page."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from kindred_common.contracts.codec import Outgoing
from kindred_common.db.transactions import Transaction
from kindred_common.messaging.republish import Page, PageReader
from kindred_invitations.adapters.postgres_events import PostgresEvents, event_of
from kindred_invitations.adapters.postgres_invitations import PostgresInvitations
from kindred_invitations.adapters.tables import event, invitation
from kindred_invitations.domain.event import Event
from kindred_invitations.domain.invitation import Invitation


def event_pages(told: Callable[[Event], Outgoing]) -> PageReader:
    """Reads events as they stand."""

    async def read(transaction: Transaction, after: str, limit: int) -> Page:
        statement = _behind(sa.select(event), event.c.id, after, limit)
        rows = await transaction.connection.execute(statement.with_for_update(key_share=True))
        events = [event_of(row) for row in rows.mappings()]
        last = str(events[-1].id) if len(events) == limit else None
        return Page([told(one) for one in events], last)

    return read


def invitation_pages(told: Callable[[Invitation, Event], Outgoing]) -> PageReader:
    """Reads the latest step of each invitation."""

    async def read(transaction: Transaction, after: str, limit: int) -> Page:
        connection = transaction.connection
        page = _behind(
            sa.select(invitation.c.id, invitation.c.event_id), invitation.c.id, after, limit
        )
        rows = (await connection.execute(page)).all()
        ids = sorted({row.event_id for row in rows})
        events = await PostgresEvents(connection).lock_against_change(ids)
        found = await PostgresInvitations(connection).lock_all([row.id for row in rows])
        last = str(rows[-1].id) if len(rows) == limit else None
        return Page([told(one, events[one.event_id]) for one in found], last)

    return read


def _behind(
    statement: sa.Select[Any], column: sa.Column[Any], after: str, limit: int
) -> sa.Select[Any]:
    if after:
        statement = statement.where(column > UUID(after))
    return statement.order_by(column).limit(limit)
