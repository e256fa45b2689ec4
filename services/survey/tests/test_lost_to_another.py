"""Edits and answers that come at the same time: none is lost, none overwrites what its sender has not seen."""

import asyncio
from uuid import UUID

from services.survey.tests.office import SIMPLE, Json, Office
from sqlalchemy import Executable, text

from kindred_common.clock import new_id
from kindred_common.testing.deadlocks import held_back, undone_once, until_waiting

TITLE = {"nl": "Nieuw", "en": "New"}
LATER: Json = {"name": "Later", "definition": SIMPLE | {"title": TITLE}}


def survey_of(survey_id: UUID) -> Executable:
    return _bound("SELECT 1 FROM survey WHERE id = :id FOR UPDATE", survey_id)


def draft_of(survey_id: UUID) -> Executable:
    return _bound("SELECT 1 FROM survey_version WHERE survey_id = :id FOR UPDATE", survey_id)


def _bound(statement: str, identity: UUID) -> Executable:
    return text(statement).bindparams(id=identity)


async def a_draft(office: Office) -> UUID:
    made = await office.post("/v1/surveys", {"name": "Draft", "definition": SIMPLE})
    return UUID(made.json()["id"])


async def test_an_edit_that_loses_a_deadlock_is_made_all_the_same(office: Office) -> None:
    survey_id = await a_draft(office)
    path = f"/v1/surveys/{survey_id}"

    answer = await undone_once(
        office.foundation.engine,
        office.put(path, LATER, headers={"If-Match": '"1"'}),
        held=draft_of(survey_id),
        wanted=survey_of(survey_id),
    )

    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"'), answer.text
    assert (await office.get(path)).json()["name"] == "Later"


async def test_an_edit_that_is_undone_for_another_edit_does_not_overwrite_it(
    office: Office,
) -> None:
    survey_id = await a_draft(office)
    path = f"/v1/surveys/{survey_id}"
    theirs = "UPDATE survey SET name = 'Theirs', revision = revision + 1 WHERE id = :id"

    answer = await undone_once(
        office.foundation.engine,
        office.put(path, LATER, headers={"If-Match": '"1"'}),
        held=draft_of(survey_id),
        wanted=_bound(theirs, survey_id),
    )

    assert answer.status_code == 412, answer.text
    assert answer.json()["type"] == "urn:kindred:problem:precondition-failed"
    assert (await office.get(path)).json()["name"] == "Theirs"


async def test_of_edits_that_queue_up_behind_a_new_version_only_the_first_is_made(
    office: Office,
) -> None:
    survey_id = await office.publish(SIMPLE)
    path = f"/v1/surveys/{survey_id}"

    engine, edits = office.foundation.engine, []

    async with asyncio.TaskGroup() as group, held_back(engine, survey_of(survey_id)):
        for number in range(1, 5):
            edit = LATER | {"name": f"Editor {number}"}
            edits.append(group.create_task(office.put(path, edit, headers={"If-Match": '"2"'})))
            await until_waiting(engine, number)

    statuses = sorted(edit.result().status_code for edit in edits)
    assert statuses == [200, 412, 412, 412]
    seen = (await office.get(path)).json()
    assert (seen["version"], seen["published_version"]) == (2, 1)


async def test_what_is_published_is_the_draft_as_an_edit_just_before_left_it(
    office: Office,
) -> None:
    survey_id = await a_draft(office)
    path = f"/v1/surveys/{survey_id}"
    engine = office.foundation.engine

    async with asyncio.TaskGroup() as group, held_back(engine, survey_of(survey_id)):
        edited = group.create_task(office.put(path, LATER, headers={"If-Match": '"1"'}))
        await until_waiting(engine, 1)
        published = group.create_task(office.post(f"{path}/publish"))
        await until_waiting(engine, 2)

    assert (edited.result().status_code, published.result().status_code) == (200, 200)
    assert published.result().json()["definition"]["title"] == TITLE
    seen = (await office.get(path)).json()
    assert (seen["definition"]["title"], seen["published_version"]) == (TITLE, 1)


async def test_an_answer_by_link_that_loses_a_deadlock_is_kept_and_told_once(
    office: Office,
) -> None:
    survey_id, customer_id = await office.publish(SIMPLE), new_id()
    await office.know(customer_id)
    token = (await office.link(survey_id, customer_id)).rsplit("/", 1)[1]
    path = f"/v1/links/{token}/answers/recommend"
    assert (await office.put(path, {"value": 3})).status_code == 200

    answer = await undone_once(
        office.foundation.engine,
        office.put(path, {"value": 9}),
        held=text("SELECT 1 FROM outbox_sequence WHERE key = :key FOR UPDATE").bindparams(
            key=str(customer_id)
        ),
        wanted=_bound("SELECT 1 FROM answer WHERE customer_id = :id FOR UPDATE", customer_id),
    )

    assert answer.status_code == 200, answer.text
    assert await told(office) == [3, 9]
    assert await own_answer(office, token) == 9


async def test_answers_by_link_at_the_same_time_all_count_and_the_last_stays(
    office: Office,
) -> None:
    survey_id, customer_id = await office.publish(SIMPLE), new_id()
    await office.know(customer_id)
    token = (await office.link(survey_id, customer_id)).rsplit("/", 1)[1]
    path = f"/v1/links/{token}/answers/recommend"

    answers = await asyncio.gather(*(office.put(path, {"value": n}) for n in range(10)))

    assert {answer.status_code for answer in answers} == {200}
    numbers = await told(office)
    assert sorted(numbers) == [*range(10)]
    assert await own_answer(office, token) == numbers[-1]


async def told(office: Office) -> list[float]:
    """What the other services hear, in order."""
    records = [record for record in await office.outbox() if record["topic"] == "survey-answers"]
    return [record["answers"][0]["number"] for record in records]


async def own_answer(office: Office, token: str) -> float:
    own = (await office.get(f"/v1/links/{token}")).json()
    return float(own["answers"][0]["number"])
