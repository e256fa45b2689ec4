from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from services.feedback.tests.house import House, open_house


@pytest.fixture
async def house(postgres_server: str, kafka_server: str, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(postgres_server, kafka_server, tmp_path) as opened:
        yield opened
