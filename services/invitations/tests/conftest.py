from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from services.invitations.tests.house import House, open_house


@pytest.fixture
async def house(postgres_server: str, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(postgres_server, tmp_path) as house:
        yield house
