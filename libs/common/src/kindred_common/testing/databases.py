"""Databases for tests on a real server: each its own, migrated as in production, gone afterwards."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import ModuleType

from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from kindred_common.clock import new_id
from kindred_common.db.migrate import migrate, migrations_of
from kindred_common.db.settings import DatabaseSettings


@asynccontextmanager
async def fresh_database(
    admin_url: str, package: ModuleType | None = None
) -> AsyncIterator[DatabaseSettings]:
    """A new database, with the migrations of ``package`` run, dropped at the end."""
    name = f"test_{new_id().hex[-16:]}"
    await _execute(admin_url, f'CREATE DATABASE "{name}"')
    url = make_url(admin_url).set(database=name)
    settings = DatabaseSettings(url=url.render_as_string(hide_password=False))
    try:
        if package is not None:
            await asyncio.to_thread(migrate, settings, migrations_of(package))
        yield settings
    finally:
        await _execute(admin_url, f'DROP DATABASE "{name}" WITH (FORCE)')


async def _execute(admin_url: str, statement: str) -> None:
    address = DatabaseSettings(url=admin_url).address()
    engine = create_async_engine(address, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(statement))
    await engine.dispose()
