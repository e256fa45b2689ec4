import httpx
import pytest
from tests.e2e.commands import kindred
from tests.e2e.launched import Launched

from kindred_cli.servers.databases import SERVICES

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(400)]


async def test_the_whole_system_comes_up_and_answers(up: Launched) -> None:
    status = await kindred(up.local, "status")
    assert status.code == 0, status.said
    assert status.said.count(" ready ") == len(SERVICES) + 1
    token = (await kindred(up.local, "token")).said.strip()
    async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
        for service in SERVICES:
            url = f"{up.addresses.url(service)}/v1/dead-letters"
            assert (await client.get(url)).status_code == 401
            answer = await client.get(url, headers={"Authorization": f"Bearer {token}"})
            assert answer.json() == {"items": [], "next_cursor": None}
    assert " died" not in up.output


async def test_it_begins_with_the_demonstration_world(up: Launched) -> None:
    assert "Demonstration world: loaded, everybody is matched" in up.output
