from datetime import timedelta
from uuid import UUID

import pytest
from services.invitations.tests.house import House
from services.invitations.tests.test_reply_page import DECLINE, link_of, reply

from kindred_common.clock import new_id
from kindred_common.contracts.external import ExternalResponse
from kindred_common.contracts.identity import customer_id_of
from kindred_common.contracts.invitations import InvitationChanged
from kindred_common.contracts.outreach import MessageOutcome, MessageRequested
from kindred_common.contracts.topics import (
    EXTERNAL_RESPONSES,
    INVITATION_RECORDS,
    MESSAGE_OUTCOMES,
    MESSAGE_REQUESTS,
)
from kindred_common.contracts.vocabulary import FactSource, MessagePurpose
from kindred_common.messaging.verdicts import Early, NotApplied, Rejected

CUSTOMER = customer_id_of("crm", "C1")


async def respond(house: House, event: UUID, response: str, **changes: object) -> NotApplied | None:
    record = ExternalResponse.model_validate(
        {
            "source": "tickets",
            "customer_source": "crm",
            "customer_external_id": "C1",
            "event_id": event,
            "response": response,
            "at": house.clock.now(),
            **changes,
        }
    )
    return await house.receive(EXTERNAL_RESPONSES, "crm:C1", record)


async def soon(house: House, **changes: object) -> UUID:
    """An event whose doors are open for attendance."""
    return await house.event(starts_at=house.clock.now() + timedelta(hours=5), **changes)


async def last_step(house: House) -> InvitationChanged:
    return (await house.published(INVITATION_RECORDS, InvitationChanged))[-1]


async def test_an_answer_given_elsewhere_counts_like_one_given_here(house: House) -> None:
    event = await house.event(companion_allowed=True)
    await house.approved(event, customer_id=CUSTOMER)

    assert await respond(house, event, "accepted", with_companion=True) is None
    accepted = await last_step(house)
    assert (accepted.step, accepted.seats, accepted.source) == ("accepted", 2, FactSource.CRM)
    assert await respond(house, event, "accepted", with_companion=True) is None
    assert await respond(house, event, "declined", decline_reason="distance") is None

    declined = await last_step(house)
    assert (declined.step, declined.decline_reason) == ("declined", "distance")
    assert await house.held(event) == 0
    confirmed = await house.published(MESSAGE_REQUESTS, MessageRequested)
    assert [one.purpose for one in confirmed] == [
        MessagePurpose.EVENT_INVITATION,
        MessagePurpose.EVENT_CONFIRMATION,
    ]


async def test_attendance_seen_elsewhere_counts(house: House) -> None:
    event = await soon(house)
    await house.approved(event, customer_id=CUSTOMER)

    assert await respond(house, event, "attended") is None
    assert await respond(house, event, "attended") is None
    assert (await last_step(house)).step == "attended"
    assert await respond(house, event, "no_show") is None
    assert (await last_step(house)).step == "no_show"
    assert len(await house.published(INVITATION_RECORDS, InvitationChanged)) == 4


async def test_who_stands_at_the_door_uninvited_gets_a_seat_if_there_is_one(house: House) -> None:
    await house.customer(customer_id=CUSTOMER)
    roomy, full = await soon(house), await soon(house, seats=0)

    assert await respond(house, roomy, "attended") is None
    verdict = await respond(house, full, "attended")

    assert await house.held(roomy) == 1
    assert isinstance(verdict, Rejected)
    assert "seats" in verdict.reason


async def test_unknown_customers_and_events_are_waited_for(house: House) -> None:
    event = await house.event()
    stranger = await respond(house, event, "accepted")
    await house.customer(customer_id=CUSTOMER)
    unknown: UUID = new_id()
    unknown_event = await respond(house, unknown, "accepted")
    by_name = await respond(
        house, event, "accepted", event_id=None, event_source="venue", event_external_id="E1"
    )
    nameless = await respond(house, event, "accepted", event_id=None)

    assert isinstance(stranger, Early)
    assert stranger.waits_for == f"customer:{CUSTOMER}"
    assert isinstance(unknown_event, Early)
    assert unknown_event.waits_for == f"event:{unknown}"
    assert isinstance(by_name, Early)
    assert isinstance(nameless, Rejected)
    assert nameless.field == "event_id"


