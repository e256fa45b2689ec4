import asyncio
from uuid import UUID

from services.survey.tests.office import DEFINITION, SIMPLE, Json, Office

from kindred_common.clock import new_id
from kindred_common.security.principals import Role


def values(record: Json) -> dict[str, object]:
    return {a["question_id"]: a["choice"] or a["number"] for a in record["answers"]}


async def present(office: Office, customer_id: UUID) -> dict[str, object]:
    found = await office.get(f"/v1/customers/{customer_id}/answers")
    assert found.status_code == 200, found.text
    return {
        a["question_id"]: a["text"] or a["choice"] or a["number"] for a in found.json()["answers"]
    }


async def test_an_acknowledged_answer_is_kept_and_published(office: Office) -> None:
    survey_id, customer_id = await office.publish(SIMPLE), new_id()
    done = await office.answer(survey_id, customer_id, {"recommend": 9, "golf": 4})
    assert done.status_code == 201, done.text
    (record,) = await office.outbox()
    assert record["topic"] == "survey-answers"
    assert record["key"] == record["customer_id"] == str(customer_id)
    assert record["survey_id"] == str(survey_id)
    assert record["survey_version"] == 1
    assert record["response_id"] == done.json()["response_id"]
    assert record["answers"] == [
        {
            "question_id": "recommend",
            "kind": "nps",
            "theme": None,
            "aspect": None,
            "number": 9.0,
            "scale_min": 0.0,
            "scale_max": 10.0,
            "choice": None,
        },
        {
            "question_id": "golf",
            "kind": "interest",
            "theme": "golf",
            "aspect": None,
            "number": 4.0,
            "scale_min": 1.0,
            "scale_max": 5.0,
            "choice": None,
        },
    ]
    assert await present(office, customer_id) == {"recommend": 9, "golf": 4}


async def test_the_latest_answer_is_the_truth_and_concurrent_ones_all_count(office: Office) -> None:
    survey_id, customer_id = await office.publish(SIMPLE), new_id()
    await asyncio.gather(
        *(office.answer(survey_id, customer_id, {"recommend": n}) for n in range(10))
    )
    records = await office.outbox()
    assert len(records) == 10
    times = [record["answered_at"] for record in records]
    assert times == sorted(times)
    assert await present(office, customer_id) == {"recommend": values(records[-1])["recommend"]}


async def test_free_text_stays_here(office: Office) -> None:
    survey_id, customer_id = await office.publish(DEFINITION), new_id()
    answers = [
        {"question_id": "recommend", "value": 3, "why": "De planning"},
        {"question_id": "sorry", "value": "Bel me"},
    ]
    body = {"customer_id": str(customer_id), "survey_id": str(survey_id), "answers": answers}
    assert (await office.post("/v1/answers", body)).status_code == 201
    (record,) = await office.outbox()
    assert values(record) == {"recommend": 3}
    assert await present(office, customer_id) == {
        "recommend": 3,
        "recommend.why": "De planning",
        "sorry": "Bel me",
    }


async def test_an_answer_to_words_only_publishes_nothing(office: Office) -> None:
    survey_id, customer_id = await office.publish(DEFINITION), new_id()
    await office.answer(survey_id, customer_id, {"recommend": 2})
    done = await office.answer(survey_id, customer_id, {"sorry": "Bel me"})
    assert done.status_code == 201
    assert len(await office.outbox()) == 1


async def test_wrong_answers_are_refused_by_the_field_and_leave_nothing(office: Office) -> None:
    survey_id, customer_id = await office.publish(DEFINITION), new_id()
    wrong: list[tuple[dict[str, object], str]] = [
        ({"recommend": 11}, "body.answers.0.value"),
        ({"golf": 3, "recommend": 8.5}, "body.answers.1.value"),
        ({"golf": "much"}, "body.answers.0.value"),
        ({"opera": 3}, "body.answers.0.value"),
        ({"recommend": 9, "sorry": "hidden"}, "body.answers.1.value"),
        ({"avoid": ["opera"]}, "body.answers.0.value"),
        ({"avoid": "golf"}, "body.answers.0.value"),
        ({"distance": -1}, "body.answers.0.value"),
        ({"golf": ["4"]}, "body.answers.0.value"),
    ]
    for answers, field in wrong:
        refused = await office.answer(survey_id, customer_id, answers)
        assert refused.status_code == 422, answers
        assert refused.json()["errors"][0]["field"] == field
        assert refused.headers["content-type"] == "application/problem+json"
    incomplete = await office.answer(survey_id, customer_id, {"golf": 1}, complete=True)
    assert incomplete.status_code == 422
    assert await office.outbox() == []


