import asyncio
from datetime import timedelta

import pytest
from services.outreach.tests.mail_server import DROP, DROP_KEPT, HESITATE, STALL, Step, UnkindServer
from services.outreach.tests.office import ANNA, Office, mail_of, recipient, request

from kindred_outreach.application.prepare_message import Prepared
from kindred_outreach.application.recover_messages import LEASE
from kindred_outreach.application.repeat_message import NotRepeatable, repeat_message
from kindred_outreach.domain.deliveries import Delivery
from kindred_outreach.domain.messages import State
from kindred_outreach.entrypoints.dispatch import TooOld


async def test_a_message_is_sent_once_and_told(office: Office, mail_server: UnkindServer) -> None:
    message = request()
    await office.know()
    await office.ask(message)

    assert await office.send_next() is Delivery.ACCEPTED
    assert await office.send_next() is None

    assert (await office.find(message)).state is State.SENT
    assert await office.told() == [("sent", None)]
    mail = mail_of(mail_server.taken[0])
    assert mail["Message-ID"] == f"<{message.id}@kindred.example>"
    assert mail["To"] == "Anna Jansen <anna@customer.example>"
    assert mail["From"] == '"Pieter de Vries (Kindred)" <relations@kindred.example>'
    assert mail["Reply-To"] == "pieter@company.example"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


async def test_the_same_request_again_is_the_same_message(
    office: Office, mail_server: UnkindServer
) -> None:
    await office.know()
    await office.ask(request(occasion="event-1"))
    await office.ask(request(occasion="event-1"))
    await office.send_next()
    await office.ask(request(occasion="event-1"))

    assert await office.send_next() is None
    assert len(mail_server.taken) == 1


SURELY_NOT_TAKEN = [
    (Step.GREETING, DROP, "unreachable"),
    (Step.GREETING, "554 go away", "unreachable"),
    (Step.EHLO, DROP, "put_off"),
    (Step.MAIL, DROP, "put_off"),
    (Step.MAIL, "451 later", "put_off"),
    (Step.RCPT, DROP, "put_off"),
    (Step.RCPT, "450 greylisted", "put_off"),
    (Step.DATA, "451 later", "put_off"),
    (Step.DOT, "452 no room", "put_off"),
]


@pytest.mark.parametrize(("step", "unkind", "rule"), SURELY_NOT_TAKEN)
async def test_what_was_surely_not_taken_is_tried_again(
    office: Office, mail_server: UnkindServer, step: Step, unkind: str, rule: str
) -> None:
    message = request()
    await office.know()
    await office.ask(message)
    mail_server.behave = {step: unkind}

    await office.send_next()

    waiting = await office.find(message)
    assert (waiting.state, waiting.rule) == (State.WAITING, rule)
    assert not mail_server.taken
    assert await office.send_next() is None, "not at once"
    mail_server.behave = {}
    await office.advance(timedelta(minutes=1))
    assert await office.send_next() is Delivery.ACCEPTED
    assert len(mail_server.taken) == 1
    assert await office.told() == [("sent", None)]


async def test_a_server_that_is_away_is_waited_for(
    office: Office, mail_server: UnkindServer
) -> None:
    message = request()
    await office.know()
    await office.ask(message)
    for _ in range(30):
        mail_server.behave = {Step.GREETING: DROP}
        await office.send_next()
        await office.advance(timedelta(minutes=1))
    assert (await office.find(message)).state is State.WAITING
    mail_server.behave = {}
    assert await office.send_next() is Delivery.ACCEPTED


PERHAPS_TAKEN = [
    (Step.DATA, DROP, 0),
    (Step.BODY, DROP, 0),
    (Step.DOT, DROP, 0),
    (Step.DOT, DROP_KEPT, 1),
]


@pytest.mark.parametrize(("step", "unkind", "taken"), PERHAPS_TAKEN)
async def test_what_was_perhaps_taken_is_uncertain_and_never_sent_again_by_itself(
    office: Office, mail_server: UnkindServer, step: Step, unkind: str, taken: int
) -> None:
    message = request()
    await office.know()
    await office.ask(message)
    mail_server.behave = {step: unkind}

    assert await office.send_next() is Delivery.UNKNOWN

    mail_server.behave = {}
    await office.advance(timedelta(days=3))
    await office.dispatch.recover()
    assert await office.send_next() is None
    assert (await office.find(message)).state is State.UNCERTAIN
    assert len(mail_server.taken) == taken
    assert await office.told() == [("uncertain", None)]


async def test_a_server_that_never_answers_leaves_the_message_uncertain(
    hasty_office: Office, mail_server: UnkindServer
) -> None:
    message = request()
    await hasty_office.know()
    await hasty_office.ask(message)
    mail_server.behave = {Step.DOT: STALL}
    assert await hasty_office.send_next() is Delivery.UNKNOWN
    assert (await hasty_office.find(message)).state is State.UNCERTAIN


async def test_an_answer_to_quit_does_not_matter(office: Office, mail_server: UnkindServer) -> None:
    await office.know()
    await office.ask(request())
    mail_server.behave = {Step.QUIT: DROP}
    assert await office.send_next() is Delivery.ACCEPTED


async def test_an_uncertain_message_is_sent_again_when_a_person_asks(
    office: Office, mail_server: UnkindServer
) -> None:
    message = request()
    await office.know()
    await office.ask(message)
    mail_server.behave = {Step.DOT: DROP}
    await office.send_next()
    mail_server.behave = {}

    async with office.stores() as stores:
        await repeat_message(stores, message.id, office.clock.now())
    assert await office.send_next() is Delivery.ACCEPTED

    assert await office.told() == [("uncertain", None), ("sent", None)]
    async with office.stores() as stores:
        with pytest.raises(NotRepeatable):
            await repeat_message(stores, message.id, office.clock.now())


