"""Customers in Postgres: always locked in the order of their ids, written many at once."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kindred_profile.adapters.arrays import columns_of, unnest
from kindred_profile.adapters.customer_rows import COLUMNS, NAMES, customer_of, row_of
from kindred_profile.application.ports import Kept, Known
from kindred_profile.domain.customers import Customer

_STATE = "c.version, c.profile_version, c.profile, c.details, c.look_at"

# Rows are locked after they are sorted, so two transactions can never wait for each other.
_LOCK = f"""
SELECT {NAMES}, {_STATE}, asked.id AS asked
  FROM unnest($1::uuid[]) AS asked(id)
  LEFT JOIN customer_identity AS alias ON alias.derived_id = asked.id AND alias.derived_id <> alias.id
  JOIN customer AS c ON c.id = coalesce(alias.id, asked.id)
 ORDER BY c.id FOR UPDATE OF c
"""  # noqa: S608 - made of constants

_LOCK_DUE = f"""
SELECT {NAMES}, {_STATE} FROM customer AS c WHERE c.look_at <= $1
 ORDER BY c.look_at LIMIT $2 FOR UPDATE SKIP LOCKED
"""  # noqa: S608 - made of constants

# Two transactions may bring the same new customer: the second waits here, then finds the row of the first.
_MAKE = """
INSERT INTO customer (id) SELECT id FROM unnest($1::uuid[]) AS new(id) ORDER BY id
ON CONFLICT DO NOTHING RETURNING id
"""

_SAVE = f"""
UPDATE customer AS c SET version = c.version + 1, {", ".join(f"{n} = r.{n}" for n in COLUMNS)}
  FROM {unnest(list(COLUMNS.values()))} AS r({", ".join(COLUMNS)}) WHERE c.id = r.id
"""  # noqa: S608 - made of constants

_KEEP = """
UPDATE customer AS c
   SET profile_version = k.profile_version, profile = k.profile, details = k.details, look_at = k.look_at
  FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::timestamptz[])
    AS k(id, profile_version, profile, details, look_at)
 WHERE c.id = k.id
"""

_LOOK_AGAIN = """
UPDATE customer AS c SET look_at = k.look_at
  FROM unnest($1::uuid[], $2::timestamptz[]) AS k(id, look_at) WHERE c.id = k.id
"""


class PostgresCustomers:
    """The rows of customers, on one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def lock(self, asked: Collection[UUID]) -> Mapping[UUID, Known]:
        if not asked:
            return {}
        rows = await self._connection.exec_driver_sql(_LOCK, (list(asked),))
        return {row.asked: _known(row) for row in rows}

    async def lock_due(self, now: datetime, limit: int) -> Sequence[Known]:
        rows = await self._connection.exec_driver_sql(_LOCK_DUE, (now, limit))
        return [_known(row) for row in rows]

    async def of_accounts(self, account_ids: Collection[UUID]) -> frozenset[UUID]:
        if not account_ids:
            return frozenset()
        statement = "SELECT id FROM customer WHERE account_id = ANY($1::uuid[])"
        rows = await self._connection.exec_driver_sql(statement, (list(account_ids),))
        return frozenset(row.id for row in rows)

    async def make(self, ids: Collection[UUID]) -> frozenset[UUID]:
        rows = await self._connection.exec_driver_sql(_MAKE, (list(ids),))
        return frozenset(row.id for row in rows)

    async def save(self, customers: Sequence[Customer]) -> None:
        columns = columns_of((row_of(customer) for customer in customers), len(COLUMNS))
        await self._connection.exec_driver_sql(_SAVE, columns)

    async def keep(self, kept: Sequence[Kept]) -> None:
        rows = ((k.customer_id, k.profile_version, k.profile, k.details, k.look_at) for k in kept)
        await self._connection.exec_driver_sql(_KEEP, columns_of(rows, 5))

    async def look_again(self, moments: Mapping[UUID, datetime | None]) -> None:
        if moments:
            parameters = (list(moments), list(moments.values()))
            await self._connection.exec_driver_sql(_LOOK_AGAIN, parameters)


def _known(row: Any) -> Known:
    version, profile_version, profile, details, look_at = row[len(COLUMNS) : len(COLUMNS) + 5]
    return Known(customer_of(row), version, profile_version, profile, details, look_at)
