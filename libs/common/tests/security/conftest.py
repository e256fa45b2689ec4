from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

from kindred_common.clock import new_id
from kindred_common.db.engine import create_engine
from kindred_common.security.local_issuer import LocalIssuer
from kindred_common.security.migrations import create_security_tables
from kindred_common.testing.clocks import FakeClock
from kindred_common.testing.databases import fresh_database


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def issuer(tmp_path: Path, clock: FakeClock) -> LocalIssuer:
    return LocalIssuer(
        tmp_path / "keys", issuer="kindred-local", audience="kindred", clock=clock, ids=new_id
    )


@pytest.fixture
async def engine(postgres_server: str) -> AsyncIterator[AsyncEngine]:
    async with fresh_database(postgres_server) as settings:
        engine = create_engine(settings, application="test")
        async with engine.begin() as connection:
            await connection.run_sync(create_tables)
        yield engine
        await engine.dispose()


def create_tables(connection: Connection) -> None:
    create_security_tables(Operations(MigrationContext.configure(connection)))
