"""Outreach whole: records in from Kafka, mails out, outcomes back to Kafka."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from services.outreach.tests.mail_server import UnkindServer
from services.outreach.tests.office import CONCERT, MONDAY, mail_of

import kindred_outreach
from kindred_common.clock import new_id
from kindred_common.contracts.codec import Received
from kindred_common.contracts.envelope import Envelope
from kindred_common.contracts.outreach import (
    CalendarEntry,
    MessageOutcome,
    MessageRequested,
    MessagesWithdrawn,
)
from kindred_common.contracts.profile import ConsentChanged, CustomerDetails
from kindred_common.contracts.record import Cause, Record
from kindred_common.contracts.topics import (
    CONSENT_RECORDS,
    CUSTOMER_DETAILS,
    MESSAGE_OUTCOMES,
    MESSAGE_REQUESTS,
    Topic,
)
from kindred_common.contracts.vocabulary import (
    ConsentPurpose,
    ConsentState,
    LegalGround,
    MessageClass,
    MessagePurpose,
    MessageResult,
    Service,
)
from kindred_common.messaging.heartbeats import Heartbeats
from kindred_common.messaging.kafka import create_producer
from kindred_common.runtime.settings import HttpSettings
from kindred_common.security.local_issuer import LocalIssuer
from kindred_common.security.principals import Role
from kindred_common.security.settings import SecuritySettings
from kindred_common.testing.clocks import OffsetClock
from kindred_common.testing.cluster import fresh_topics, read_all, write
from kindred_common.testing.databases import fresh_database
from kindred_common.testing.ports import free_port
from kindred_common.testing.services import Running, running
from kindred_common.testing.waiting import eventually
from kindred_outreach.bootstrap import SERVICE
from kindred_outreach.settings import OutreachSettings, QuietSettings, SmtpSettings

TOPICS = (CONSENT_RECORDS, CUSTOMER_DETAILS, MESSAGE_OUTCOMES, MESSAGE_REQUESTS)


@dataclass
class World:
    """A running outreach and what surrounds it."""

    service: Running[OutreachSettings]
    mails: UnkindServer
    issuer: LocalIssuer
    clock: OffsetClock

    @property
    def settings(self) -> OutreachSettings:
        return self.service.foundation.settings

    async def publish(
        self, topic: Topic, key: UUID, record: Record | None, sequence: int | None = None
    ) -> str:
        record_id = str(new_id())
        kind = (topic.records[0] if record is None else type(record)).record_type
        cause = Cause("first-cause", "the-answer")
        envelope = Envelope(
            record_id, "kindred/profile", kind, self.clock.now(), str(key), cause, sequence
        )
        await write(self.settings.kafka, topic, [(str(key), envelope, record)])
        return record_id

    async def beat(self) -> None:
        """Profile says that what it publishes is current."""
        producer = create_producer(self.settings.kafka, client_id="profile")
        await producer.start()
        now = self.clock.now()
        await Heartbeats(Service.PROFILE, self.settings.kafka, now).beat(producer, now)
        await producer.stop()

    async def outcomes(self) -> Sequence[Received[Record]]:
        return await read_all(self.settings.kafka, MESSAGE_OUTCOMES)

    async def results(self) -> list[MessageResult]:
        found = await self.outcomes()
        return [o.data.result for o in found if isinstance(o.data, MessageOutcome)]

    def operator(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.issuer.issue('ops', [Role.ADMINISTRATOR])}"}


@pytest.fixture
async def world(
    postgres_server: str, kafka_server: str, tmp_path: Path, mail_server: UnkindServer
) -> AsyncIterator[World]:
    clock = OffsetClock()
    issuer = LocalIssuer(
        tmp_path / "keys", issuer="kindred-local", audience="kindred", clock=clock, ids=new_id
    )
    async with (
        fresh_database(postgres_server, kindred_outreach) as database,
        fresh_topics(kafka_server, TOPICS) as kafka,
    ):
        settings = OutreachSettings(
            database=database,
            kafka=kafka,
            http=HttpSettings(port=free_port()),
            security=SecuritySettings(jwks=str(issuer.jwks)),
            smtp=SmtpSettings(port=mail_server.port),
            quiet_hours=QuietSettings(enabled=False),
        )
        async with running(SERVICE, settings, clock=clock) as service:
            yield World(service, mail_server, issuer, clock)


def anna(customer_id: UUID) -> CustomerDetails:
    return CustomerDetails(
        customer_id=customer_id,
        given_name="Anna",
        family_name="Jansen",
        email="anna@customer.example",
        legal_ground=LegalGround.EXISTING_RELATION,
        account_manager_name="Pieter de Vries",
        account_manager_email="pieter@company.example",
    )


def invitation(customer_id: UUID, **changes: object) -> MessageRequested:
    values: dict[str, object] = {
        "message_id": new_id(),
        "customer_id": customer_id,
        "purpose": MessagePurpose.EVENT_INVITATION,
        "occasion": "concert",
        "message_class": MessageClass.RELATIONSHIP,
        "data": CONCERT,
        "link": "http://127.0.0.1/r/AbCdEfGhIjKlMnOpQrStUv",
    }
    return MessageRequested.model_validate(values | changes)


async def test_from_request_to_mail_to_outcome(world: World) -> None:
    customer = new_id()
    request_id = await world.publish(MESSAGE_REQUESTS, customer, invitation(customer))
    status = await eventually(lambda: messages_in(world), lambda found: found == {"waiting": 1})
    assert status
    await world.beat()
    await world.publish(CUSTOMER_DETAILS, customer, anna(customer), 1)

    (outcome,) = await eventually(world.outcomes, within=30)

    assert isinstance(outcome.data, MessageOutcome)
    assert (outcome.key, outcome.data.result) == (str(customer), MessageResult.SENT)
    assert outcome.envelope.cause.causation_id == request_id
    assert outcome.envelope.cause.correlation_id == "first-cause"
    assert mail_of(world.mails.taken[0])["Subject"].startswith("Uitnodiging: ")

    entry = CalendarEntry(
        uid="x@kindred", title="Concert", starts_at=MONDAY, ends_at=MONDAY, zone="Europe/Amsterdam"
    )
    confirmed = invitation(
        customer,
        purpose=MessagePurpose.EVENT_CONFIRMATION,
        message_class=MessageClass.SERVICE,
        calendar=entry,
    )
    await world.publish(MESSAGE_REQUESTS, customer, confirmed)
    await eventually(world.results, lambda results: len(results) == 2)
    assert b"text/calendar" in world.mails.taken[1]

    asked = await world.service.client.post("/v1/republish", headers=world.operator())
    assert asked.status_code == 202
    results = await eventually(world.results, lambda results: len(results) == 4)
    assert results == [MessageResult.SENT] * 4
    assert len(world.mails.taken) == 2


async def test_what_is_withdrawn_while_it_waits_does_not_go_out(world: World) -> None:
    customer = new_id()
    await world.publish(MESSAGE_REQUESTS, customer, invitation(customer, occasion="concert/2"))
    await world.publish(MESSAGE_REQUESTS, customer, invitation(customer, occasion="race"))
    await eventually(lambda: messages_in(world), lambda found: found == {"waiting": 2})
    withdrawn = MessagesWithdrawn(customer_id=customer, about="concert")
    await world.publish(MESSAGE_REQUESTS, customer, withdrawn)
    await eventually(world.results, lambda results: results == [MessageResult.SKIPPED])
    await world.beat()
    await world.publish(CUSTOMER_DETAILS, customer, anna(customer), 1)

    first, last = await eventually(world.outcomes, lambda found: len(found) == 2, within=30)
    assert isinstance(first.data, MessageOutcome)
    assert isinstance(last.data, MessageOutcome)
    assert (first.data.occasion, first.data.rule) == ("concert/2", "withdrawn")
    assert (last.data.occasion, last.data.result) == ("race", MessageResult.SENT)
    assert len(world.mails.taken) == 1


async def test_an_objection_stated_elsewhere_and_a_removed_customer(world: World) -> None:
    customer, gone = new_id(), new_id()
    await world.publish(CUSTOMER_DETAILS, customer, anna(customer), 1)
    await world.publish(CUSTOMER_DETAILS, gone, anna(gone), 1)
    await world.publish(CUSTOMER_DETAILS, gone, None, 2)
    objection = ConsentChanged(
        customer_id=customer,
        purpose=ConsentPurpose.ALL,
        state=ConsentState.OBJECTED,
        stated_at=world.clock.now(),
        channel="phone",
    )
    await world.publish(CONSENT_RECORDS, customer, objection)
    await world.publish(MESSAGE_REQUESTS, customer, invitation(customer))
    await world.publish(MESSAGE_REQUESTS, gone, invitation(gone))
    await world.beat()

    (outcome,) = await eventually(world.outcomes, within=30)
    assert isinstance(outcome.data, MessageOutcome)
    assert (outcome.data.customer_id, outcome.data.rule) == (customer, "objection")
    assert await messages_in(world) == {"skipped": 1, "waiting": 1}
    assert not world.mails.taken


async def test_a_request_that_can_never_be_sent_is_a_dead_letter(world: World) -> None:
    customer = new_id()
    await world.publish(MESSAGE_REQUESTS, customer, invitation(customer, link="javascript:x"))

    async def dead() -> list[object]:
        response: httpx.Response = await world.service.client.get(
            "/v1/dead-letters", headers=world.operator()
        )
        return [(item["field"], item["reason"]) for item in response.json()["items"]]

    assert await eventually(dead) == [("link", "is not a web address")]


async def messages_in(world: World) -> object:
    response = await world.service.client.get("/v1/status", headers=world.operator())
    return response.json()["messages"]
