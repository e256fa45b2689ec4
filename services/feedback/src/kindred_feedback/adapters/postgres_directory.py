"""Events and customers in Postgres, as other services tell them."""

from dataclasses import asdict
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from kindred_feedback.adapters import tables
from kindred_feedback.domain.guest import KnownCustomer, KnownEvent


class PostgresDirectory:
    """Implements ``application.ports.Directory``."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def know_event(self, event: KnownEvent) -> None:
        row = asdict(event)
        statement = insert(tables.event).values(row)
        await self._connection.execute(
            statement.on_conflict_do_update(index_elements=["event_id"], set_=row)
        )

    async def know_customer(self, customer: KnownCustomer) -> None:
        row = asdict(customer)
        statement = insert(tables.customer).values(row)
        await self._connection.execute(
            statement.on_conflict_do_update(index_elements=["customer_id"], set_=row)
        )

    async def forget_customer(self, customer_id: UUID) -> None:
        await self._connection.execute(
            delete(tables.customer).where(tables.customer.c.customer_id == customer_id)
        )

    async def event(self, event_id: UUID) -> KnownEvent | None:
        statement = select(tables.event).where(tables.event.c.event_id == event_id)
        row = (await self._connection.execute(statement)).mappings().one_or_none()
        return None if row is None else KnownEvent(**row)

    async def customer(self, customer_id: UUID) -> KnownCustomer | None:
        statement = select(tables.customer).where(tables.customer.c.customer_id == customer_id)
        row = (await self._connection.execute(statement)).mappings().one_or_none()
        return None if row is None else KnownCustomer(**row)
