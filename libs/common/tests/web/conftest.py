from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

from kindred_common.db.engine import create_engine
from kindred_common.security.migrations import create_security_tables
from kindred_common.testing.databases import fresh_database
from kindred_common.testing.sites import Site, lay_out_site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return lay_out_site(tmp_path / "keys", scopes=["things:write"])


@pytest.fixture
async def engine(postgres_server: str) -> AsyncIterator[AsyncEngine]:
    async with fresh_database(postgres_server) as settings:
        engine = create_engine(settings, application="test")
        async with engine.begin() as connection:
            await connection.run_sync(_create_tables)
        yield engine
        await engine.dispose()


def _create_tables(connection: Connection) -> None:
    create_security_tables(Operations(MigrationContext.configure(connection)))
