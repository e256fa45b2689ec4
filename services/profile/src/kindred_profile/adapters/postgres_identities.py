"""Names of other systems and the ids they stand for, in Postgres."""

from collections.abc import Callable, Collection, Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kindred_common.contracts.identity import account_id_of, customer_id_of
from kindred_profile.application.ports import Identity

_Derive = Callable[[str, str], UUID]

_FIND = """
SELECT i.source, i.external_id, i.id FROM {table} AS i
  JOIN unnest($1::text[], $2::text[]) AS asked(source, external_id) USING (source, external_id)
"""

_NAME = """
INSERT INTO {table} (source, external_id, derived_id, id)
SELECT * FROM unnest($1::text[], $2::text[], $3::uuid[], $4::uuid[]) ON CONFLICT DO NOTHING
"""


class PostgresIdentities:
    """The names, on one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def customers(self, names: Collection[Identity]) -> Mapping[Identity, UUID]:
        return await self._find("customer_identity", names, customer_id_of)

    async def accounts(self, names: Collection[Identity]) -> Mapping[Identity, UUID]:
        return await self._find("account_identity", names, account_id_of)

    async def name_customers(self, names: Mapping[Identity, UUID]) -> None:
        await self._name("customer_identity", names, customer_id_of)

    async def name_accounts(self, names: Mapping[Identity, UUID]) -> None:
        await self._name("account_identity", names, account_id_of)

    async def _find(
        self, table: str, names: Collection[Identity], derive: _Derive
    ) -> Mapping[Identity, UUID]:
        if not names:
            return {}
        asked = ([name.source for name in names], [name.external_id for name in names])
        rows = await self._connection.exec_driver_sql(_FIND.format(table=table), asked)
        known = {Identity(row.source, row.external_id): row.id for row in rows}
        return {name: known.get(name) or derive(*name) for name in names}

    async def _name(self, table: str, names: Mapping[Identity, UUID], derive: _Derive) -> None:
        parameters = (
            [name.source for name in names],
            [name.external_id for name in names],
            [derive(*name) for name in names],
            list(names.values()),
        )
        await self._connection.exec_driver_sql(_NAME.format(table=table), parameters)
