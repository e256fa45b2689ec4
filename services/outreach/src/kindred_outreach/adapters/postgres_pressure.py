"""Contact moments and suppressed addresses, in Postgres."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from kindred_common.db.transactions import Transaction
from kindred_outreach.adapters.tables import contact_moment, soft_bounce, suppression
from kindred_outreach.domain.messages import Message
from kindred_outreach.domain.pressure import ContactMoment
from kindred_outreach.domain.recipients import address_hash


class PostgresContacts:
    """The moments that count for contact pressure; the recipient's lock orders those who reserve."""

    def __init__(self, transaction: Transaction) -> None:
        self._connection = transaction.connection

    async def reserve(self, message: Message, now: datetime) -> None:
        row = insert(contact_moment).values(
            message_id=message.id,
            customer_id=message.customer_id,
            message_class=message.message_class,
            at=now,
        )
        await self._connection.execute(
            row.on_conflict_do_update(index_elements=["message_id"], set_={"at": now})
        )

    async def release(self, message_id: UUID) -> None:
        await self._connection.execute(
            sa.delete(contact_moment).where(contact_moment.c.message_id == message_id)
        )

    async def of(
        self, customer_id: UUID, since: datetime, *, but: UUID | None = None
    ) -> Sequence[ContactMoment]:
        statement = sa.select(contact_moment).where(
            contact_moment.c.customer_id == customer_id, contact_moment.c.at > since
        )
        if but is not None:
            statement = statement.where(contact_moment.c.message_id != but)
        rows = await self._connection.execute(statement.order_by(contact_moment.c.at))
        return [ContactMoment(row.message_class, row.at) for row in rows]


class PostgresSuppressions:
    """Addresses that are not written to; an address itself is not kept."""

    def __init__(self, transaction: Transaction) -> None:
        self._connection = transaction.connection

    async def find(self, address: str) -> str | None:
        reason: str | None = await self._connection.scalar(
            sa.select(suppression.c.reason).where(
                suppression.c.address_hash == address_hash(address)
            )
        )
        return reason

    async def add(self, address: str, reason: str, now: datetime) -> None:
        row = insert(suppression).values(address_hash=address_hash(address), reason=reason, at=now)
        await self._connection.execute(row.on_conflict_do_nothing())

    async def lift(self, address: str) -> bool:
        hashed = address_hash(address)
        for table in (soft_bounce, suppression):
            result = await self._connection.execute(
                sa.delete(table).where(table.c.address_hash == hashed)
            )
        return result.rowcount > 0

    async def note_soft_bounce(
        self, message_id: UUID, address: str, now: datetime, since: datetime
    ) -> int:
        hashed = address_hash(address)
        row = insert(soft_bounce).values(message_id=message_id, address_hash=hashed, at=now)
        await self._connection.execute(row.on_conflict_do_nothing())
        count = await self._connection.scalar(
            sa.select(sa.func.count()).where(
                soft_bounce.c.address_hash == hashed, soft_bounce.c.at > since
            )
        )
        return int(count or 0)
