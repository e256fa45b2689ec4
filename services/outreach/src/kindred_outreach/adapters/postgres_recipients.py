"""Customers' details and what they said about being written to, in Postgres."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from kindred_common.db.transactions import Transaction
from kindred_outreach.adapters.tables import consent, recipient
from kindred_outreach.domain.consents import Statement, Statements
from kindred_outreach.domain.recipients import Recipient


class PostgresRecipients:
    """The details that profile published last."""

    def __init__(self, transaction: Transaction) -> None:
        self._connection = transaction.connection

    async def put(self, known: Recipient) -> None:
        values = asdict(known)
        statement = insert(recipient).values(values)
        await self._connection.execute(
            statement.on_conflict_do_update(index_elements=["customer_id"], set_=values)
        )

    async def remove(self, customer_id: UUID) -> None:
        await self._connection.execute(
            sa.delete(recipient).where(recipient.c.customer_id == customer_id)
        )

    async def find(self, customer_id: UUID) -> Recipient | None:
        return await self._one(self._of(customer_id))

    async def lock(self, customer_id: UUID) -> Recipient | None:
        return await self._one(self._of(customer_id).with_for_update())

    def _of(self, customer_id: UUID) -> sa.Select[Any]:
        return sa.select(recipient).where(recipient.c.customer_id == customer_id)

    async def _one(self, statement: sa.Select[Any]) -> Recipient | None:
        row = (await self._connection.execute(statement)).mappings().one_or_none()
        return None if row is None else Recipient(**row)


class PostgresConsents:
    """The last statement of each customer on each purpose."""

    def __init__(self, transaction: Transaction) -> None:
        self._connection = transaction.connection

    async def put(self, customer_id: UUID, purpose: str, statement: Statement) -> None:
        values = {"state": str(statement.state), "stated_at": statement.stated_at}
        row = insert(consent).values(customer_id=customer_id, purpose=str(purpose), **values)
        await self._connection.execute(
            row.on_conflict_do_update(
                index_elements=["customer_id", "purpose"],
                set_=values,
                where=consent.c.stated_at <= statement.stated_at,
            )
        )

    async def of(self, customer_id: UUID) -> Statements:
        rows = await self._connection.execute(
            sa.select(consent).where(consent.c.customer_id == customer_id)
        )
        return {row.purpose: Statement(row.state, row.stated_at) for row in rows}
