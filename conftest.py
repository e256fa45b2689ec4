"""The real servers every test may use: those of the developer where named, else one pair for the whole run."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling

from kindred_cli.servers.kafka import EmbeddedKafka
from kindred_cli.servers.postgres import EmbeddedPostgres
from kindred_cli.servers.stores import kafka_classpath
from kindred_cli.settings import TestServerSettings
from kindred_common.testing.ports import free_port

# Speed is measured elsewhere: an example that a busy machine was slow with is no fault.
settings.register_profile(
    "patient", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("patient")

IN_ONE_PROCESS = {
    "the kernels of the market": (
        "services/matching/tests/market/test_auditor.py",
        "services/matching/tests/market/test_operations.py",
        "services/matching/tests/market/test_solve.py",
    ),
    "the system that kindred up starts": (
        "e2e/test_up.py",
        "e2e/test_demo.py",
        "e2e/test_import.py",
    ),
    "chaos beside kill -9": (
        "chaos/test_bad_records_replay.py",
        "chaos/test_last_seat.py",
        "chaos/test_mail_once.py",
        "chaos/test_stream_does_not_matter.py",
        "chaos/test_who_came_is_asked_once.py",
    ),
}
"""Modules that share a system, or what one of them has compiled."""


class ByModule(LoadScopeScheduling):  # type: ignore[misc]  # xdist publishes no types
    """Gives the tests of a module to one process, and those of modules that share something costly.

    The marks by which xdist itself would group tests do nothing with pytest 9.2 (pytest-xdist issue 1386).
    """

    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.partition("::")[0]
        for system, modules in IN_ONE_PROCESS.items():
            if module.removeprefix("tests/") in modules:
                return system
        return module


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByModule | None:
    """Ours, where the tests are to be given out by what they share."""
    return ByModule(config, log) if config.getvalue("dist") == "loadscope" else None


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
