from collections.abc import AsyncIterator

import pytest
from services.invitations.tests.house import House, open_house


@pytest.fixture(scope="module")
async def open_for_all(
    postgres_server: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    """One running service for the tests of a module: to start it takes longer than most of them."""
    async with open_house(postgres_server, tmp_path_factory.mktemp("house")) as house:
        yield house


@pytest.fixture
async def house(open_for_all: House) -> House:
    """The service without any data, at the present."""
    await open_for_all.forget()
    return open_for_all
