"""An edit that the database undoes in favour of another transaction is run again, so that the planner does not see it."""

import asyncio
from datetime import timedelta
from uuid import UUID

from services.invitations.tests.house import House
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from kindred_common.testing.waiting import eventually

_SEQUENCE = text("SELECT seq FROM outbox_sequence WHERE key = :event FOR UPDATE")
_EVENT = text("SELECT held FROM event WHERE id = :event FOR UPDATE")
_PATIENCE = text("SET LOCAL deadlock_timeout = '30s'")


async def test_an_edit_that_loses_a_deadlock_is_made_all_the_same(house: House) -> None:
    event = await house.event()
    starts_at = house.clock.now() + timedelta(days=40)
    body = {
        "kind": "seminar",
        "title": "Robots in the dairy",
        "starts_at": starts_at.isoformat(),
        "ends_at": (starts_at + timedelta(hours=3)).isoformat(),
        "seats": 12,
    }
    headers = house.planner | {"If-Match": '"1"'}

    async with asyncio.TaskGroup() as group, house.service.foundation.engine.begin() as other:
        await other.execute(_PATIENCE)
        await other.execute(_SEQUENCE, {"event": str(event)})
        edit = group.create_task(
            house.client.put(f"/v1/events/{event}", json=body, headers=headers)
        )
        await eventually(lambda: _someone_waits(house))
        await _take_what_the_edit_holds(other, event)

    answer = edit.result()
    assert (answer.status_code, answer.json()["title"]) == (200, "Robots in the dairy"), answer.text
    assert answer.headers["etag"] == '"2"'
    assert await _deadlocks(house) == 1


async def _take_what_the_edit_holds(connection: AsyncConnection, event: UUID) -> None:
    """Closes the circle; the edit has waited longer, so its patience ends first and it is undone."""
    await connection.execute(_EVENT, {"event": event})


async def _someone_waits(house: House) -> bool:
    rows = await house.rows(
        "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    return bool(rows[0]["n"])


async def _deadlocks(house: House) -> int:
    """Counted by the server, a moment later."""

    async def counted() -> int:
        rows = await house.rows(
            "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        )
        return int(rows[0]["deadlocks"])

    return await eventually(counted)
