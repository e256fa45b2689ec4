from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from services.outreach.tests.mail_server import UnkindServer, unkind_server
from services.outreach.tests.office import Office, open_office


@pytest.fixture
async def mail_server() -> AsyncIterator[UnkindServer]:
    async with unkind_server() as server:
        yield server


@pytest.fixture
async def hasty_office(
    postgres_server: str, tmp_path: Path, mail_server: UnkindServer
) -> AsyncIterator[Office]:
    """An office that waits a second only for the mail server's answers."""
    async with open_office(postgres_server, tmp_path, mail_server.port, patience=1) as office:
        yield office


@pytest.fixture
async def office(
    postgres_server: str, tmp_path: Path, mail_server: UnkindServer
) -> AsyncIterator[Office]:
    async with open_office(postgres_server, tmp_path, mail_server.port) as office:
        yield office
