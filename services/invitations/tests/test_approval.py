import asyncio
from collections import Counter
from datetime import timedelta
from uuid import UUID

import pytest
from services.invitations.tests.house import House

from kindred_common.clock import new_id
from kindred_common.contracts.invitations import EventListed, InvitationChanged
from kindred_common.contracts.outreach import MessageRequested, MessagesWithdrawn
from kindred_common.contracts.profile import ConsentChanged
from kindred_common.contracts.topics import (
    CONSENT_RECORDS,
    EVENT_CATALOGUE,
    INVITATION_RECORDS,
    MESSAGE_REQUESTS,
)
from kindred_common.contracts.vocabulary import InvitationStep, Manner, MessageClass, MessagePurpose


async def test_an_approval_gives_the_seat_and_asks_for_the_message(house: House) -> None:
    event = await house.event(companion_allowed=True)
    customer = await house.customer(manner="card")
    draft = await house.draft(customer, event)

    answer = await house.post(f"/v1/invitations/{draft}/approve", {"seats": 2})

    assert (answer["step"], answer["seats"], answer["manner"]) == ("approved", 2, "card")
    steps = await house.published(INVITATION_RECORDS, InvitationChanged)
    assert [step.step for step in steps] == [InvitationStep.DRAFTED, InvitationStep.APPROVED]
    listed = await house.published(EVENT_CATALOGUE, EventListed)
    assert [(one.version, one.seats_to_allocate) for one in listed] == [(1, 10), (2, 8)]
    (message,) = await house.published(MESSAGE_REQUESTS, MessageRequested)
    assert message.purpose is MessagePurpose.EVENT_INVITATION
    assert message.message_class is MessageClass.RELATIONSHIP
    assert message.occasion == str(event)
    assert message.manner is Manner.CARD
    assert message.calendar is None
    assert message.data["title"] == "Robots in the bakery"
    assert message.data["companion"] == "true"
    link = message.link or ""
    assert link.startswith(house.service.foundation.settings.http.pages + "/r/")
    assert len(link.rpartition("/")[2]) == 22


async def test_fifty_approvals_of_the_last_seat_give_one(house: House) -> None:
    event = await house.event(seats=1)
    drafts = [await house.draft(await house.customer(), event) for _ in range(50)]

    answers = await asyncio.gather(
        *(house.insist(f"/v1/invitations/{draft}/approve", house.manager) for draft in drafts)
    )

    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 49}
    refused = {answer.json()["type"] for answer in answers if answer.status_code == 409}
    assert refused == {"urn:kindred:problem:no-seat-left"}
    assert await house.held(event) == 1
    assert len(await house.published(MESSAGE_REQUESTS, MessageRequested)) == 1


async def test_an_approval_under_a_key_happens_once(house: House) -> None:
    draft = await house.draft(await house.customer(), await house.event())
    headers = house.manager | {"Idempotency-Key": "first-try"}

    first, second = [
        await house.client.post(f"/v1/invitations/{draft}/approve", headers=headers)
        for _ in range(2)
    ]

    assert first.status_code == second.status_code == 200
    assert first.json() == second.json()
    assert (await house.post(f"/v1/invitations/{draft}/approve", status=409))["type"].endswith(
        "illegal-step"
    )


@pytest.mark.parametrize(
    ("profile", "event", "code"),
    [
        ({"active": False}, {}, "inactive"),
        ({"objected": True}, {}, "objection"),
        ({"may_be_invited": False}, {}, "consent"),
        ({"open_case": True}, {"kind": "sport"}, "open_case"),
        (
            {"norm": {"max_value": 50, "stated_by": "self"}},
            {"hospitality_value": 60},
            "norm",
        ),
        (
            {"norm": {"business_only": True, "stated_by": "self"}},
            {"kind": "dinner"},
            "norm",
        ),
        ({"birth_year": 2030}, {"minimum_age": 18}, "age"),
        ({"birth_year": None}, {"minimum_age": 21}, "age"),
    ],
)
async def test_who_may_not_be_invited_is_not(
    house: House, profile: dict[str, object], event: dict[str, object], code: str
) -> None:
    event_id, customer = await house.event(**event), await house.customer(**profile)
    draft = await house.draft(customer, event_id)
    wish = {"customer_id": str(customer), "event_id": str(event_id)}

    by_approval = await house.post(f"/v1/invitations/{draft}/approve", status=409)
    by_hand = await house.post("/v1/invitations", wish, status=409)

    for refused in (by_approval, by_hand):
        assert refused["type"].endswith("not-invitable")
        assert code in refused["detail"]
    assert await house.held(event_id) == 0


async def test_an_objection_counts_as_soon_as_it_is_heard(house: House) -> None:
    customer = await house.customer()
    draft = await house.draft(customer, await house.event())
    objection = ConsentChanged.model_validate(
        {
            "customer_id": customer,
            "purpose": "invitations",
            "state": "objected",
            "stated_at": house.clock.now(),
            "channel": "unsubscribe",
        }
    )

    await house.receive(CONSENT_RECORDS, customer, objection)

    refused = await house.post(f"/v1/invitations/{draft}/approve", status=409)
    assert "objection" in refused["detail"]


