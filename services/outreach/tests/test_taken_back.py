"""Messages that those who asked for them take back: each is either sent or taken back, never both, never sent later."""

import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa
from services.outreach.tests.mail_server import DROP_KEPT, HESITATE, Step, UnkindServer
from services.outreach.tests.office import Office, request

from kindred_common.security.principals import Role
from kindred_outreach.adapters.tables import call_task
from kindred_outreach.domain.deliveries import Delivery
from kindred_outreach.domain.messages import State

LATER = "450 4.2.0 come back later"


async def test_an_event_called_off_before_the_invitation_went_out(office: Office) -> None:
    """Approved in the evening, cancelled in the night: nobody hears of either."""
    await office.know()
    await office.advance(timedelta(hours=12))
    now = office.clock.now()
    await office.ask(request(occasion="event-1", now=now), request(occasion="event-2", now=now))
    await office.send_next()
    await office.send_next()
    off = request(
        purpose="event_cancellation", message_class="service", occasion="event-1/2", now=now
    )
    await office.ask(off)
    await office.advance(timedelta(hours=12))
    assert await office.send_next() is Delivery.ACCEPTED
    assert await office.send_next() is None
    assert await office.told() == [
        ("skipped", "called_off"),
        ("skipped", "called_off"),
        ("sent", None),
    ]


async def test_a_cancellation_reaches_who_was_invited(office: Office) -> None:
    await office.know()
    await office.ask(request(occasion="event-1"))
    await office.send_next()
    await office.ask(
        request(purpose="event_cancellation", message_class="service", occasion="event-1/1")
    )
    assert await office.send_next() is Delivery.ACCEPTED
    assert await office.told() == [("sent", None), ("sent", None)]


async def test_an_invitation_withdrawn_in_the_night_does_not_go_out_in_the_morning(
    office: Office,
) -> None:
    await office.know()
    await office.advance(timedelta(hours=12))
    now = office.clock.now()
    await office.ask(request(occasion="event-1", now=now), request(occasion="event-10", now=now))
    await office.send_next()
    await office.send_next()
    await office.withdraw("event-1")
    await office.advance(timedelta(hours=12))
    assert await office.send_next() is Delivery.ACCEPTED
    assert await office.send_next() is None
    assert await office.told() == [("skipped", "withdrawn"), ("sent", None)]


async def test_a_sender_who_has_a_withdrawn_invitation_in_hand_keeps_it(office: Office) -> None:
    await office.know()
    await office.ask(request(occasion="event-1"))
    claimed = await office.dispatch.take()
    assert claimed is not None
    assert claimed.mail is not None
    await office.withdraw("event-1")
    assert await office.dispatch.deliver(claimed.message, claimed.mail) is Delivery.LOST
    assert await office.told() == [("skipped", "withdrawn")]
    await office.ask(request(occasion="event-2"))
    assert await office.send_next() is Delivery.ACCEPTED, "what was withdrawn does not count"


async def test_what_has_gone_out_is_not_withdrawn(office: Office) -> None:
    await office.know()
    await office.ask(request(occasion="event-1"))
    await office.send_next()
    await office.withdraw("event-1")
    assert await office.told() == [("sent", None)]


async def test_nobody_is_called_about_what_was_called_off(office: Office) -> None:
    await office.know()
    await office.ask(request(occasion="event-1", manner="phone"))
    await office.send_next()
    await office.ask(
        request(purpose="event_cancellation", message_class="service", occasion="event-1/1")
    )
    assert await office.send_next() is None
    assert await office.rows(sa.select(call_task)) == []
    await office.ask(request(occasion="event-2"))
    assert await office.send_next() is Delivery.ACCEPTED, "what was called off does not count"


async def test_an_invitation_taken_back_while_the_mail_server_ponders_is_not_tried_again(
    office: Office, mail_server: UnkindServer
) -> None:
    """It has the mail in hand, then asks to come back later: nothing has gone out, and nothing will."""
    message = request(occasion="event-1")
    await office.know()
    await office.ask(message)
    mail_server.behave, mail_server.after_all = {Step.DOT: HESITATE}, LATER

    await _withdraw_while_sending(office, mail_server)

    assert await office.told() == [("skipped", "withdrawn")]
    mail_server.behave = {}
    await office.advance(timedelta(days=1))
    assert await office.send_next() is None
    assert mail_server.taken == []
    await office.ask(request(occasion="event-2"))
    assert await office.send_next() is Delivery.ACCEPTED, "what was withdrawn does not count"


async def test_an_invitation_that_the_mail_server_takes_all_the_same_is_sent(
    office: Office, mail_server: UnkindServer
) -> None:
    await office.know()
    await office.ask(request(occasion="event-1"))
    mail_server.behave = {Step.DOT: HESITATE}

    await _withdraw_while_sending(office, mail_server)

    assert await office.told() == [("sent", None)]
    assert len(mail_server.taken) == 1


@pytest.mark.parametrize("night", [True, False], ids=["skipped", "uncertain"])
async def test_nobody_can_have_a_withdrawn_invitation_sent_again(
    office: Office, mail_server: UnkindServer, night: bool
) -> None:
    message = request(occasion="event-1")
    await office.know()
    await office.advance(timedelta(hours=12 if night else 0))
    await office.ask(message)
    mail_server.behave = {Step.DOT: DROP_KEPT}
    await office.send_next()
    await office.withdraw("event-1")
    expected = State.SKIPPED if night else State.UNCERTAIN
    assert (await office.find(message)).state is expected

    async with office.client(Role.ADMINISTRATOR) as client:
        refused = await client.post(f"/v1/messages/{message.id}/resend")

    assert refused.status_code == 409, refused.text
    assert (await office.find(message)).state is expected


async def test_in_a_race_an_invitation_is_either_sent_or_withdrawn(
    office: Office, mail_server: UnkindServer
) -> None:
    await office.know()
    messages = [
        request(occasion=f"event-{number}", message_class="service") for number in range(12)
    ]

    for message in messages:
        await office.ask(message)
        await asyncio.gather(office.send_next(), office.withdraw(message.occasion))
        await office.send_next()

    ends = [(await office.find(message)).state for message in messages]
    assert set(ends) <= {State.SENT, State.SKIPPED}
    assert len(mail_server.taken) == ends.count(State.SENT)
    results = [result for result, _ in await office.told()]
    assert results == [end.value for end in ends]


async def _withdraw_while_sending(office: Office, mail_server: UnkindServer) -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(office.send_next())
        await mail_server.stalled.wait()
        await office.withdraw("event-1")
        mail_server.go_on.set()
