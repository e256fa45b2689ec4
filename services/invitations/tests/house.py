"""Invitations' API on a database of its own, with the records of other services handed to it directly."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import httpx
from sqlalchemy import text

import kindred_invitations
from kindred_common.clock import new_id
from kindred_common.contracts.codec import Received
from kindred_common.contracts.envelope import Envelope
from kindred_common.contracts.matching import CustomerMatches, Match
from kindred_common.contracts.profile import CustomerDetails, CustomerProfile
from kindred_common.contracts.record import Cause, Record
from kindred_common.contracts.topics import (
    CUSTOMER_DETAILS,
    CUSTOMER_MATCHES,
    CUSTOMER_PROFILES,
    Topic,
)
from kindred_common.messaging.verdicts import NotApplied
from kindred_common.runtime.settings import HttpSettings
from kindred_common.security.local_issuer import LocalIssuer
from kindred_common.security.principals import Role
from kindred_common.security.settings import SecuritySettings
from kindred_common.testing.clocks import OffsetClock
from kindred_common.testing.databases import empty, fresh_database
from kindred_common.testing.ports import free_port
from kindred_common.testing.services import Running, running
from kindred_invitations.bootstrap import SERVICE
from kindred_invitations.settings import InvitationsSettings

MANAGER = "manager-1"
TEAM = "north"

R = TypeVar("R", bound=Record)


@dataclass
class House:
    """The running service, and hands to act on it."""

    service: Running[InvitationsSettings]
    issuer: LocalIssuer
    clock: OffsetClock
    sequence: int = field(default=0)

    def token(
        self,
        role: Role = Role.ACCOUNT_MANAGER,
        subject: str = MANAGER,
        teams: Iterable[str] = (),
        scopes: Iterable[str] = (),
    ) -> dict[str, str]:
        """Headers that sign a request."""
        token = self.issuer.issue(subject, [role], teams=teams, scopes=scopes)
        return {"Authorization": f"Bearer {token}"}

    @property
    def planner(self) -> dict[str, str]:
        return self.token(Role.PROGRAMME_MANAGER, "planner")

    @property
    def manager(self) -> dict[str, str]:
        return self.token()

    @property
    def client(self) -> httpx.AsyncClient:
        return self.service.client

    async def forget(self) -> None:
        """Undoes what a test did."""
        await empty(self.service.foundation.engine)
        self.clock.reset()
        self.client.cookies.clear()

    async def get(self, path: str, headers: dict[str, str] | None = None, **kw: Any) -> Any:
        """The body of a GET that goes well."""
        answer = await self.client.get(path, headers=headers or self.manager, **kw)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(
        self,
        path: str,
        body: object = None,
        headers: dict[str, str] | None = None,
        status: int = 200,
    ) -> Any:
        """The body of a POST that is answered with ``status``."""
        answer = await self.client.post(path, json=body, headers=headers or self.manager)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    async def insist(self, path: str, headers: dict[str, str], **body: Any) -> httpx.Response:
        """A POST by a client who comes back when the service is too busy (503), as it asks him to."""
        while True:
            answer = await self.client.post(path, headers=headers, timeout=60, **body)
            if answer.status_code != 503:
                return answer
            assert "retry-after" in answer.headers

    async def receive(self, topic: Topic, key: object, data: Record | None) -> NotApplied | None:
        """Hands a record to the service's handler; returns its verdict when it is not applied."""
        self.sequence += 1
        envelope = Envelope(
            id=str(new_id()),
            source="test",
            type=topic.records[0].record_type,
            time=self.clock.now(),
            subject=str(key),
            cause=Cause("chain"),
            sequence=self.sequence,
        )
        handle = next(s.handle for s in self.service.parts.subscriptions if s.topic is topic)
        received = Received(topic, str(key), envelope, data)
        try:
            async with self.service.foundation.transactions.begin() as transaction:
                refusals = await handle(transaction, [received])
        except NotApplied as verdict:
            return verdict
        return refusals[0][1] if refusals else None

    async def published(self, topic: Topic, model: type[R]) -> list[R]:
        """The records of one type that the service has written to a topic, in order."""
        rows = await self.rows(
            "SELECT body FROM outbox WHERE topic = :topic AND type = :type ORDER BY id",
            topic=topic.name,
            type=model.record_type,
        )
        return [model.from_json(row["body"]) for row in rows if row["body"] is not None]

    async def rows(self, query: str, **values: Any) -> list[Mapping[str, Any]]:
        async with self.service.foundation.engine.connect() as connection:
            found = await connection.execute(text(query), values)
            return [dict(row) for row in found.mappings()]

    async def customer(self, **changes: Any) -> UUID:
        """A customer whom profile has told us of; ``changes`` are fields of his profile."""
        customer_id: UUID = changes.pop("customer_id", None) or new_id()
        manager = changes.pop("account_manager_id", MANAGER)
        team = changes.pop("team", TEAM)
        name = changes.pop("family_name", "Jansen")
        language = changes.pop("language", "en")
        owner = {"account_manager_id": manager, "team": team}
        profile = {"version": 1, "active": True, "may_be_invited": True, **owner, **changes}
        details = {
            "given_name": "Anna",
            "family_name": name,
            "account_name": "Bakkerij Noord",
            "account_manager_name": "Peter de Boer",
            "email": "anna@example.com",
            "language": language,
            **owner,
        }
        who = {"customer_id": str(customer_id)}
        await self.receive(
            CUSTOMER_PROFILES, customer_id, CustomerProfile.model_validate(who | profile)
        )
        await self.receive(
            CUSTOMER_DETAILS, customer_id, CustomerDetails.model_validate(who | details)
        )
        return customer_id

    async def event(self, **changes: Any) -> UUID:
        """An event in the catalogue."""
        starts_at: datetime = changes.pop("starts_at", self.clock.now() + timedelta(days=30))
        body = {
            "kind": "seminar",
            "title": "Robots in the bakery",
            "starts_at": starts_at.isoformat(),
            "ends_at": (starts_at + timedelta(hours=3)).isoformat(),
            "seats": 10,
            **changes,
        }
        return UUID((await self.post("/v1/events", body, self.planner, 201))["id"])

    async def match(
        self, customer_id: UUID, *events: UUID, seats: int = 1, score: float = 0.5
    ) -> NotApplied | None:
        """The matcher proposes these events, and no others, for the customer."""
        matches = CustomerMatches(
            customer_id=customer_id,
            profile_version=1,
            matches=tuple(Match(event_id=event, seats=seats, score=score) for event in events),
            priced_at=self.clock.now(),
        )
        return await self.receive(CUSTOMER_MATCHES, customer_id, matches)

    async def draft(self, customer_id: UUID, event_id: UUID, seats: int = 1) -> UUID:
        """A drafted invitation."""
        await self.match(customer_id, event_id, seats=seats)
        rows = await self.rows(
            "SELECT id FROM invitation WHERE customer_id = :c AND event_id = :e",
            c=customer_id,
            e=event_id,
        )
        found: UUID = rows[0]["id"]
        return found

    async def approved(self, event_id: UUID, seats: int = 1, **customer: Any) -> UUID:
        """An approved invitation of a new customer."""
        invitation = await self.draft(await self.customer(**customer), event_id, seats)
        await self.post(f"/v1/invitations/{invitation}/approve", headers=self.planner)
        return invitation

    async def step(self, invitation: UUID) -> str:
        rows = await self.rows("SELECT step FROM invitation WHERE id = :i", i=invitation)
        return str(rows[0]["step"])

    async def held(self, event_id: UUID) -> int:
        rows = await self.rows("SELECT held FROM event WHERE id = :e", e=event_id)
        return int(rows[0]["held"])


@asynccontextmanager
async def open_house(postgres_server: str, folder: Path) -> AsyncIterator[House]:
    """The API with a local issuer of tokens; no Kafka, no other service."""
    clock = OffsetClock()
    issuer = LocalIssuer(
        folder / "issuer", issuer="kindred-local", audience="kindred", clock=clock, ids=new_id
    )
    async with fresh_database(postgres_server, kindred_invitations) as database:
        settings = InvitationsSettings(
            database=database,
            http=HttpSettings(port=free_port(), public_client_burst=10_000),
            security=SecuritySettings(jwks=str(issuer.jwks)),
        )
        async with running(SERVICE, settings, mode="api", clock=clock) as service:
            service.client.timeout = httpx.Timeout(60)
            yield House(service, issuer, clock)
