"""The whole outreach worker is killed at each step of handing mails over: none goes out twice, each has a state that tells the truth."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import httpx
import pytest
from services.outreach.tests.mail_server import STALL, Step, UnkindServer, unkind_server
from tests.chaos.outside import Outside, Writing, outside, writing
from tests.chaos.parts import OUTREACH_API, OUTREACH_WORKER, PROFILE_WORKERS, changed
from tests.chaos.reading import kept, watching
from tests.chaos.report import Report
from tests.chaos.settings import ChaosSettings
from tests.chaos.settling import until_settled
from tests.system import System

from kindred_common.clock import SystemClock, new_id
from kindred_common.contracts.outreach import MessageOutcome, MessageRequested
from kindred_common.contracts.profile import CustomerDetails
from kindred_common.contracts.topics import CUSTOMER_DETAILS, MESSAGE_OUTCOMES, MESSAGE_REQUESTS
from kindred_common.contracts.vocabulary import (
    LegalGround,
    MessageClass,
    MessagePurpose,
    Service,
)
from kindred_common.testing.waiting import eventually
from kindred_outreach.application.recover_messages import LEASE

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(400)]

STEPS = tuple(Step)
MESSAGES = 120
OPEN = {"waiting", "claimed", "handed_over"}
AFTERWARDS = LEASE + timedelta(minutes=1)


async def test_mail_once(system: System, chaos_settings: ChaosSettings, report: Report) -> None:
    random = chaos_settings.random("mail")
    steps = random.sample(STEPS, len(STEPS))
    with report.timed("mail once") as told:
        async with unkind_server() as server, outside(system.kafka_settings) as others:
            server.behave = {steps[0]: STALL}
            worker = changed(OUTREACH_WORKER, smtp__port=server.port)
            # Profile is there for its heartbeats: without them nothing would be sent.
            await system.run_only((OUTREACH_API, worker, PROFILE_WORKERS[0]))
            requests = await _ask(others)
            for step in steps:
                server.behave = {step: STALL}
                server.stalled.clear()
                if not system.child(worker.name).running:
                    system.launch(worker.name)
                await asyncio.wait_for(server.stalled.wait(), 60)
                await asyncio.sleep(random.uniform(0.0, 0.3))
                system.kill(worker.name)

            server.behave = {}
            ahead = AFTERWARDS.total_seconds()
            later = [
                changed(part, clock_offset_seconds=ahead) for part in (worker, PROFILE_WORKERS[0])
            ]
            await system.run_only((OUTREACH_API, *later))
            async with system.client(Service.OUTREACH) as api:
                states = await eventually(
                    lambda: _states(api, requests), _all_settled, within=120, every=0.5
                )
            mails = _mails(server)
        await _assert_honest(system, states, mails)
        told.append(f"{MESSAGES} messages, killed at {', '.join(steps)}")
        told.append(str(dict(Counter(states.values()))))


async def _assert_honest(system: System, states: Mapping[str, str], mails: Counter[str]) -> None:
    assert max(mails.values()) == 1, "a mail went out twice"
    assert set(states.values()) == {"sent", "uncertain"}
    assert set(mails) <= set(states)
    for message_id, state in states.items():
        assert state == "uncertain" or mails[message_id] == 1, "sent, but nothing came"
    async with watching(system.kafka_settings) as watch:
        await until_settled(system, watch, (Service.OUTREACH,))
    outcomes = [
        (str(record.data.message_id), record.data.result.value)
        for record in await kept(system.kafka_settings, MESSAGE_OUTCOMES)
        if isinstance(record.data, MessageOutcome) and str(record.data.message_id) in states
    ]
    assert sorted(outcomes) == sorted(states.items())


async def _ask(others: Outside) -> Sequence[MessageRequested]:
    """Asks for a message to each of many customers; every third request comes twice, the second with another id."""
    requests = [_request(number) for number in range(MESSAGES)]
    for number, request in enumerate(requests):
        await others.write(_details(request))
        await others.write(_requested(request))
        if number % 3 == 0:
            await others.write(_requested(request.model_copy(update={"message_id": new_id()})))
    return requests


async def _states(
    api: httpx.AsyncClient, requests: Sequence[MessageRequested]
) -> Mapping[str, str]:
    """What the API says of each customer's only message, by its id."""
    states: dict[str, str] = {}
    for request in requests:
        answer = await api.get("/v1/messages", params={"customer_id": str(request.customer_id)})
        assert answer.is_success, answer.text
        found = answer.json()["items"]
        assert len(found) <= 1, "one message was taken for two"
        states[str(request.message_id)] = found[0]["state"] if found else "waiting"
        assert not found or found[0]["id"] == str(request.message_id)
    return states


def _all_settled(states: Mapping[str, str]) -> bool:
    return not OPEN & set(states.values())


def _mails(server: UnkindServer) -> Counter[str]:
    """How often each message was taken by the mail server."""
    ids = [message_from_bytes(mail, policy=default)["Message-ID"] for mail in server.taken]
    return Counter(name.strip("<>").partition("@")[0] for name in ids)


def _request(number: int) -> MessageRequested:
    starts_at = SystemClock().now() + timedelta(days=30)
    return MessageRequested(
        message_id=new_id(),
        customer_id=new_id(),
        purpose=MessagePurpose.EVENT_INVITATION,
        occasion=f"event-{number}",
        message_class=MessageClass.RELATIONSHIP,
        data={"title": "Mahler", "starts_at": starts_at.isoformat()},
        link="http://127.0.0.1/r/AbCdEfGhIjKlMnOpQrStUv",
    )


def _requested(request: MessageRequested) -> Writing:
    return writing(
        MESSAGE_REQUESTS,
        str(request.customer_id),
        request,
        record_id=str(new_id()),
        source="kindred/invitations",
        time=SystemClock().now(),
    )


def _details(request: MessageRequested) -> Writing:
    details = CustomerDetails(
        customer_id=request.customer_id,
        given_name="Anna",
        family_name="Jansen",
        email="anna@customer.example",
        legal_ground=LegalGround.EXISTING_RELATION,
    )
    return writing(
        CUSTOMER_DETAILS,
        str(request.customer_id),
        details,
        record_id=str(new_id()),
        source="kindred/profile",
        time=SystemClock().now(),
        sequence=1,
    )
