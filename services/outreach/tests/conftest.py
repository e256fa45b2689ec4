from collections.abc import AsyncIterator

import pytest
from services.outreach.tests.mail_server import UnkindServer, unkind_server
from services.outreach.tests.office import Office, open_office

from kindred_common.testing.ports import free_port


@pytest.fixture(scope="module")
def mail_port() -> int:
    return free_port()


@pytest.fixture
async def mail_server(mail_port: int) -> AsyncIterator[UnkindServer]:
    async with unkind_server(mail_port) as server:
        yield server


@pytest.fixture(scope="module")
async def hasty_for_all(
    postgres_server: str, tmp_path_factory: pytest.TempPathFactory, mail_port: int
) -> AsyncIterator[Office]:
    folder = tmp_path_factory.mktemp("hasty")
    async with open_office(postgres_server, folder, mail_port, patience=2) as office:
        yield office


@pytest.fixture
async def hasty_office(
    hasty_for_all: Office,
    mail_server: UnkindServer,  # noqa: ARG001 - it listens
) -> Office:
    """An office that waits a second only for the mail server's answers."""
    await hasty_for_all.forget()
    return hasty_for_all


@pytest.fixture(scope="module")
async def open_for_all(
    postgres_server: str, tmp_path_factory: pytest.TempPathFactory, mail_port: int
) -> AsyncIterator[Office]:
    """One office for the tests of a module: to open it takes longer than most of them."""
    folder = tmp_path_factory.mktemp("office")
    async with open_office(postgres_server, folder, mail_port) as office:
        yield office


@pytest.fixture
async def office(
    open_for_all: Office,
    mail_server: UnkindServer,  # noqa: ARG001 - it listens
) -> Office:
    """The office without any data, on its Monday morning."""
    await open_for_all.forget()
    return open_for_all
