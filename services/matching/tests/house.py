"""The whole service on real Kafka and Postgres, with what its neighbours would write."""

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx

import kindred_matching
from kindred_common.clock import new_id
from kindred_common.contracts.envelope import Envelope
from kindred_common.contracts.invitations import EventListed, EventTheme, InvitationChanged
from kindred_common.contracts.matching import CustomerMatches
from kindred_common.contracts.profile import CustomerProfile, Interest, Place, RematchRequested
from kindred_common.contracts.record import Cause, Record
from kindred_common.contracts.topics import (
    CUSTOMER_MATCHES,
    CUSTOMER_PROFILES,
    EVENT_CATALOGUE,
    INVITATION_RECORDS,
    REMATCH_REQUESTS,
    Topic,
)
from kindred_common.contracts.vocabulary import EventKind, FactSource, InvitationStep
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
from kindred_matching.bootstrap import SERVICE
from kindred_matching.settings import MatchingSettings, MatchmakingSettings

TOPICS = (
    CUSTOMER_PROFILES,
    EVENT_CATALOGUE,
    INVITATION_RECORDS,
    REMATCH_REQUESTS,
    CUSTOMER_MATCHES,
)
UTRECHT = Place(latitude=52.09, longitude=5.12)


@dataclass
class World:
    """What the neighbours write; versions count up by themselves."""

    kafka: KafkaSettings
    versions: dict[str, int] = field(default_factory=dict)

    async def profile(self, customer: UUID, **changes: Any) -> str:
        """A customer of Anna's who may be invited; returns the record's id."""
        profile = CustomerProfile(
            customer_id=customer,
            version=self._version(customer),
            **{
                "active": True,
                "may_be_invited": True,
                "account_manager_id": "anna",
                "home": UTRECHT,
                **changes,
            },
        )
        return await self._write(CUSTOMER_PROFILES, customer, profile)

    async def event(self, event: UUID, **changes: Any) -> str:
        start = datetime.now(UTC) + timedelta(days=10)  # noqa: TID251 - beside a running service
        listed = EventListed(
            event_id=event,
            version=self._version(event),
            **{
                "open": True,
                "kind": EventKind.CULTURE,
                "title": "An evening at the opera",
                "themes": (EventTheme(theme="opera", weight=1.0),),
                "starts_at": start,
                "ends_at": start + timedelta(hours=3),
                "place": UTRECHT,
                "seats": 10,
                "seats_to_allocate": 10,
                **changes,
            },
        )
        return await self._write(EVENT_CATALOGUE, event, listed)

    async def step(self, customer: UUID, event: UUID, step: InvitationStep) -> str:
        now = datetime.now(UTC)  # noqa: TID251 - beside a running service
        changed = InvitationChanged(
            invitation_id=new_id(),
            customer_id=customer,
            event_id=event,
            step=step,
            at=now,
            event_kind=EventKind.CULTURE,
            event_starts_at=now + timedelta(days=10),
            event_ends_at=now + timedelta(days=10, hours=3),
        )
        return await self._write(INVITATION_RECORDS, customer, changed)

    async def rematch(self, customer: UUID, reason: str) -> str:
        """Somebody found what asks for a fresh look at the customer."""
        found_at = datetime.now(UTC)  # noqa: TID251 - beside a running service
        request = RematchRequested(
            customer_id=customer,
            reason=reason,
            request=f"{customer}/{reason}/{found_at.isoformat()}",
            found_at=found_at,
        )
        return await self._write(REMATCH_REQUESTS, customer, request)

    async def remove(self, customer: UUID) -> None:
        await write(
            self.kafka,
            CUSTOMER_PROFILES,
            [(str(customer), self._envelope("kindred.customer-profile.v1", customer), None)],
        )

    async def _write(self, topic: Topic, key: UUID, record: Record) -> str:
        envelope = self._envelope(record.record_type, key)
        await write(self.kafka, topic, [(str(key), envelope, record)])
        return envelope.id

    def _envelope(self, record_type: str, key: UUID) -> Envelope:
        identity = str(new_id())
        now = datetime.now(UTC)  # noqa: TID251 - beside a running service
        sequence = self.versions[f"sequence {key}"] = self.versions.get(f"sequence {key}", 0) + 1
        cause = Cause(identity)
        return Envelope(identity, "kindred/test", record_type, now, str(key), cause, sequence)

    def _version(self, thing: UUID) -> int:
        self.versions[str(thing)] = self.versions.get(str(thing), 0) + 1
        return self.versions[str(thing)]


@dataclass
class House:
    """A running matching service and its surroundings."""

    settings: MatchingSettings
    world: World
    issuer: LocalIssuer
    clock: OffsetClock = field(default_factory=OffsetClock)

    @asynccontextmanager
    async def open(self, mode: str = "all") -> AsyncIterator[Running[MatchingSettings]]:
        async with running(SERVICE, self.settings, mode=mode, clock=self.clock) as service:
            yield service

    def signed_in(
        self, *roles: Role, subject: str = "anna", teams: Iterable[str] = ()
    ) -> dict[str, str]:
        token = self.issuer.issue(subject, roles or (Role.VIEWER,), teams=teams)
        return {"Authorization": f"Bearer {token}"}

    async def matches(self, client: httpx.AsyncClient, customer: UUID) -> CustomerMatches | None:
        answer = await client.get(f"/v1/customers/{customer}/matches", headers=self.signed_in())
        return CustomerMatches.from_json(answer.content) if answer.status_code == 200 else None

    async def matched(
        self,
        client: httpx.AsyncClient,
        customer: UUID,
        holds: Callable[[CustomerMatches], bool] = lambda _: True,
    ) -> CustomerMatches:
        """The customer's matches as soon as they are so."""
        found = await eventually(
            lambda: self.matches(client, customer),
            lambda m: m is not None and holds(m),
            within=60,
        )
        assert found is not None
        return found

    async def records(self, customer: UUID) -> list[CustomerMatches | None]:
        """What was published for the customer, in order."""
        found = await read_all(self.world.kafka, CUSTOMER_MATCHES)
        own = [record.data for record in found if record.key == str(customer)]
        return [body for body in own if body is None or isinstance(body, CustomerMatches)]


@asynccontextmanager
async def build_house(
    postgres_server: str, kafka_server: str, folder: Path, **matching: Any
) -> AsyncIterator[House]:
    async with (
        fresh_database(postgres_server, kindred_matching) as database,
        fresh_topics(kafka_server, TOPICS) as kafka,
    ):
        clock = OffsetClock()
        issuer = LocalIssuer(
            folder / "keys", issuer="kindred-local", audience="kindred", clock=clock, ids=new_id
        )
        settings = MatchingSettings(
            database=database,
            kafka=kafka,
            http=HttpSettings(port=free_port()),
            security=SecuritySettings(jwks=str(issuer.jwks)),
            matching=MatchmakingSettings(**{"lease_seconds": 2, "tick_seconds": 1, **matching}),
        )
        yield House(settings, World(kafka), issuer, clock)


def event_ids(found: CustomerMatches) -> list[UUID]:
    return [match.event_id for match in found.matches]


def loving(*themes: str) -> Sequence[Interest]:
    now = datetime.now(UTC)  # noqa: TID251 - beside a running service
    return [
        Interest(theme=theme, value=1.0, confidence=1.0, source=FactSource.SELF, observed_at=now)
        for theme in themes
    ]
