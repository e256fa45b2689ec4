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
    after: int | None = 0
    async with system.client(service) as api:
        while after is not None:
            answer = await api.get(
                "/v1/dead-letters", params={"state": state, "after": after, "limit": 200}
            )
            assert answer.is_success, answer.text
            page = answer.json()
            for item in page["items"]:
                found[Position(item["topic"], item["partition"], item["offset"])] = item
            after = page["next_after"]
    return found


async def replay(system: System, service: Service, item: Item) -> None:
    """Asks for a held record to be tried again."""
    async with system.client(service) as api:
        answer = await api.post(f"/v1/dead-letters/{item['id']}/replay")
        assert answer.status_code == 202, answer.text
