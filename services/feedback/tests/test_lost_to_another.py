"""A guest who says two things at once: both are told, in order, and everybody keeps the same one in the end."""

import asyncio
from datetime import timedelta

import httpx
from services.feedback.tests.house import GIVEN, House
from sqlalchemy import text

from kindred_common.contracts.feedback import FeedbackGiven
from kindred_common.security.principals import Role
from kindred_common.testing.deadlocks import undone_once
from kindred_common.testing.waiting import eventually


async def asked(house: House) -> str:
    """The path under which a guest says how it was."""
    await house.guest()
    house.clock.leap(timedelta(hours=24))
    link = str((await house.request()).link).rsplit("/", 1)[1]
    return f"/v1/links/{link}/feedback"


async def say(house: House, path: str, rating: int) -> httpx.Response:
    return await house.client.put(path, json=GIVEN | {"rating": rating})


async def told(house: House, number: int) -> list[FeedbackGiven]:
    """What the other services hear, in order, as soon as it is so many."""
    records = await eventually(house.given, lambda found: len(found) >= number)
    return [record.data for record in records if isinstance(record.data, FeedbackGiven)]


async def kept(house: House) -> int:
    found = await house.client.get("/v1/feedback", headers=house.header(Role.VIEWER))
    [feedback] = found.json()["items"]
    return int(feedback["rating"])


async def test_feedback_that_loses_a_deadlock_is_kept_and_told_once(house: House) -> None:
    path = await asked(house)
    assert (await say(house, path, 5)).status_code == 200
    [first] = await told(house, 1)
    key = str(first.customer_id)

    answer = await undone_once(
        house.service.foundation.engine,
        say(house, path, 2),
        held=text(
            "SELECT 1 FROM outbox_sequence WHERE topic = 'experience-feedback' AND key = :key FOR UPDATE"
        ).bindparams(key=key),
        wanted=text("SELECT 1 FROM guest WHERE invitation_id = :id FOR UPDATE").bindparams(
            id=first.invitation_id
        ),
    )

    assert answer.status_code == 200, answer.text
    assert [record.rating for record in await told(house, 2)] == [5, 2]
    assert await kept(house) == 2


async def test_of_feedback_given_at_the_same_time_all_is_told_and_the_last_stays(
    house: House,
) -> None:
    path = await asked(house)

    answers = await asyncio.gather(*(say(house, path, rating) for rating in (1, 2, 3, 4, 5)))

    assert {answer.status_code for answer in answers} == {200}
    records = await told(house, 5)
    assert sorted(record.rating for record in records) == [1, 2, 3, 4, 5]
    times = [record.given_at for record in records]
    assert times == sorted(set(times))
    assert await kept(house) == records[-1].rating


async def test_what_is_said_later_counts_as_later_although_the_clock_was_put_back(
    house: House,
) -> None:
    path = await asked(house)
    assert (await say(house, path, 5)).status_code == 200
    house.clock.leap(timedelta(hours=-1))
    assert (await say(house, path, 1)).status_code == 200

    first, second = await told(house, 2)
    assert (first.rating, second.rating) == (5, 1)
    assert second.given_at > first.given_at
