"""A running feedback service on a real broker and database, and the world around it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import httpx
from sqlalchemy import text

import kindred_feedback
from kindred_common.clock import SystemClock, new_id
from kindred_common.contracts.codec import Received
from kindred_common.contracts.envelope import Envelope
from kindred_common.contracts.invitations import EventListed, EventTheme, InvitationChanged
from kindred_common.contracts.outreach import MessageRequested
from kindred_common.contracts.profile import CustomerDetails
from kindred_common.contracts.record import Cause, Record
from kindred_common.contracts.topics import (
    CUSTOMER_DETAILS,
    EVENT_CATALOGUE,
    EXPERIENCE_FEEDBACK,
    INVITATION_RECORDS,
    MESSAGE_OUTCOMES,
    MESSAGE_REQUESTS,
    Topic,
)
from kindred_common.contracts.vocabulary import EventKind, InvitationStep, Language
from kindred_common.messaging.settings import KafkaSettings
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
from kindred_feedback.bootstrap import SERVICE
from kindred_feedback.settings import FeedbackSettings

TOPICS = (
    CUSTOMER_DETAILS,
    EVENT_CATALOGUE,
    EXPERIENCE_FEEDBACK,
    INVITATION_RECORDS,
    MESSAGE_OUTCOMES,
    MESSAGE_REQUESTS,
)
NOW = SystemClock().now()
GIVEN = {
    "rating": 5,
    "all_as_wished": True,
    "expectation": "more",
    "fitted": True,
    "tips": "Ook soep.",
}


@dataclass
class House:
    """The running service and the world around it."""

    kafka: KafkaSettings
    clock: OffsetClock
    issuer: LocalIssuer
    service: Running[FeedbackSettings]

    @property
    def client(self) -> httpx.AsyncClient:
        return self.service.client

    def header(self, *roles: Role, subject: str = "anna") -> dict[str, str]:
        return {"Authorization": f"Bearer {self.issuer.issue(subject, roles)}"}

    async def tell(self, topic: Topic, key: UUID, body: Record, sequence: int = 1) -> Envelope:
        identity = str(new_id())
        envelope = Envelope(
            identity, "test", body.record_type, NOW, "", Cause("first-cause"), sequence
        )
        await write(self.kafka, topic, [(str(key), envelope, body)])
        return envelope

    async def guest(self, step: InvitationStep = InvitationStep.ATTENDED) -> InvitationChanged:
        """A customer of manager Iris who was seen at an event that ended an hour ago."""
        changed = invitation(step)
        details = CustomerDetails(
            customer_id=changed.customer_id,
            given_name="Test",
            family_name="Person",
            language=Language.DUTCH,
            account_manager_id="iris",
        )
        await self.tell(CUSTOMER_DETAILS, changed.customer_id, details)
        await self.tell(INVITATION_RECORDS, changed.customer_id, changed)
        await self.tell(EVENT_CATALOGUE, changed.event_id, event(changed))
        return changed

    async def requests(self) -> list[Received[Record]]:
        return await read_all(self.kafka, MESSAGE_REQUESTS)

    async def request(self) -> MessageRequested:
        [record] = await eventually(self.requests, lambda found: len(found) == 1)
        assert isinstance(record.data, MessageRequested)
        return record.data

    async def given(self) -> list[Received[Record]]:
        return await read_all(self.kafka, EXPERIENCE_FEEDBACK)


def invitation(step: InvitationStep) -> InvitationChanged:
    return InvitationChanged(
        invitation_id=new_id(),
        customer_id=new_id(),
        event_id=new_id(),
        step=step,
        at=NOW,
        event_kind=EventKind.CULTURE,
        event_starts_at=NOW - timedelta(hours=4),
        event_ends_at=NOW - timedelta(hours=1),
        themes=(EventTheme(theme="opera", weight=1),),
    )


def event(changed: InvitationChanged) -> EventListed:
    return EventListed(
        event_id=changed.event_id,
        version=1,
        open=True,
        kind=EventKind.CULTURE,
        title="Een avond opera",
        starts_at=changed.event_starts_at,
        ends_at=changed.event_ends_at,
        place_name="Amsterdam",
        seats=10,
        seats_to_allocate=10,
    )


async def known(house: House, changed: InvitationChanged) -> None:
    """Waits until the service has taken in what it was told."""
    path = f"/v1/events/{changed.event_id}/feedback"

    async def status() -> int:
        return (await house.client.get(path, headers=house.header(Role.VIEWER))).status_code

    await eventually(status, lambda code: code == 200)


async def stayed_away(house: House, changed: InvitationChanged) -> bool:
    """Whether the service has heard that the guest was not there after all."""
    attended = text("SELECT attended FROM guest WHERE invitation_id = :id")
    async with house.service.foundation.engine.connect() as connection:
        return await connection.scalar(attended, {"id": changed.invitation_id}) is False


@asynccontextmanager
async def open_house(postgres_server: str, kafka_server: str, folder: Path) -> AsyncIterator[House]:
    """The service on a database and topics of its own; guests are asked a day after the event."""
    clock = OffsetClock()
    issuer = LocalIssuer(
        folder, issuer="kindred-local", audience="kindred", clock=clock, ids=new_id
    )
    async with (
        fresh_database(postgres_server, kindred_feedback) as database,
        fresh_topics(kafka_server, TOPICS) as kafka,
    ):
        settings = FeedbackSettings(
            database=database,
            kafka=kafka,
            http=HttpSettings(port=free_port()),
            security=SecuritySettings(jwks=str(issuer.jwks)),
            ask_after_seconds=3600 * 24,
        )
        async with running(SERVICE, settings, clock=clock) as service:
            yield House(kafka, clock, issuer, service)
