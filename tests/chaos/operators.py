"""What an operator sees and does over the services' APIs."""

from collections.abc import Mapping
from typing import Any

from tests.chaos.outside import Position
from tests.system import System

from kindred_common.contracts.vocabulary import Service

Item = Mapping[str, Any]


async def held_records(system: System, service: Service, state: str) -> Mapping[Position, Item]:
    """The records that a service shows as held back in one state (dead, early or parked)."""
    found: dict[Position, Item] = {}
    params: dict[str, str] | None = {"state": state, "limit": "200"}
    async with system.client(service) as api:
        while params is not None:
            answer = await api.get("/v1/dead-letters", params=params)
            assert answer.is_success, answer.text
            page = answer.json()
            for item in page["items"]:
                found[Position(item["topic"], item["partition"], item["offset"])] = item
            following = page["next_cursor"]
            params = following and params | {"cursor": following}
    return found


async def replay(system: System, service: Service, item: Item) -> None:
    """Asks for a held record to be tried again."""
    async with system.client(service) as api:
        answer = await api.post(f"/v1/dead-letters/{item['id']}/replay")
        assert answer.status_code == 202, answer.text