async def test_an_address_that_does_not_exist_is_not_written_to_again(
    office: Office, mail_server: UnkindServer
) -> None:
    await office.know()
    await office.ask(request(), request(message_class="service", purpose="event_confirmation"))
    mail_server.behave = {Step.RCPT: "550 5.1.1 no such user"}
    await office.send_next()
    await office.send_next()
    assert await office.told() == [("bounced", "no_such_address"), ("skipped", "suppressed")]

    await office.know(recipient(email="anna.jansen@new.example"))
    mail_server.behave = {}
    await office.ask(request())
    assert await office.send_next() is Delivery.ACCEPTED, "a new address is a new chance"


async def test_a_message_refused_for_good_bounces_without_blaming_the_address(
    office: Office, mail_server: UnkindServer
) -> None:
    await office.know()
    await office.ask(request())
    mail_server.behave = {Step.DOT: "554 looks like spam"}
    await office.send_next()
    mail_server.behave = {}
    await office.ask(request())
    assert await office.send_next() is Delivery.ACCEPTED
    assert await office.told() == [("bounced", "refused"), ("sent", None)]


async def test_a_message_put_off_for_a_day_bounces(
    office: Office, mail_server: UnkindServer
) -> None:
    await office.know()
    await office.ask(request(message_class="service"))
    mail_server.behave = {Step.RCPT: "450 later"}
    for _ in range(10):
        await office.send_next()
        await office.advance(timedelta(hours=2))
    assert await office.told() == [("bounced", "put_off")]


async def test_a_slow_attempt_that_was_given_up_hands_nothing_over(
    office: Office, mail_server: UnkindServer
) -> None:
    """A sender frozen before the message went out must not send it when another has taken over."""
    message = request()
    await office.know()
    await office.ask(message)
    slow = await office.dispatch.take()
    assert slow is not None
    assert slow.mail is not None
    await office.advance(LEASE + timedelta(seconds=1))
    assert await office.dispatch.recover() == 1

    assert await office.send_next() is Delivery.ACCEPTED
    assert await office.dispatch.deliver(slow.message, slow.mail) is Delivery.LOST

    assert len(mail_server.taken) == 1
    assert (await office.find(message)).state is State.SENT


async def test_an_answer_after_the_message_was_given_up_still_counts(
    office: Office, mail_server: UnkindServer
) -> None:
    message = request()
    await office.know()
    await office.ask(message)
    prepared = await office.dispatch.take()
    assert prepared is not None
    assert prepared.mail is not None
    mail_server.behave = {Step.DOT: HESITATE}
    async with asyncio.TaskGroup() as group:
        group.create_task(office.dispatch.deliver(prepared.message, prepared.mail))
        await mail_server.stalled.wait()
        await office.advance(LEASE + timedelta(seconds=1))
        assert await office.dispatch.recover() == 1
        assert (await office.find(message)).state is State.UNCERTAIN
        mail_server.go_on.set()
    assert (await office.find(message)).state is State.SENT
    assert await office.told() == [("uncertain", None), ("sent", None)]


async def test_many_senders_send_each_message_once(
    office: Office, mail_server: UnkindServer
) -> None:
    people = [recipient(request().id) for _ in range(20)]
    await office.know(*people)
    messages = [request(customer_id=person.customer_id) for person in people]
    await office.ask(*messages)

    async def sender() -> None:
        while await office.send_next() is not None:
            pass

    async with asyncio.TaskGroup() as group:
        for _ in range(5):
            group.create_task(sender())

    sent = [mail_of(content)["Message-ID"] for content in mail_server.taken]
    assert sorted(sent) == sorted(f"<{message.id}@kindred.example>" for message in messages)


async def test_two_senders_cannot_pass_the_weekly_cap(
    office: Office, mail_server: UnkindServer
) -> None:
    await office.know()
    await office.ask(*(request() for _ in range(10)))

    async with asyncio.TaskGroup() as group:
        for _ in range(10):
            group.create_task(office.send_next())

    results = await office.told()
    assert results.count(("sent", None)) == 1
    assert results.count(("skipped", "weekly_cap")) == 9
    assert len(mail_server.taken) == 1


async def test_old_copies_hold_everything_back(office: Office) -> None:
    await office.know()
    await office.ask(request(message_class="service"))
    office.clock.advance(timedelta(minutes=5))
    with pytest.raises(TooOld):
        await office.send_next()
    await office.advance(timedelta(0))
    assert await office.send_next() is Delivery.ACCEPTED


async def test_a_customer_not_known_yet_is_waited_for_a_day(office: Office) -> None:
    early, never = request(), request(customer_id=request().id)
    await office.ask(early, never)
    assert isinstance(await office.send_next(), Prepared)
    assert isinstance(await office.send_next(), Prepared)
    assert await office.send_next() is None
    assert await office.told() == []

    await office.know()
    assert await office.send_next() is Delivery.ACCEPTED
    await office.advance(timedelta(days=1))
    await office.send_next()
    assert await office.told() == [("sent", None), ("skipped", "unknown_customer")]
    assert (await office.find(never)).customer_id != ANNA


async def test_a_message_our_code_fails_on_does_not_hold_up_the_others(office: Office) -> None:
    broken = request(purpose="of_a_newer_release")
    await office.know()
    await office.ask(broken, request())

    await office.send_next()
    assert await office.send_next() is Delivery.ACCEPTED
    aside = await office.find(broken)
    assert (aside.state, aside.rule) == (State.WAITING, "failed")