async def test_a_question_that_is_no_longer_asked_loses_its_answer(office: Office) -> None:
    survey_id, customer_id = await office.publish(DEFINITION), new_id()
    await office.answer(survey_id, customer_id, {"recommend": 3, "sorry": "Bel me"})
    await office.answer(survey_id, customer_id, {"recommend": 9})
    assert await present(office, customer_id) == {"recommend": 9}


async def test_choices_taken_back_are_withdrawn(office: Office) -> None:
    survey_id, customer_id = await office.publish(DEFINITION), new_id()
    await office.know(customer_id)
    await office.answer(survey_id, customer_id, {"avoid": ["golf", "cars"]})
    await office.answer(survey_id, customer_id, {"avoid": ["golf", "wine"]})
    first, gone, second = await office.outbox()
    assert values(first) == {"avoid.golf": "golf", "avoid.cars": "cars"}
    assert gone["type"] == "kindred.answers-withdrawn.v1"
    assert gone["question_ids"] == ["avoid.cars"]
    assert values(second) == {"avoid.golf": "golf", "avoid.wine": "wine"}
    await office.answer(survey_id, customer_id, {"avoid": []})
    assert await present(office, customer_id) == {}


async def test_answers_are_bound_to_the_exact_version(office: Office) -> None:
    survey_id, customer_id = await office.publish(SIMPLE), new_id()
    survey = await office.get(f"/v1/surveys/{survey_id}")
    second = SIMPLE | {"questions": SIMPLE["questions"][:1]}
    changed = await office.put(
        f"/v1/surveys/{survey_id}",
        {"name": "Test", "definition": second},
        headers={"If-Match": survey.headers["etag"]},
    )
    assert changed.json()["version"] == 2
    assert (await office.answer(survey_id, customer_id, {"golf": 3})).status_code == 201
    assert (await office.answer(survey_id, customer_id, {}, survey_version=2)).status_code == 422
    unpublished = await office.answer(survey_id, customer_id, {"recommend": 3}, survey_version=2)
    assert unpublished.status_code == 404
    assert (await office.post(f"/v1/surveys/{survey_id}/publish")).status_code == 200
    assert (await office.answer(survey_id, customer_id, {"golf": 3})).status_code == 422
    old = await office.answer(survey_id, customer_id, {"golf": 5}, survey_version=1)
    assert old.json()["survey_version"] == 1


async def test_a_repeated_post_has_one_effect(office: Office) -> None:
    survey_id, customer_id = await office.publish(SIMPLE), new_id()
    body = {
        "customer_id": str(customer_id),
        "survey_id": str(survey_id),
        "answers": [{"question_id": "golf", "value": 5}],
    }
    key = {"Idempotency-Key": "once"}
    first = await office.post("/v1/answers", body, headers=key)
    again = await office.post("/v1/answers", body, headers=key)
    assert again.json() == first.json()
    assert again.headers["idempotent-replayed"] == "true"
    assert len(await office.outbox()) == 1


async def test_who_may_answer_for_customers_and_who_may_look(office: Office) -> None:
    survey_id, customer_id = await office.publish(SIMPLE), new_id()
    await office.know(customer_id, account_manager_id="bas", team="north")
    await office.answer(survey_id, customer_id, {"golf": 5})
    body = {"customer_id": str(customer_id), "survey_id": str(survey_id), "answers": []}
    for role in (Role.ACCOUNT_MANAGER, Role.PROGRAMME_MANAGER, Role.VIEWER):
        assert (await office.post("/v1/answers", body, role=role)).status_code == 403
    path = f"/v1/customers/{customer_id}/answers"
    expected = {("bas", ""): 200, ("eva", "north"): 200, ("eva", "south"): 404}
    for (subject, team), status in expected.items():
        headers = office.signed(Role.ACCOUNT_MANAGER, subject, [team] if team else [])
        assert (await office.client.get(path, headers=headers)).status_code == status
    unknown = await office.get(f"/v1/customers/{new_id()}/answers")
    assert unknown.status_code == 404
    assert (await office.client.get(path)).status_code == 401
