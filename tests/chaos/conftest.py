"""One system for the chaos tests of a process, in one event loop, and an account of the run at its end.

With pytest-xdist there are two: one for kill -9, which works hard, and one for the others, which mostly wait.
"""

import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

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
    Service.FEEDBACK,
)
SETTINGS = pytest.StashKey[ChaosSettings]()
TOLD = "kindred_chaos"
"""Under this name the processes of pytest-xdist are told the seed, and give back their account."""


def pytest_configure(config: pytest.Config) -> None:
    # It tells each failure of a broker that we have killed ourselves.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    config.stash[SETTINGS] = ChaosSettings(**getattr(config, "workerinput", {}).get(TOLD, {}))
    config.stash[LINES] = []


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput[TOLD] = {"seed": node.config.stash[SETTINGS].seed}


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    node.config.stash[LINES].extend(getattr(node, "workeroutput", {}).get(TOLD, []))


def pytest_sessionfinish(session: pytest.Session) -> None:
    if (output := getattr(session.config, "workeroutput", None)) is not None:
        output[TOLD] = session.config.stash[LINES]


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