@pytest.mark.parametrize(
    ("statements", "refused"),
    [
        ((("invitations", "revoked"), ("all", "granted")), True),
        ((("invitations", "revoked"), ("invitations", "granted")), False),
        ((("all", "objected"), ("invitations", "granted")), False),
        ((("all", "objected"), ("surveys", "granted")), True),
        ((("invitations", "granted"), ("all", "revoked")), True),
        ((("surveys", "revoked"),), False),
        ((("all", "revoked"), ("all", "granted")), False),
    ],
)
async def test_only_a_yes_to_invitations_lifts_their_refusal(
    house: House, statements: tuple[tuple[str, str], ...], refused: bool
) -> None:
    customer = await house.customer()
    draft = await house.draft(customer, await house.event())
    for day, (purpose, state) in enumerate(statements):
        said = {
            "customer_id": customer,
            "purpose": purpose,
            "state": state,
            "stated_at": house.clock.now() + timedelta(days=day - 9),
            "channel": "page",
        }
        await house.receive(CONSENT_RECORDS, customer, ConsentChanged.model_validate(said))

    answer = await house.post(f"/v1/invitations/{draft}/approve", status=409 if refused else 200)
    assert ("objection" in str(answer.get("detail"))) is refused


async def test_an_event_that_has_begun_or_is_off_takes_nobody(house: House) -> None:
    soon = await house.event(starts_at=house.clock.now() + timedelta(minutes=5))
    off = await house.event()
    drafts = [await house.draft(await house.customer(), event) for event in (soon, off)]
    house.clock.leap(timedelta(minutes=6))
    await house.post(f"/v1/events/{off}/cancel", headers=house.planner)

    refused = [await house.post(f"/v1/invitations/{draft}/approve", status=409) for draft in drafts]

    assert refused[0]["type"].endswith("event-closed")
    assert [await house.step(draft) for draft in drafts] == ["drafted", "cancelled"]


async def test_a_second_seat_only_where_companions_are_welcome(house: House) -> None:
    draft = await house.draft(await house.customer(), await house.event())

    refused = await house.post(f"/v1/invitations/{draft}/approve", {"seats": 2}, status=409)

    assert refused["type"].endswith("companion-not-allowed")


async def test_many_approvals_go_as_far_as_the_seats(house: House) -> None:
    event, other = await house.event(seats=2), await house.event()
    mine = [await house.draft(await house.customer(), event) for _ in range(3)]
    elsewhere = await house.draft(await house.customer(), other)
    foreign = await house.draft(
        await house.customer(account_manager_id="manager-2", team="south"), event
    )
    ids = [str(id_) for id_ in (elsewhere, foreign, *mine)]

    answer = await house.post(f"/v1/events/{event}/approvals", {"invitation_ids": ids})

    found = [(item["invitation_id"], item["status"], item["problem"]) for item in answer["items"]]
    assert found == [
        (ids[0], 404, "not-found"),
        (ids[1], 404, "not-found"),
        (ids[2], 200, None),
        (ids[3], 200, None),
        (ids[4], 409, "no-seat-left"),
    ]
    assert await house.held(event) == 2
    listed = [
        one for one in await house.published(EVENT_CATALOGUE, EventListed) if one.event_id == event
    ]
    assert [one.seats_to_allocate for one in listed] == [2, 0]


async def test_a_customer_can_be_invited_without_a_draft_but_not_twice(house: House) -> None:
    event, customer = await house.event(), await house.customer()
    wish = {"customer_id": str(customer), "event_id": str(event), "manner": "phone"}

    invited = await house.post("/v1/invitations", wish, status=201)
    again = await house.post("/v1/invitations", wish, status=409)

    assert (invited["step"], invited["manner"]) == ("approved", "phone")
    assert again["type"].endswith("illegal-step")


async def test_a_withdrawal_frees_the_seat_and_a_new_invitation_is_a_new_message(
    house: House,
) -> None:
    event = await house.event(seats=1)
    invitation = await house.approved(event)

    withdrawn = await house.post(f"/v1/invitations/{invitation}/withdraw")
    assert (withdrawn["step"], await house.held(event)) == ("withdrawn", 0)
    (taken_back,) = await house.published(MESSAGE_REQUESTS, MessagesWithdrawn)
    await house.post(f"/v1/invitations/{invitation}/approve")

    messages = await house.published(MESSAGE_REQUESTS, MessageRequested)
    assert len({message.occasion for message in messages}) == 2
    assert len({message.message_id for message in messages}) == 2
    assert {message.occasion.partition("/")[0] for message in messages} == {taken_back.about}
    assert {message.customer_id for message in messages} == {taken_back.customer_id}


async def test_unknown_things_are_not_found(house: House) -> None:
    nobody: UUID = new_id()
    wish = {"customer_id": str(nobody), "event_id": str(nobody)}

    for path, body in (
        (f"/v1/invitations/{nobody}/approve", None),
        (f"/v1/invitations/{nobody}/withdraw", None),
        (f"/v1/invitations/{nobody}/attendance", {"attended": True}),
        ("/v1/invitations", wish),
    ):
        answer = await house.client.post(path, json=body, headers=house.planner)
        assert answer.status_code == 404, path
