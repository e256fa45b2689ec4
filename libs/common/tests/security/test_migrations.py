from alembic.autogenerate import compare_metadata
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect
from sqlalchemy.ext.asyncio import AsyncEngine

from kindred_common.security.migrations import drop_security_tables
from kindred_common.security.tables import security_metadata


async def test_the_migration_makes_what_the_code_uses(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        assert await connection.run_sync(_differences) == []


async def test_the_migration_can_be_undone(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.run_sync(_drop)
        assert await connection.run_sync(lambda sync: inspect(sync).get_table_names()) == []


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_server_default": True})
    return list(compare_metadata(context, security_metadata))


def _drop(connection: Connection) -> None:
    drop_security_tables(Operations(MigrationContext.configure(connection)))
