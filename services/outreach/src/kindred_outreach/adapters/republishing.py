"""The latest outcome of each message, page by page."""

from collections.abc import Callable
from uuid import UUID

import sqlalchemy as sa

from kindred_common.contracts.codec import Outgoing
from kindred_common.db.transactions import Transaction
from kindred_common.messaging.republish import Page, PageReader
from kindred_outreach.adapters.postgres_messages import message_of
from kindred_outreach.adapters.tables import message as table
from kindred_outreach.domain.messages import Message, State


def outcome_pages(states: frozenset[State], outcome: Callable[[Message], Outgoing]) -> PageReader:
    """Reads messages in the given states as their outcomes."""

    async def read(transaction: Transaction, after: str, limit: int) -> Page:
        statement = sa.select(table).where(table.c.state.in_([state.value for state in states]))
        if after:
            statement = statement.where(table.c.id > UUID(after))
        rows = await transaction.connection.execute(
            statement.order_by(table.c.id).limit(limit).with_for_update()
        )
        messages = [message_of(row) for row in rows.mappings()]
        last = str(messages[-1].id) if len(messages) == limit else None
        return Page([outcome(message) for message in messages], last)

    return read
