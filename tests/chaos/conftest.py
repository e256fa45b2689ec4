"""One system for all chaos tests, in one event loop, and an account of the run at its end."""

import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from tests.chaos.report import LINES, Report
from tests.chaos.settings import ChaosSettings
from tests.system import System

from kindred_common.contracts.vocabulary import Service

SERVICES = (
    Service.SURVEY,
    Service.PROFILE,
    Service.MATCHING,
    Service.INVITATIONS,
    Service.OUTREACH,
)
SETTINGS = pytest.StashKey[ChaosSettings]()


def pytest_configure(config: pytest.Config) -> None:
    # It tells each failure of a broker that we have killed ourselves.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    config.stash[SETTINGS] = ChaosSettings()
    config.stash[LINES] = []


def pytest_report_header(config: pytest.Config) -> str:
    return f"chaos: KINDRED_CHAOS_SEED={config.stash[SETTINGS].seed}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # It compares everything there is on the topics, so it comes before others have written there.
    items.sort(key=lambda item: item.path.name != "test_kill_9.py")
    # Processes, clients and database engines of the shared system belong to one loop.
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    lines = config.stash[LINES]
    if lines:
        terminalreporter.section("chaos")
        terminalreporter.write_line(f"KINDRED_CHAOS_SEED={config.stash[SETTINGS].seed}")
        for line in lines:
            terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def chaos_settings(pytestconfig: pytest.Config) -> ChaosSettings:
    return pytestconfig.stash[SETTINGS]


@pytest.fixture(scope="session")
def report(pytestconfig: pytest.Config) -> Report:
    return Report(pytestconfig.stash[LINES])


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def system(
    tmp_path_factory: pytest.TempPathFactory, kafka_classpath_on_disk: str
) -> AsyncIterator[System]:
    """Servers, tables and topics; each test says which processes it wants."""
    folder = tmp_path_factory.mktemp("chaos")
    system = System(folder, kafka_classpath_on_disk, services=SERVICES)
    try:
        await system.prepare()
        yield system
    finally:
        await system.stop()
