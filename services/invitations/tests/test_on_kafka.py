"""The whole service on the real broker: what other systems and services write arrives, waits, acts and is told on."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from services.invitations.tests.house import House
from services.invitations.tests.test_events import CRM_ID, KEY, crm_event
from services.invitations.tests.test_responses import CUSTOMER

import kindred_invitations
from kindred_common.clock import new_id
from kindred_common.contracts.envelope import Envelope
from kindred_common.contracts.external import ExternalResponse, IngestReceipt, ReceiptStatus
from kindred_common.contracts.invitations import EventListed, InvitationChanged
from kindred_common.contracts.matching import CustomerMatches, Match
from kindred_common.contracts.outreach import MessageOutcome, MessageRequested
from kindred_common.contracts.profile import CustomerProfile
from kindred_common.contracts.record import Cause, Record
from kindred_common.contracts.topics import (
    CRM_EVENTS,
    CUSTOMER_MATCHES,
    CUSTOMER_PROFILES,
    EVENT_CATALOGUE,
    EXTERNAL_RESPONSES,
    INGEST_RECEIPTS,
    INVITATION_RECORDS,
    MESSAGE_OUTCOMES,
    MESSAGE_REQUESTS,
    TOPICS,
    Topic,
)
from kindred_common.contracts.vocabulary import MessageResult, Service
from kindred_common.messaging.settings import KafkaSettings
from kindred_common.runtime.settings import HttpSettings
from kindred_common.security.local_issuer import LocalIssuer
from kindred_common.security.principals import Role
from kindred_common.security.settings import SecuritySettings
from kindred_common.testing.clocks import OffsetClock
from kindred_common.testing.cluster import fresh_topics, read_all, write, write_bytes
from kindred_common.testing.databases import fresh_database
from kindred_common.testing.ports import free_port
from kindred_common.testing.services import running
from kindred_common.testing.waiting import eventually
from kindred_invitations.bootstrap import SERVICE
from kindred_invitations.settings import InvitationsSettings

OURS = tuple(
    topic for topic in TOPICS if Service.INVITATIONS in (*topic.producers, *topic.consumers)
)


@pytest.fixture
async def kafka(kafka_server: str) -> AsyncIterator[KafkaSettings]:
    async with fresh_topics(kafka_server, OURS) as settings:
        yield settings


@pytest.fixture
async def house(postgres_server: str, kafka: KafkaSettings, tmp_path: Path) -> AsyncIterator[House]:
    clock = OffsetClock()
    issuer = LocalIssuer(
        tmp_path / "issuer", issuer="kindred-local", audience="kindred", clock=clock, ids=new_id
    )
    async with fresh_database(postgres_server, kindred_invitations) as database:
        settings = InvitationsSettings(
            database=database,
            kafka=kafka,
            http=HttpSettings(port=free_port()),
            security=SecuritySettings(jwks=str(issuer.jwks)),
        )
        async with running(SERVICE, settings, clock=clock) as service:
            yield House(service, issuer, clock)


class World:
    """The other systems and services, as far as topics show them."""

    def __init__(self, kafka: KafkaSettings, house: House) -> None:
        self._kafka = kafka
        self._house = house

    async def tell(self, topic: Topic, key: object, record: Record | None, version: int = 1) -> str:
        record_id = str(new_id())
        envelope = Envelope(
            id=record_id,
            source="world",
            type=topic.records[0].record_type,
            time=self._house.clock.now(),
            subject=str(key),
            cause=Cause("first"),
            sequence=version,
            source_version=version,
        )
        await write(self._kafka, topic, [(str(key), envelope, record)])
        return record_id

    async def told(self, topic: Topic, model: type[Any], count: int) -> list[Any]:
        """The records on a topic, as soon as there are ``count``."""

        async def look() -> list[Any]:
            return [one.data for one in await read_all(self._kafka, topic)]

        records = await eventually(look, lambda found: len(found) >= count, within=60)
        assert all(isinstance(record, model) for record in records if record is not None)
        return records

    async def receipts(self, record_id: str, count: int) -> list[ReceiptStatus]:
        async def look() -> list[ReceiptStatus]:
            found = [one.data for one in await read_all(self._kafka, INGEST_RECEIPTS)]
            return [
                one.status
                for one in found
                if isinstance(one, IngestReceipt) and one.record_id == record_id
            ]

        return await eventually(look, lambda found: len(found) >= count, within=60)


@pytest.fixture
def world(kafka: KafkaSettings, house: House) -> World:
    return World(kafka, house)


def profile() -> CustomerProfile:
    return CustomerProfile(customer_id=CUSTOMER, version=1, active=True, may_be_invited=True)


def matches(house: House, event: UUID) -> CustomerMatches:
    return CustomerMatches(
        customer_id=CUSTOMER,
        profile_version=1,
        matches=(Match(event_id=event, seats=1, score=0.5),),
        priced_at=house.clock.now(),
    )


async def invitation_of(house: House, step: str) -> UUID:
    async def look() -> list[Any]:
        return list(await house.rows("SELECT id FROM invitation WHERE step = :s", s=step))

    found: UUID = (await eventually(look, within=60))[0]["id"]
    return found


async def test_from_a_planned_event_to_a_message_and_its_outcome(
    house: House, world: World, kafka: KafkaSettings
) -> None:
    await world.tell(CUSTOMER_MATCHES, CUSTOMER, matches(house, CRM_ID))
    await world.tell(CUSTOMER_PROFILES, CUSTOMER, profile())
    await world.tell(CRM_EVENTS, KEY, crm_event())
    draft = await invitation_of(house, "drafted")

    headers = house.token(Role.PROGRAMME_MANAGER, "planner")
    await house.post(f"/v1/invitations/{draft}/approve", headers=headers)

    (message,) = await world.told(MESSAGE_REQUESTS, MessageRequested, 1)
    steps = await world.told(INVITATION_RECORDS, InvitationChanged, 2)
    assert [step.step for step in steps] == ["drafted", "approved"]
    catalogue = await read_all(kafka, EVENT_CATALOGUE)
    assert [one.envelope.sequence for one in catalogue] == [1, 2]
    drafted = (await read_all(kafka, INVITATION_RECORDS))[0].envelope.cause
    assert drafted.correlation_id == "first", "what follows leads back to its first cause"
    outcome = MessageOutcome(
        message_id=message.message_id,
        customer_id=CUSTOMER,
        purpose=message.purpose,
        occasion=message.occasion,
        result=MessageResult.SENT,
        at=house.clock.now(),
    )
    await world.tell(MESSAGE_OUTCOMES, CUSTOMER, outcome)
    assert await invitation_of(house, "sent") == draft


async def test_what_comes_early_waits_and_what_is_wrong_is_told(
    house: House, world: World, kafka: KafkaSettings
) -> None:
    response = ExternalResponse.model_validate(
        {
            "source": "tickets",
            "customer_source": "crm",
            "customer_external_id": "C1",
            "event_source": "venue",
            "event_external_id": "E:1",
            "response": "accepted",
            "at": house.clock.now(),
        }
    )
    early = await world.tell(EXTERNAL_RESPONSES, "crm:C1", response)
    assert await world.receipts(early, 1) == [ReceiptStatus.WAITING]
    wrong = await world.tell(CRM_EVENTS, "venue:E:2", crm_event())
    assert await world.receipts(wrong, 1) == [ReceiptStatus.REJECTED]
    await write_bytes(kafka, CRM_EVENTS, [(b"venue:E:3", b"{not json", ())])

    await world.tell(CUSTOMER_PROFILES, CUSTOMER, profile())
    right = await world.tell(CRM_EVENTS, KEY, crm_event())

    assert await world.receipts(right, 1) == [ReceiptStatus.ACCEPTED]
    assert (await world.receipts(early, 2))[-1] is ReceiptStatus.ACCEPTED
    accepted = await invitation_of(house, "accepted")
    messages = await world.told(MESSAGE_REQUESTS, MessageRequested, 1)
    assert [one.calendar.uid for one in messages] == [f"{accepted}@kindred"]
    await world.tell(EXTERNAL_RESPONSES, "crm:C1", response)
    operator = house.token(Role.ADMINISTRATOR, "root")

    async def dead() -> int:
        return len((await house.get("/v1/dead-letters", operator))["items"])

    assert await eventually(dead, lambda found: found >= 2, within=60) == 2


async def test_the_current_truth_can_be_told_again(
    house: House, world: World, kafka: KafkaSettings
) -> None:
    starts_at = house.clock.now() + timedelta(days=3)
    event = await house.event(starts_at=starts_at)
    await world.tell(CUSTOMER_PROFILES, CUSTOMER, profile())
    await world.tell(CUSTOMER_MATCHES, CUSTOMER, matches(house, event))
    draft = await invitation_of(house, "drafted")
    headers = house.token(Role.PROGRAMME_MANAGER, "planner")
    await house.post(f"/v1/invitations/{draft}/approve", headers=headers)
    await world.told(INVITATION_RECORDS, InvitationChanged, 2)

    await house.post("/v1/republish", headers=house.token(Role.ADMINISTRATOR), status=202)

    steps = await world.told(INVITATION_RECORDS, InvitationChanged, 3)
    listed = await world.told(EVENT_CATALOGUE, EventListed, 3)
    assert steps[-1] == steps[-2]
    assert listed[-1] == listed[-2]
    catalogue = await read_all(kafka, EVENT_CATALOGUE)
    assert [one.envelope.sequence for one in catalogue] == [1, 2, 3]
