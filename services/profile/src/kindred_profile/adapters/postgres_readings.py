"""What the API reads, from Postgres."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kindred_profile.adapters import customer_rows, postgres_accounts
from kindred_profile.adapters.customer_rows import customer_of
from kindred_profile.adapters.postgres_accounts import account_of
from kindred_profile.application.ports import Identity
from kindred_profile.application.queries import (
    AccountView,
    CustomerView,
    ProfileView,
    Sight,
    TimedFact,
)

_CUSTOMERS = f"""
SELECT {customer_rows.NAMES}, c.version, {postgres_accounts.NAMES}
  FROM customer AS c LEFT JOIN account AS a ON a.id = c.account_id
"""  # noqa: S608 - made of constants

_BY_ID = """
 WHERE c.id = coalesce(
    (SELECT i.id FROM customer_identity AS i WHERE i.derived_id = $1 AND i.derived_id <> i.id), $1::uuid)
"""

_SEEN = "($1 OR a.account_manager_id = $2 OR a.team = ANY($3::text[]))"

_PAGE = f"""
 WHERE {_SEEN} AND ($4::uuid IS NULL OR c.account_id = $4) AND ($5::uuid IS NULL OR c.id > $5)
 ORDER BY c.id LIMIT $6
"""

_ACCOUNTS = f"SELECT {postgres_accounts.NAMES}, a.version FROM account AS a"  # noqa: S608 - made of constants

_TIME_LINE = """
SELECT id, kind, subject, source, observed_at, recorded_at, number, choice, confidence, happened_at, detail::text
  FROM fact WHERE customer_id = $1 AND ($2::text[] = '{}' OR kind = ANY($2))
   AND ($3::timestamptz IS NULL OR (observed_at, id) < ($3, $4::bigint))
 ORDER BY observed_at DESC, id DESC LIMIT $5
"""


class PostgresReadings:
    """Reads on one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def customer(self, customer_id: UUID) -> CustomerView | None:
        rows = await self._connection.exec_driver_sql(_CUSTOMERS + _BY_ID, (customer_id,))
        row = rows.one_or_none()
        return None if row is None else _view(row)

    async def customers(
        self, sight: Sight, account_id: UUID | None, after: UUID | None, limit: int
    ) -> Sequence[CustomerView]:
        parameters = (*_seen(sight), account_id, after, limit)
        rows = await self._connection.exec_driver_sql(_CUSTOMERS + _PAGE, parameters)
        return [_view(row) for row in rows]

    async def names(self, customer_id: UUID) -> Sequence[Identity]:
        statement = (
            "SELECT source, external_id FROM customer_identity WHERE id = $1"
            " ORDER BY source, external_id"
        )
        rows = await self._connection.exec_driver_sql(statement, (customer_id,))
        return [Identity(row.source, row.external_id) for row in rows]

    async def account(self, account_id: UUID) -> AccountView | None:
        statement = f"{_ACCOUNTS} WHERE a.id = $1"
        rows = await self._connection.exec_driver_sql(statement, (account_id,))
        row = rows.one_or_none()
        return None if row is None else AccountView(account_of(row), row.version)

    async def accounts(self, sight: Sight, after: UUID | None, limit: int) -> Sequence[AccountView]:
        statement = (
            f"{_ACCOUNTS} WHERE {_SEEN} AND ($4::uuid IS NULL OR a.id > $4) ORDER BY a.id LIMIT $5"
        )
        parameters = (*_seen(sight), after, limit)
        rows = await self._connection.exec_driver_sql(statement, parameters)
        return [AccountView(account_of(row), row.version) for row in rows]

    async def profile(self, customer_id: UUID) -> ProfileView | None:
        statement = (
            "SELECT profile, profile_version FROM customer WHERE id = $1 AND profile IS NOT NULL"
        )
        rows = await self._connection.exec_driver_sql(statement, (customer_id,))
        row = rows.one_or_none()
        return None if row is None else ProfileView(row.profile, row.profile_version)

    async def time_line(
        self,
        customer_id: UUID,
        kinds: Sequence[str],
        before: tuple[datetime, int] | None,
        limit: int,
    ) -> Sequence[TimedFact]:
        moment, number = before or (None, None)
        parameters = (customer_id, list(kinds), moment, number, limit)
        rows = await self._connection.exec_driver_sql(_TIME_LINE, parameters)
        return [TimedFact(*tuple(row)) for row in rows]


def _seen(sight: Sight) -> tuple[bool, str, list[str]]:
    return sight.everything, sight.manager, list(sight.teams)


def _view(row: Any) -> CustomerView:
    width = len(customer_rows.COLUMNS)
    account = row[width + 1 :]
    return CustomerView(
        customer_of(row), None if account[0] is None else account_of(account), row[width]
    )
