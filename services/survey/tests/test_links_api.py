import asyncio
from datetime import timedelta

from services.survey.tests.office import DEFINITION, SIMPLE, Office

from kindred_common.clock import new_id
from kindred_common.security.principals import Role


async def test_a_link_is_handed_out_or_sent_but_never_both(office: Office) -> None:
    survey_id, customer_id = await office.publish(SIMPLE), new_id()
    await office.know(customer_id, language="en")
    path, ids = f"/v1/surveys/{survey_id}/links", [str(customer_id)]
    made = (await office.post(path, {"customer_ids": ids})).json()["items"][0]
    assert made["result"] == "created"
    assert len(made["url"].rpartition("/s/")[2]) == 22
    assert await office.outbox() == []
    body = {"customer_ids": ids, "send": True, "expires_in_days": 14}
    sent = (await office.post(path, body)).json()["items"][0]
    assert (sent["result"], sent["url"]) == ("requested", None)
    (request,) = await office.outbox()
    assert request["message_id"] == sent["message_id"]
    assert (request["purpose"], request["message_class"]) == ("survey_invitation", "survey")
    assert request["occasion"] == f"{survey_id}:1"
    assert request["data"]["title"] == "How are we doing?"
    assert request["not_after"][:16] == request["data"]["closes_at"][:16]
    page = await office.client.get(request["link"])
    assert page.status_code == 200


async def test_no_value_is_taken_for_one_of_another_kind(office: Office) -> None:
    survey_id, ids = await office.publish(SIMPLE), [str(new_id())]
    for name, value in (("send", 1), ("send", "yes"), ("expires_in_days", "5")):
        body = {"customer_ids": ids, name: value}
        refused = await office.post(f"/v1/surveys/{survey_id}/links", body)
        assert refused.status_code == 422, body
        assert refused.headers["content-type"] == "application/problem+json"
        assert [error["field"] for error in refused.json()["errors"]] == [f"body.{name}"]


async def test_one_message_for_a_version_however_often_it_is_asked_for(office: Office) -> None:
    survey_id, customer_id = await office.publish(SIMPLE), new_id()
    body = {"customer_ids": [str(customer_id)], "send": True}
    asked = [office.post(f"/v1/surveys/{survey_id}/links", body) for _ in range(10)]
    results = [answer.json()["items"][0]["result"] for answer in await asyncio.gather(*asked)]
    assert sorted(results) == ["already_requested"] * 9 + ["requested"]
    assert len(await office.outbox()) == 1


async def test_customers_who_left_get_no_link_and_their_links_close(office: Office) -> None:
    survey_id, customer_id = await office.publish(SIMPLE), new_id()
    page = await office.link(survey_id, customer_id)
    assert (await office.client.get(page)).status_code == 200
    await office.know(customer_id, active=False)
    body = {"customer_ids": [str(customer_id)]}
    made = await office.post(f"/v1/surveys/{survey_id}/links", body)
    assert made.json()["items"][0]["result"] == "inactive"
    assert (await office.client.get(page)).status_code == 404


async def test_account_managers_reach_their_own_customers_only(office: Office) -> None:
    survey_id, own, other = await office.publish(SIMPLE), new_id(), new_id()
    await office.know(own, account_manager_id="bas", team="north")
    await office.know(other, account_manager_id="eva", team="south")
    path = f"/v1/surveys/{survey_id}/links"
    bas = office.signed(Role.ACCOUNT_MANAGER, "bas", ["north"])
    for customer_id, status in ((own, 201), (other, 404), (new_id(), 404)):
        body = {"customer_ids": [str(customer_id)]}
        made = await office.client.post(path, json=body, headers=bas)
        assert made.status_code == status
    await office.post(path, {"customer_ids": [str(other)]})
    assert len((await office.get(path)).json()["items"]) == 2
    seen = (await office.client.get(path, headers=bas)).json()["items"]
    assert [item["customer_id"] for item in seen] == [str(own)]


async def test_drafts_and_unknown_surveys_have_no_links(office: Office) -> None:
    body = {"customer_ids": [str(new_id())]}
    draft = await office.post("/v1/surveys", {"name": "Draft", "definition": SIMPLE})
    path = f"/v1/surveys/{draft.json()['id']}/links"
    assert (await office.post(path, body)).status_code == 409
    assert (await office.post(f"/v1/surveys/{new_id()}/links", body)).status_code == 404


async def test_programs_answer_by_link(office: Office) -> None:
    survey_id, customer_id = await office.publish(DEFINITION), new_id()
    link = "/v1/links/" + (await office.link(survey_id, customer_id)).rpartition("/")[2]
    put = await office.client.put(f"{link}/answers/recommend", json={"value": 9, "why": "Goed"})
    assert put.status_code == 200, put.text
    wrong = await office.client.put(f"{link}/answers/recommend", json={"value": 12})
    assert wrong.json()["errors"][0]["field"] == "body.value"
    assert (await office.client.put(f"{link}/answers/no", json={"value": 1})).status_code == 404
    survey = (await office.client.get(link)).json()
    assert [q["id"] for q in survey["definition"]["questions"]][:2] == ["recommend", "sorry"]
    assert survey["answers"] == [
        {"question_id": "recommend", "number": 9.0, "choice": None, "text": None},
        {"question_id": "recommend.why", "number": None, "choice": None, "text": "Goed"},
    ]
    assert (await office.client.delete(f"{link}/answers/recommend")).status_code == 204
    assert (await office.client.get(link)).json()["answers"] == []
    _, withdrawn = await office.outbox()
    assert withdrawn["question_ids"] == ["recommend"]
    office.clock.leap(timedelta(days=31))
    expired = await office.client.get(link)
    unknown = await office.client.get("/v1/links/" + "a" * 22)
    assert expired.status_code == unknown.status_code == 404
    assert expired.json()["title"] == unknown.json()["title"]
