"""The real servers every test may use: those of the developer where named, else one pair for the whole run."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from kindred_cli.servers.kafka import EmbeddedKafka
from kindred_cli.servers.machine import free_port
from kindred_cli.servers.postgres import EmbeddedPostgres
from kindred_cli.servers.stores import kafka_classpath
from kindred_cli.settings import TestServerSettings


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An administrator's address (`postgresql://...`); `KINDRED_TEST_POSTGRES` names a running one."""
    running = TestServerSettings().postgres
    if running:
        yield running
        return
    server = EmbeddedPostgres(tmp_path_factory.mktemp("postgres"), free_port(), durable=False)
    asyncio.run(server.start())
    try:
        yield server.admin_url
    finally:
        asyncio.run(server.stop())


@pytest.fixture(scope="session")
def kafka_server(
    tmp_path_factory: pytest.TempPathFactory, kafka_classpath_on_disk: str
) -> Iterator[str]:
    """A bootstrap address; `KINDRED_TEST_KAFKA` names a running one."""
    running = TestServerSettings().kafka
    if running:
        yield running
        return
    folder: Path = tmp_path_factory.mktemp("kafka")
    server = EmbeddedKafka(folder, free_port(), free_port(), kafka_classpath_on_disk)
    asyncio.run(server.start())
    try:
        yield server.bootstrap
    finally:
        server.kill()


@pytest.fixture(scope="session")
def kafka_classpath_on_disk() -> str:
    """The broker's jars, for tests that start a broker of their own."""
    return kafka_classpath()
