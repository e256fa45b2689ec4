"""Databases for tests on a real server: each its own, migrated as in production, gone afterwards."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import ModuleType

from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

import kindred_common
from kindred_common.clock import new_id
from kindred_common.db.migrate import migrate, migrations_of
from kindred_common.db.settings import DatabaseSettings

_SHARED = ("messaging/tables.py", "security/migrations.py")
"""What services' migrations call: part of what a migrated database depends on."""

_EMPTY = """
DO $$ DECLARE name text; BEGIN
  SET LOCAL session_replication_role = replica; -- else foreign keys and the guard of the audit log would object
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
    EXECUTE format('DELETE FROM %I', name);
  END LOOP;
END $$
"""


@asynccontextmanager
async def fresh_database(
    admin_url: str, package: ModuleType | None = None
) -> AsyncIterator[DatabaseSettings]:
    """A new database, with the migrations of ``package`` run, dropped at the end."""
    name = f"test_{new_id().hex[-16:]}"
    template = "" if package is None else f' TEMPLATE "{await _migrated(admin_url, package)}"'
    await _execute(admin_url, f'CREATE DATABASE "{name}"{template}')
    try:
        yield _settings(admin_url, name)
    finally:
        await _execute(admin_url, f'DROP DATABASE "{name}" WITH (FORCE)')


async def empty(engine: AsyncEngine) -> None:
    """Deletes every row, so that a service that goes on running is as new to the next test."""
    async with engine.begin() as connection:
        await connection.execute(text(_EMPTY))


async def _migrated(admin_url: str, package: ModuleType) -> str:
    """The database from which a package's are copied: migrated once for each state of the migrations, then kept."""
    digest = _digest(package)
    name = f"template_{package.__name__}_{digest}"
    async with _connection(admin_url) as connection:
        await connection.execute(text(f"SELECT pg_advisory_lock({int(digest, 16)})"))
        known = await connection.scalar(
            text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": name}
        )
        if known is None:
            draft = f"{name}_draft"
            await connection.execute(text(f'DROP DATABASE IF EXISTS "{draft}" WITH (FORCE)'))
            await connection.execute(text(f'CREATE DATABASE "{draft}"'))
            await asyncio.to_thread(migrate, _settings(admin_url, draft), migrations_of(package))
            await connection.execute(text(f'ALTER DATABASE "{draft}" RENAME TO "{name}"'))
    return name


def _digest(package: ModuleType) -> str:
    common = Path(str(kindred_common.__file__)).parent
    files = [*sorted(migrations_of(package).rglob("*.py")), *(common / name for name in _SHARED)]
    content = b"".join(hashlib.sha256(file.read_bytes()).digest() for file in files)
    return hashlib.sha256(content).hexdigest()[:12]


def _settings(admin_url: str, database: str) -> DatabaseSettings:
    url = make_url(admin_url).set(database=database)
    return DatabaseSettings(url=url.render_as_string(hide_password=False))


async def _execute(admin_url: str, statement: str) -> None:
    async with _connection(admin_url) as connection:
        await connection.execute(text(statement))


@asynccontextmanager
async def _connection(admin_url: str) -> AsyncIterator[AsyncConnection]:
    address = DatabaseSettings(url=admin_url).address()
    engine = create_async_engine(address, isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as connection:
            yield connection
    finally:
        await engine.dispose()
