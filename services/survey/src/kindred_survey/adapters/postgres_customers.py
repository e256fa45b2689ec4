from collections.abc import Mapping, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from kindred_common.clock import Clock
from kindred_common.security.personal_links import PersonalLinks
from kindred_survey.adapters.tables import customer
from kindred_survey.application.ports import Customer

_LEARN = """
INSERT INTO customer (id, active, language, account_manager_id, team)
SELECT * FROM unnest($1::uuid[], $2::bool[], $3::text[], $4::text[], $5::text[]) ORDER BY 1
ON CONFLICT (id) DO UPDATE SET active = excluded.active, language = excluded.language,
    account_manager_id = excluded.account_manager_id, team = excluded.team
"""


class PostgresCustomers:
    """The projection of the customers' details in Postgres."""

    def __init__(self, connection: AsyncConnection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    async def learn(self, customers: Sequence[Customer]) -> None:
        if not customers:
            return
        rows = [(c.id, c.active, c.language, c.account_manager_id, c.team) for c in customers]
        columns = tuple([*column] for column in zip(*rows, strict=True))
        await self._connection.exec_driver_sql(_LEARN, columns)

    async def forget(self, customer_ids: Sequence[UUID]) -> None:
        if not customer_ids:
            return
        await self._connection.execute(
            sa.delete(customer).where(customer.c.id.in_(sorted(customer_ids)))
        )
        links = PersonalLinks(self._connection)
        for customer_id in sorted(customer_ids):
            await links.revoke(customer_id, self._clock.now())

    async def find(self, customer_ids: Sequence[UUID]) -> Mapping[UUID, Customer]:
        statement = sa.select(customer).where(customer.c.id.in_(customer_ids))
        rows = (await self._connection.execute(statement)).mappings()
        return {row["id"]: Customer(**row) for row in rows}
