from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from services.invitations.tests.house import House
from services.invitations.tests.test_reply_page import ACCEPT, link_of, reply

from kindred_common.clock import new_id
from kindred_common.contracts.external import CrmEvent
from kindred_common.contracts.identity import event_id_of
from kindred_common.contracts.invitations import EventListed, InvitationChanged
from kindred_common.contracts.outreach import MessageRequested
from kindred_common.contracts.topics import (
    CRM_EVENTS,
    EVENT_CATALOGUE,
    INVITATION_RECORDS,
    MESSAGE_REQUESTS,
)
from kindred_common.contracts.vocabulary import InvitationStep, MessagePurpose
from kindred_common.messaging.verdicts import Rejected
from kindred_common.security.principals import Role
from kindred_invitations.entrypoints.schemas_events import EXAMPLE

BODY: dict[str, Any] = EXAMPLE | {
    "starts_at": "2031-10-03T18:45:00Z",
    "ends_at": "2031-10-03T21:30:00Z",
}


async def test_what_is_added_is_read_listed_and_published(house: House) -> None:
    answer = await house.client.post("/v1/events", json=BODY, headers=house.planner)

    assert answer.status_code == 201
    event_id = answer.json()["id"]
    assert answer.headers["location"] == f"/v1/events/{event_id}"
    read = await house.client.get(f"/v1/events/{event_id}", headers=house.manager)
    assert read.headers["etag"] == answer.headers["etag"] == '"1"'
    assert read.json() == answer.json()
    assert {name: read.json()[name] for name in BODY} == BODY
    (listed,) = await house.published(EVENT_CATALOGUE, EventListed)
    assert (str(listed.event_id), listed.version, listed.open) == (event_id, 1, True)
    assert listed.seats == listed.seats_to_allocate == 24
    assert listed.minimum_age == 18


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"ends_at": BODY["starts_at"]}, "wrong-event"),
        ({"zone": "Europe/Atlantis"}, "wrong-event"),
        ({"zone": "../../etc/passwd"}, "wrong-event"),
        ({"themes": [{"theme": "golf", "weight": 1}] * 2}, "wrong-event"),
        ({"seats": -1}, "wrong-input"),
        ({"starts_at": "2031-10-03T18:45:00"}, "wrong-input"),
        ({"seats": True}, "wrong-input"),
        ({"seats": "24"}, "wrong-input"),
        ({"minimum_age": "18"}, "wrong-input"),
        ({"minimum_age": -1}, "wrong-input"),
        ({"companion_allowed": 1}, "wrong-input"),
        ({"place": {"latitude": "52.1", "longitude": 4.9}}, "wrong-input"),
        ({"starts_at": 1917369900}, "wrong-input"),
        ({"starts_at": "1917369900"}, "wrong-input"),
        ({"title": ""}, "wrong-input"),
        ({"surprise": True}, "wrong-input"),
    ],
)
async def test_an_event_that_cannot_be_is_refused(
    house: House, change: dict[str, object], problem: str
) -> None:
    refused = await house.post("/v1/events", BODY | change, house.planner, status=422)

    assert refused["type"].endswith(problem)


async def test_a_change_needs_the_edition_that_was_read(house: House) -> None:
    event = await house.event()
    path, body = f"/v1/events/{event}", BODY

    blind = await house.client.put(path, json=body, headers=house.planner)
    first = await house.client.put(path, json=body, headers=house.planner | {"If-Match": '"1"'})
    late = await house.client.put(path, json=body, headers=house.planner | {"If-Match": '"1"'})

    assert [blind.status_code, first.status_code, late.status_code] == [428, 200, 412]
    assert first.headers["etag"] == '"2"'
    versions = [one.version for one in await house.published(EVENT_CATALOGUE, EventListed)]
    assert versions == [1, 2]


