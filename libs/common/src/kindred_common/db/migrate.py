"""Runs a service's Alembic migrations: a step of its own, never at start."""

import asyncio
from pathlib import Path
from types import ModuleType

from alembic import command, context
from alembic.config import Config
from sqlalchemy import Connection, pool
from sqlalchemy.ext.asyncio import create_async_engine

from kindred_common.db.settings import DatabaseSettings


def migrations_of(package: ModuleType) -> Path:
    """The folder with a service's migrations, in an installed package or a source tree."""
    root = Path(str(package.__file__)).parent
    installed = root / "migrations"
    return installed if installed.is_dir() else root.parents[1] / "migrations"


def migrate(settings: DatabaseSettings, migrations: Path, *, to: str = "head") -> None:
    """Brings the database to revision ``to``."""
    command.upgrade(_config(settings, migrations), to)


def _config(settings: DatabaseSettings, migrations: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    config.attributes["settings"] = settings
    return config


def run_environment() -> None:
    """The whole of a service's ``migrations/env.py``."""
    settings = context.config.attributes["settings"]
    asyncio.run(_run(settings))


async def _run(settings: DatabaseSettings) -> None:
    engine = create_async_engine(
        settings.address(),
        poolclass=pool.NullPool,
        connect_args={"server_settings": {"lock_timeout": "10000"}},
    )
    async with engine.connect() as connection:
        await connection.run_sync(_upgrade)
        await connection.commit()
    await engine.dispose()


def _upgrade(connection: Connection) -> None:
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
