"""The service on a real broker and database: attendance in, a request out, feedback in, a record out."""

from datetime import timedelta

import pytest
from services.feedback.tests.house import GIVEN, NOW, House, known, stayed_away

from kindred_common.clock import new_id
from kindred_common.contracts.feedback import FeedbackGiven
from kindred_common.contracts.record import Cause, Record
from kindred_common.contracts.topics import (
    INVITATION_RECORDS,
)
from kindred_common.contracts.vocabulary import InvitationStep
from kindred_common.security.principals import Role
from kindred_common.testing.waiting import eventually
from kindred_common.web.routing import unprotected_routes

FORM = {"rating": "4", "all_as_wished": "yes", "expectation": "as_expected", "fitted": "no"}


async def test_a_guest_is_asked_a_day_after_and_what_he_says_is_published(house: House) -> None:
    changed = await house.guest()
    await known(house, changed)
    assert await house.requests() == []
    house.clock.leap(timedelta(hours=24))
    request = await house.request()
    assert request.customer_id == changed.customer_id
    assert request.data["title"] == "Een avond opera"
    page = str(request.link)

    shown = await house.client.get(page)
    assert shown.status_code == 200
    assert "Was alles naar wens?" in shown.text
    assert await house.given() == []
    answered = await house.client.post(page, data=FORM)
    assert (answered.status_code, answered.headers["location"].split("?")[1]) == (
        303,
        "note=thanks",
    )
    [record] = await eventually(house.given, lambda found: len(found) == 1)
    assert isinstance(record.data, FeedbackGiven)
    assert (record.data.rating, record.data.fitted, record.data.themes[0].theme) == (
        4,
        False,
        "opera",
    )
    [asked] = await house.requests()
    assert record.envelope.cause == Cause("first-cause", asked.envelope.id)


async def test_saying_the_same_again_changes_nothing_and_saying_it_anew_replaces_it(
    house: House,
) -> None:
    await house.guest()
    house.clock.leap(timedelta(hours=24))
    link = str((await house.request()).link).rsplit("/", 1)[1]
    for body in (GIVEN, GIVEN, GIVEN | {"rating": 2}):
        assert (await house.client.put(f"/v1/links/{link}/feedback", json=body)).status_code == 200
    records = await eventually(house.given, lambda found: len(found) == 2)
    ratings = [record.data.rating for record in records if isinstance(record.data, FeedbackGiven)]
    assert ratings == [5, 2]
    assert all(b"soep" not in (record.data or Record()).to_json() for record in records)


async def test_who_did_not_come_after_all_is_not_asked(house: House) -> None:
    changed = await house.guest()
    await known(house, changed)
    correction = changed.model_copy(
        update={"step": InvitationStep.NO_SHOW, "at": NOW + timedelta(minutes=1)}
    )
    await house.tell(INVITATION_RECORDS, changed.customer_id, correction)
    await eventually(lambda: stayed_away(house, changed))
    other = await house.guest()
    house.clock.leap(timedelta(hours=24))
    request = await house.request()
    assert request.customer_id == other.customer_id


@pytest.mark.parametrize(
    ("field", "value"),
    [("rating", "9"), ("rating", ""), ("expectation", "x"), ("all_as_wished", "")],
)
async def test_a_form_that_is_not_right_is_shown_again(
    house: House, field: str, value: str
) -> None:
    await house.guest()
    house.clock.leap(timedelta(hours=24))
    page = str((await house.request()).link)
    shown = await house.client.post(page, data=FORM | {field: value, "tips": "Bewaar dit"})
    assert shown.status_code == 422
    assert "Bewaar dit" in shown.text
    assert await house.given() == []


@pytest.mark.parametrize(
    ("field", "value"),
    [("rating", True), ("rating", "5"), ("all_as_wished", 1), ("fitted", "yes"), ("tips", 5)],
)
async def test_a_program_is_not_understood_by_halves(
    house: House, field: str, value: object
) -> None:
    path = "/v1/links/no-matter-whose/feedback"
    refused = await house.client.put(path, json=GIVEN | {field: value})
    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"
    assert [error["field"] for error in refused.json()["errors"]] == [f"body.{field}"]


async def test_unknown_and_expired_links_open_nothing(house: House) -> None:
    await house.guest()
    house.clock.leap(timedelta(hours=24))
    page = str((await house.request()).link)
    assert (await house.client.get(page[:-3] + "xyz")).status_code == 404
    house.clock.leap(timedelta(days=31))
    assert (await house.client.get(page)).status_code == 404
    assert (await house.client.post(page, data=FORM)).status_code == 404


async def test_account_managers_see_the_feedback_of_their_own_customers(house: House) -> None:
    changed = await house.guest()
    house.clock.leap(timedelta(hours=24))
    link = str((await house.request()).link).rsplit("/", 1)[1]
    assert (await house.client.put(f"/v1/links/{link}/feedback", json=GIVEN)).status_code == 200

    async def seen(subject: str, path: str) -> int:
        header = house.header(Role.ACCOUNT_MANAGER, subject=subject)
        body = (await house.client.get(path, headers=header)).json()
        return int(body["count"] if "count" in body else len(body["items"]))

    summary = f"/v1/events/{changed.event_id}/feedback"
    # The request may go out before it is heard whose customer the guest is.
    await eventually(lambda: seen("iris", "/v1/feedback"), lambda count: count == 1)
    assert await seen("iris", summary) == 1
    assert (await seen("joost", "/v1/feedback"), await seen("joost", summary)) == (0, 0)
    assert (await house.client.get("/v1/feedback")).status_code == 401
    unknown = await house.client.get(
        f"/v1/events/{new_id()}/feedback", headers=house.header(Role.VIEWER)
    )
    assert unknown.status_code == 404


async def test_feedback_is_published_again_when_asked(house: House) -> None:
    await house.guest()
    house.clock.leap(timedelta(hours=24))
    link = str((await house.request()).link).rsplit("/", 1)[1]
    await house.client.put(f"/v1/links/{link}/feedback", json=GIVEN)
    await eventually(house.given, lambda found: len(found) == 1)
    header = house.header(Role.ADMINISTRATOR)
    assert (await house.client.post("/v1/republish", headers=header)).status_code == 202
    first, second = await eventually(house.given, lambda found: len(found) == 2)
    assert first.data == second.data


async def test_only_pages_behind_personal_links_are_public(house: House) -> None:
    assert [
        route for route in unprotected_routes(house.service.parts.app) if "health" not in route
    ] == [
        "GET /f/{token}",
        "GET /metrics",
        "GET /openapi.json",
        "GET /static/kindred.css",
        "HEAD /f/{token}",
        "POST /f/{token}",
        "PUT /v1/links/{token}/feedback",
    ]
