"""Accounts in Postgres."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kindred_profile.adapters.arrays import columns_of, unnest
from kindred_profile.application.ports import KnownAccount
from kindred_profile.domain.customers import Account

COLUMNS = {
    "id": "uuid",
    "name": "text",
    "account_value": "float8",
    "public_sector": "bool",
    "account_manager_id": "text",
    "account_manager_name": "text",
    "account_manager_email": "text",
    "team": "text",
    "active": "bool",
}
NAMES = ", ".join(f"a.{name}" for name in COLUMNS)

_FIND = f"SELECT {NAMES}, a.version FROM account AS a WHERE a.id = ANY($1::uuid[]) ORDER BY a.id"  # noqa: S608 - made of constants

_MAKE = """
INSERT INTO account (id) SELECT id FROM unnest($1::uuid[]) AS new(id) ORDER BY id
ON CONFLICT DO NOTHING RETURNING id
"""

_SAVE = f"""
UPDATE account AS a SET version = a.version + 1, {", ".join(f"{n} = r.{n}" for n in COLUMNS)}
  FROM {unnest(list(COLUMNS.values()))} AS r({", ".join(COLUMNS)}) WHERE a.id = r.id
"""  # noqa: S608 - made of constants


class PostgresAccounts:
    """The rows of accounts, on one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def find(self, ids: Collection[UUID]) -> Mapping[UUID, Account]:
        return {i: known.account for i, known in (await self._read(_FIND, ids)).items()}

    async def hold(self, ids: Collection[UUID]) -> Mapping[UUID, Account]:
        held = await self._read(f"{_FIND} FOR SHARE", ids)
        return {i: known.account for i, known in held.items()}

    async def lock(self, ids: Collection[UUID]) -> Mapping[UUID, KnownAccount]:
        return await self._read(f"{_FIND} FOR UPDATE", ids)

    async def make(self, ids: Collection[UUID]) -> frozenset[UUID]:
        rows = await self._connection.exec_driver_sql(_MAKE, (list(ids),))
        return frozenset(row.id for row in rows)

    async def save(self, accounts: Sequence[Account]) -> None:
        rows = ([getattr(account, name) for name in COLUMNS] for account in accounts)
        await self._connection.exec_driver_sql(_SAVE, columns_of(rows, len(COLUMNS)))

    async def _read(self, statement: str, ids: Collection[UUID]) -> dict[UUID, KnownAccount]:
        if not ids:
            return {}
        rows = await self._connection.exec_driver_sql(statement, (list(ids),))
        return {row.id: KnownAccount(account_of(row), row.version) for row in rows}


def account_of(row: Any) -> Account:
    """The account in a row that begins with the columns."""
    return Account(*row[: len(COLUMNS)])