async def test_what_cannot_have_happened_is_rejected(house: House) -> None:
    event, later = await soon(house), await house.event()
    await house.approved(event, customer_id=CUSTOMER)
    now = house.clock.now()

    verdicts = [
        await respond(house, event, "no_show"),
        await respond(house, later, "no_show"),
        await respond(house, later, "attended"),
        await respond(house, event, "accepted", at=now + timedelta(days=1)),
        await respond(house, event, "accepted", at=now + timedelta(hours=6)),
    ]

    assert all(isinstance(verdict, Rejected) for verdict in verdicts)


async def test_an_older_answer_does_not_undo_a_newer_one(house: House) -> None:
    event = await house.event()
    invitation = await house.approved(event, customer_id=CUSTOMER)
    earlier = house.clock.now()
    await reply(house, await link_of(house, invitation), DECLINE)

    verdict = await respond(house, event, "accepted", at=earlier)

    assert isinstance(verdict, Rejected)
    assert await house.step(invitation) == "declined"


async def test_attendance_is_noted_corrected_and_not_before_its_time(house: House) -> None:
    event, later = await soon(house), await house.event()
    guest, early = await house.approved(event), await house.approved(later)
    path = f"/v1/invitations/{guest}/attendance"

    too_early = await house.post(
        f"/v1/invitations/{early}/attendance", {"attended": True}, status=409
    )
    came = await house.post(path, {"attended": True})
    stayed_away = await house.post(path, {"attended": False})

    assert too_early["type"].endswith("too-early")
    assert (came["step"], stayed_away["step"]) == ("attended", "no_show")
    assert await house.held(event) == 0
    declined = await house.post(f"/v1/invitations/{guest}/reply", {"accepts": False}, status=409)
    assert declined["type"].endswith("illegal-step")


async def outcome(house: House, result: str, number: int = -1, **changes: object) -> None:
    message = (await house.published(MESSAGE_REQUESTS, MessageRequested))[number]
    record = MessageOutcome.model_validate(
        {
            "message_id": message.message_id,
            "customer_id": message.customer_id,
            "purpose": message.purpose,
            "occasion": message.occasion,
            "result": result,
            "at": house.clock.now(),
            **changes,
        }
    )
    assert await house.receive(MESSAGE_OUTCOMES, message.customer_id, record) is None


async def test_what_became_of_the_message_shows_on_the_invitation(house: House) -> None:
    event = await house.event(seats=1)
    invitation = await house.approved(event)

    await outcome(house, "skipped", rule="weekly_cap")
    track = await house.get(f"/v1/invitations/{invitation}")
    assert (track["step"], track["delivery"]["rule"]) == ("not_sent", "weekly_cap")
    assert [step["rule"] for step in track["steps"]] == [None, None, "weekly_cap"]
    assert await house.held(event) == 1, "the seat is kept"
    await outcome(house, "sent")
    await outcome(house, "sent")

    assert await house.step(invitation) == "sent"
    steps = await house.published(INVITATION_RECORDS, InvitationChanged)
    assert [step.step for step in steps] == ["drafted", "approved", "not_sent", "sent"]


async def test_an_uncertain_message_leaves_the_step_and_is_shown(house: House) -> None:
    invitation = await house.approved(await house.event())

    await outcome(house, "uncertain")

    track = await house.get(f"/v1/invitations/{invitation}")
    assert (track["step"], track["delivery"]["result"]) == ("approved", "uncertain")


async def test_after_another_try_in_another_manner_the_old_message_counts_no_more(
    house: House,
) -> None:
    event = await house.event(seats=1)
    invitation = await house.approved(event)
    await outcome(house, "bounced", rule="no_such_address")
    await house.post(f"/v1/invitations/{invitation}/approve", {"manner": "phone"})

    await outcome(house, "sent", number=0)
    assert await house.step(invitation) == "approved"
    await outcome(house, "task_created")
    assert await house.step(invitation) == "approved"
    await outcome(house, "sent")

    assert await house.step(invitation) == "sent"
    assert await house.held(event) == 1


async def test_an_outcome_after_the_answer_does_not_undo_it(house: House) -> None:
    invitation = await house.approved(await house.event())
    await reply(house, await link_of(house, invitation), DECLINE)

    await outcome(house, "sent", number=0)

    assert await house.step(invitation) == "declined"


@pytest.mark.parametrize("purpose", ["survey_invitation", "feedback_request"])
async def test_messages_of_other_services_are_none_of_our_business(
    house: House, purpose: str
) -> None:
    record = MessageOutcome.model_validate(
        {
            "message_id": new_id(),
            "customer_id": new_id(),
            "purpose": purpose,
            "occasion": "wave",
            "result": "sent",
            "at": house.clock.now(),
        }
    )

    assert await house.receive(MESSAGE_OUTCOMES, record.customer_id, record) is None
