from collections.abc import AsyncIterator

import pytest
from services.matching.tests.desks import Desk, open_desk


@pytest.fixture
async def desk(postgres_server: str) -> AsyncIterator[Desk]:
    async with open_desk(postgres_server) as desk:
        yield desk