async def test_the_same_again_is_not_published_again(house: House) -> None:
    event = UUID((await house.post("/v1/events", BODY, house.planner, 201))["id"])

    headers = house.planner | {"If-Match": '"1"'}
    again = await house.client.put(f"/v1/events/{event}", json=BODY, headers=headers)

    assert again.status_code == 200
    assert len(await house.published(EVENT_CATALOGUE, EventListed)) == 1


async def test_given_seats_do_not_spoil_a_planners_edition(house: House) -> None:
    event = await house.event()
    await house.approved(event)

    headers = house.planner | {"If-Match": '"1"'}
    few = await house.client.put(f"/v1/events/{event}", json=BODY | {"seats": 0}, headers=headers)
    fine = await house.client.put(f"/v1/events/{event}", json=BODY, headers=headers)

    assert few.status_code == 409
    assert few.json()["type"].endswith("seats-already-given")
    assert fine.json()["seats_to_allocate"] == 23


async def test_who_accepted_gets_the_new_hour_in_his_calendar(house: House) -> None:
    event = await house.event()
    path = await link_of(house, guest := await house.approved(event))
    await reply(house, path, ACCEPT)

    await house.client.put(
        f"/v1/events/{event}", json=BODY, headers=house.planner | {"If-Match": '"1"'}
    )

    message = (await house.published(MESSAGE_REQUESTS, MessageRequested))[-1]
    assert message.purpose is MessagePurpose.EVENT_CONFIRMATION
    assert message.calendar is not None
    assert (message.calendar.uid, message.calendar.sequence) == (f"{guest}@kindred", 2)
    assert message.calendar.starts_at == datetime.fromisoformat(BODY["starts_at"])
    house.clock.leap(timedelta(days=365))
    assert (await house.client.get(path)).status_code == 200, "the link lives on with the event"


async def test_a_cancelled_event_ends_its_invitations_and_tells_its_guests(house: House) -> None:
    event = await house.event()
    draft = await house.draft(await house.customer(), event)
    approved = await house.approved(event)
    accepted = await house.approved(event)
    await reply(house, await link_of(house, accepted), ACCEPT)

    for _ in range(2):
        answer = await house.post(f"/v1/events/{event}/cancel", headers=house.planner)
        assert answer["open"] is False

    for invitation in (draft, approved, accepted):
        assert await house.step(invitation) == "cancelled"
    assert await house.held(event) == 0
    cancelled = [
        step
        for step in await house.published(INVITATION_RECORDS, InvitationChanged)
        if step.step is InvitationStep.CANCELLED
    ]
    assert len(cancelled) == 3
    told = [
        message
        for message in await house.published(MESSAGE_REQUESTS, MessageRequested)
        if message.purpose is MessagePurpose.EVENT_CANCELLATION
    ]
    assert len(told) == 2
    entries = [message.calendar for message in told if message.calendar]
    assert [(entry.cancelled, entry.sequence) for entry in entries] == [(True, 2)]
    page = await house.client.get(await link_of(house, approved))
    assert "has been cancelled" in page.text


async def test_events_are_listed_by_start_page_by_page(house: House) -> None:
    events = [
        await house.event(starts_at=house.clock.now() + timedelta(days=day)) for day in (3, 1, 2)
    ]
    await house.post(f"/v1/events/{events[2]}/cancel", headers=house.planner)

    first = await house.get("/v1/events", params={"limit": 2})
    rest = await house.get("/v1/events", params={"limit": 2, "cursor": first["next_cursor"]})
    open_ones = await house.get("/v1/events", params={"open": True, "kind": "seminar"})
    none = await house.get("/v1/events", params={"kind": "dinner"})

    ids = [item["id"] for item in first["items"] + rest["items"]]
    assert ids == [str(events[1]), str(events[2]), str(events[0])]
    assert rest["next_cursor"] is None
    assert [item["id"] for item in open_ones["items"]] == [ids[0], ids[2]]
    assert none["items"] == []


