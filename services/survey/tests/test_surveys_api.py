import asyncio
from typing import Any

from services.survey.tests.office import DEFINITION, SIMPLE, Office, question

from kindred_common.clock import new_id
from kindred_common.security.principals import Role
from kindred_common.web.routing import unprotected_routes
from kindred_survey.bootstrap import SERVICE


async def test_a_survey_lives_through_versions(office: Office) -> None:
    draft = {"name": "Relation", "definition": DEFINITION}
    made = await office.post("/v1/surveys", draft)
    assert made.status_code == 201
    path = made.headers["location"]
    assert (made.json()["version"], made.json()["published_version"]) == (1, None)
    changed = await office.put(path, draft | {"name": "Renamed"}, headers={"If-Match": '"1"'})
    assert (changed.json()["version"], changed.headers["etag"]) == (1, '"2"')
    published = await office.post(f"{path}/publish", headers={"If-Match": '"2"'})
    assert (published.json()["published_version"], published.headers["etag"]) == (1, '"3"')
    assert (await office.post(f"{path}/publish")).status_code == 409
    next_draft = await office.put(
        path, {"name": "Next", "definition": SIMPLE}, headers={"If-Match": '"3"'}
    )
    assert (next_draft.json()["version"], next_draft.json()["published_version"]) == (2, 1)
    seen = await office.get(path)
    assert seen.json()["definition"]["questions"] == next_draft.json()["definition"]["questions"]


async def test_two_editors_cannot_overwrite_each_other(office: Office) -> None:
    survey_id = await office.publish(SIMPLE)
    path, draft = f"/v1/surveys/{survey_id}", {"name": "Test", "definition": SIMPLE}
    assert (await office.put(path, draft)).status_code == 428
    tries = [
        office.put(path, draft | {"name": f"E{n}"}, headers={"If-Match": '"2"'}) for n in range(8)
    ]
    statuses = sorted(answer.status_code for answer in await asyncio.gather(*tries))
    assert statuses == [200] + [412] * 7
    unknown = await office.put(f"/v1/surveys/{new_id()}", draft, headers={"If-Match": '"1"'})
    assert unknown.status_code == 404


async def test_definitions_that_could_not_be_asked_are_refused_by_the_field(office: Office) -> None:
    wrong: list[tuple[list[Any], str]] = [
        ([question("a", "interest")], "questions.0.theme"),
        ([question("a", "interest", theme="Golf!")], "questions.0.theme"),
        ([question("a", "event_kind", aspect="party")], "questions.0.aspect"),
        ([question("a", "preference", aspect="shoe_size")], "questions.0.aspect"),
        ([question("a", "preference", aspect="manner")], "questions.0.options"),
        ([question("a", "text"), question("a", "text")], "questions.1.id"),
        ([question("A b", "text")], "questions.0.id"),
        (
            [question("a", "text", only_if={"question_id": "b"}), question("b", "nps")],
            "questions.0.only_if.question_id",
        ),
    ]
    for questions, field in wrong:
        draft = {"name": "Wrong", "definition": DEFINITION | {"questions": questions}}
        refused = await office.post("/v1/surveys", draft)
        assert refused.status_code == 422, questions
        assert refused.json()["errors"][0]["field"] == f"body.definition.{field}"
    assert (await office.get("/v1/surveys")).json()["items"] == []


async def test_surveys_are_listed_page_by_page(office: Office) -> None:
    made = [str(await office.publish(SIMPLE)) for _ in range(5)]
    first = (await office.get("/v1/surveys?limit=3")).json()
    second = (await office.get(f"/v1/surveys?limit=3&cursor={first['next_cursor']}")).json()
    assert [item["id"] for item in first["items"] + second["items"]] == made
    assert second["next_cursor"] is None


async def test_samples_are_installed_once_and_can_be_answered(office: Office) -> None:
    first = await office.post("/v1/surveys/samples")
    again = await office.post("/v1/surveys/samples")
    assert again.json() == first.json()
    assert [item["name"] for item in first.json()["items"]] == [
        "Interest survey",
        "Relation survey",
    ]
    interest, relation = (item["id"] for item in first.json()["items"])
    customer_id = new_id()
    done = await office.answer(relation, customer_id, {"recommend": 4, "call-me": "Morgen"})
    assert done.status_code == 201
    wishes = {"like-golf": 5, "kind-dinner": 2, "manner": "phone", "blocked-days": ["4", "5"]}
    assert (await office.answer(interest, customer_id, wishes)).status_code == 201
    record = (await office.outbox())[-1]
    assert {a["question_id"]: a["choice"] or a["number"] for a in record["answers"]} == {
        "like-golf": 5.0,
        "kind-dinner": 2.0,
        "manner": "phone",
        "blocked-days.4": 4.0,
        "blocked-days.5": 5.0,
    }


async def test_results_carry_honest_intervals(office: Office) -> None:
    survey_id = await office.publish(SIMPLE)
    assert (await office.get(f"/v1/surveys/{survey_id}/results")).json()["questions"] == []
    for score in [10] * 6 + [9] * 4 + [8] * 5 + [3] * 5:
        await office.answer(
            survey_id, new_id(), {"recommend": score, "golf": 5 if score > 8 else 2}
        )
    results = (await office.get(f"/v1/surveys/{survey_id}/results")).json()["questions"]
    golf, recommend = results
    assert (golf["answers"], golf["mean"], golf["deviation"]) == (20, 3.5, 1.5)
    assert golf["nps"] is None
    assert (recommend["promoters"], recommend["passives"], recommend["detractors"]) == (10, 5, 5)
    nps = recommend["nps"]
    assert (nps["score"], round(nps["standard_error"], 2)) == (25.0, 18.54)
    assert (round(nps["low"], 1), round(nps["high"], 1)) == (-11.7, 55.2)
    assert (await office.get(f"/v1/surveys/{new_id()}/results")).status_code == 404


async def test_who_may_define_surveys(office: Office) -> None:
    draft = {"name": "Relation", "definition": DEFINITION}
    for role in set(Role) - {Role.ADMINISTRATOR, Role.PROGRAMME_MANAGER}:
        assert (await office.post("/v1/surveys", draft, role=role)).status_code == 403
        assert (await office.post("/v1/surveys/samples", role=role)).status_code == 403
        assert (await office.get("/v1/surveys", role=role)).status_code == 200


async def test_only_what_is_meant_for_everyone_is_open(office: Office) -> None:
    app = SERVICE.assemble(office.foundation).app
    assert unprotected_routes(app) == [
        "DELETE /v1/links/{token}/answers/{question_id}",
        "GET /health/live",
        "GET /health/ready",
        "GET /metrics",
        "GET /openapi.json",
        "GET /s/{token}",
        "GET /s/{token}/answers",
        "GET /s/{token}/done",
        "GET /s/{token}/{position}",
        "GET /static/kindred.css",
        "GET /v1/links/{token}",
        "POST /s/{token}/withdrawals",
        "POST /s/{token}/{position}",
        "PUT /v1/links/{token}/answers/{question_id}",
    ]
    document = (await office.client.get("/openapi.json")).json()
    assert all(o.get("summary") for path in document["paths"].values() for o in path.values())
