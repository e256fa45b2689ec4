"""Brings the services' databases up to date, as `python -m kindred_<service> migrate` does, but all in one process."""

import asyncio
from collections.abc import Iterable
from importlib import import_module

from alembic.util import CommandError
from pydantic import SecretStr
from sqlalchemy.exc import SQLAlchemyError

from kindred_cli.launcher.services import Surroundings
from kindred_cli.servers.errors import ServerError
from kindred_common.contracts.vocabulary import Service
from kindred_common.db.migrate import migrate, migrations_of
from kindred_common.db.settings import DatabaseSettings


async def migrate_all(services: Iterable[Service], around: Surroundings) -> None:
    """One after the other: Alembic keeps its state in the process.

    Raises:
        ServerError: a database could not be brought up to date, or the service is not installed.
    """
    for service in services:
        try:
            await asyncio.to_thread(_migrate, service, around)
        except (SQLAlchemyError, CommandError, OSError, ImportError) as error:
            line = str(error).strip().splitlines()[0]
            raise ServerError(f"the database of {service}: {line}") from error


def _migrate(service: Service, around: Surroundings) -> None:
    settings = DatabaseSettings(
        url=around.database_urls[service], password=SecretStr(around.passwords[service])
    )
    migrate(settings, migrations_of(import_module(f"kindred_{service}")))