@pytest.mark.parametrize("cursor", ["nonsense", "WzEsMl0", "WyJ4IiwieSJd", "e30"])
async def test_a_forged_cursor_is_refused(house: House, cursor: str) -> None:
    for path in ("/v1/events", "/v1/customers", "/v1/invitations"):
        answer = await house.client.get(path, params={"cursor": cursor}, headers=house.manager)
        assert answer.status_code == 422, path


@pytest.mark.parametrize("role", [Role.ACCOUNT_MANAGER, Role.VIEWER, Role.COMPLIANCE_OFFICER])
async def test_only_planners_plan(house: House, role: Role) -> None:
    headers = house.token(role)

    await house.post("/v1/events", BODY, headers, status=403)
    await house.post(f"/v1/events/{new_id()}/cancel", None, headers, status=403)
    changed = await house.client.put(f"/v1/events/{new_id()}", json=BODY, headers=headers)
    assert changed.status_code == 403


def crm_event(**changes: object) -> CrmEvent:
    return CrmEvent.model_validate(
        {
            "source": "venue",
            "external_id": "E:1",
            **{name: BODY[name] for name in ("kind", "title", "starts_at", "ends_at", "seats")},
            **changes,
        }
    )


KEY = "venue:E:1"
CRM_ID = event_id_of("venue", "E:1")


async def test_an_event_planned_elsewhere_is_taken_over_changed_and_called_off(
    house: House,
) -> None:
    assert await house.receive(CRM_EVENTS, KEY, crm_event()) is None
    assert await house.receive(CRM_EVENTS, KEY, crm_event()) is None
    assert await house.receive(CRM_EVENTS, KEY, crm_event(seats=5)) is None
    invitation = await house.approved(CRM_ID)
    assert await house.receive(CRM_EVENTS, KEY, None) is None
    assert await house.step(invitation) == "cancelled"
    assert await house.receive(CRM_EVENTS, KEY, crm_event(seats=5)) is None

    listed = await house.published(EVENT_CATALOGUE, EventListed)
    assert {one.event_id for one in listed} == {CRM_ID}
    found = [(one.version, one.open, one.seats_to_allocate) for one in listed]
    assert found == [(1, True, 24), (2, True, 5), (3, True, 4), (4, False, 5), (5, True, 5)]


async def test_what_people_cancelled_stays_cancelled(house: House) -> None:
    await house.receive(CRM_EVENTS, KEY, crm_event())
    await house.post(f"/v1/events/{CRM_ID}/cancel", headers=house.planner)

    await house.receive(CRM_EVENTS, KEY, crm_event(title="Renamed"))

    event = await house.get(f"/v1/events/{CRM_ID}")
    assert (event["open"], event["title"]) == (False, "Renamed")


async def test_an_event_planned_elsewhere_is_not_edited_here(house: House) -> None:
    await house.receive(CRM_EVENTS, KEY, crm_event())

    headers = house.planner | {"If-Match": '"1"'}
    refused = await house.client.put(f"/v1/events/{CRM_ID}", json=BODY, headers=headers)

    assert refused.json()["type"].endswith("owned-elsewhere")


@pytest.mark.parametrize(
    ("key", "record", "field"),
    [
        ("nonsense", crm_event(), "key"),
        ("venue:other", crm_event(), "key"),
        (KEY, crm_event(ends_at=BODY["starts_at"]), "ends_at"),
        (KEY, crm_event(zone="Mars/Olympus"), "zone"),
        (KEY, crm_event(seats=0), "seats"),
    ],
)
async def test_a_wrong_event_from_outside_is_rejected_with_its_field(
    house: House, key: str, record: CrmEvent, field: str
) -> None:
    await house.receive(CRM_EVENTS, KEY, crm_event())
    await house.approved(CRM_ID)

    verdict = await house.receive(CRM_EVENTS, key, record)

    assert isinstance(verdict, Rejected)
    assert verdict.field == field
    assert await house.receive(CRM_EVENTS, "venue:unknown", None) is None
