"""An edit that the database undoes in favour of another transaction is run again, so that the planner does not see it."""

from datetime import timedelta

from services.invitations.tests.house import House
from sqlalchemy import text

from kindred_common.testing.deadlocks import undone_once


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

    answer = await undone_once(
        house.service.foundation.engine,
        house.client.put(f"/v1/events/{event}", json=body, headers=headers),
        held=text("SELECT seq FROM outbox_sequence WHERE key = :event FOR UPDATE").bindparams(
            event=str(event)
        ),
        wanted=text("SELECT held FROM event WHERE id = :event FOR UPDATE").bindparams(event=event),
    )

    assert (answer.status_code, answer.json()["title"]) == (200, "Robots in the dairy"), answer.text
    assert answer.headers["etag"] == '"2"'
