"""Outreach without Kafka: its parts on a database and a mail server of their own, by a clock that tests move."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import sqlalchemy as sa

import kindred_outreach
from kindred_common.clock import Clock, new_id
from kindred_common.contracts.outreach import MessageOutcome
from kindred_common.contracts.topics import CONSENT_RECORDS, CUSTOMER_DETAILS, TOPICS
from kindred_common.contracts.vocabulary import Service
from kindred_common.messaging.tables import consumer_offset, outbox
from kindred_common.runtime.foundation import Foundation, lay_foundation
from kindred_common.runtime.settings import HttpSettings
from kindred_common.security.local_issuer import LocalIssuer
from kindred_common.security.principals import Role
from kindred_common.security.settings import SecuritySettings
from kindred_common.testing.clocks import FakeClock
from kindred_common.testing.databases import empty, fresh_database
from kindred_outreach.application.accept_request import accept_request
from kindred_outreach.application.call_off import withdraw
from kindred_outreach.application.learn_details import learn_details
from kindred_outreach.application.ports import Stores
from kindred_outreach.application.prepare_message import Prepared
from kindred_outreach.bootstrap import assemble, dispatch_of, policy_of, stores_on
from kindred_outreach.domain.deliveries import Delivery
from kindred_outreach.domain.messages import Message, Origin
from kindred_outreach.domain.recipients import Recipient
from kindred_outreach.settings import OutreachSettings, SmtpSettings

MONDAY = datetime.fromisoformat("2026-03-02T09:00:00+00:00")
"""Ten o'clock in Amsterdam."""

ANNA = UUID("0199a0c8-0000-7000-8000-000000000001")
CONCERT = {
    "title": "Het Concertgebouworkest speelt Mahler",
    "starts_at": "2026-12-03T19:30:00+01:00",
    "ends_at": "2026-12-03T22:15:00+01:00",
    "place_name": "Het Concertgebouw, Amsterdam",
}


def recipient(customer_id: UUID = ANNA, **changes: Any) -> Recipient:
    """Anna Jansen, who may be written to."""
    anna = Recipient(
        customer_id=customer_id,
        active=True,
        given_name="Anna",
        family_name="Jansen",
        email="anna@customer.example",
        phone="+31 6 1234",
        language="nl",
        formal=True,
        legal_ground="existing_relation",
        account_name="Bakkerij De Korenaar",
        account_manager_id="am-1",
        account_manager_name="Pieter de Vries",
        account_manager_email="pieter@company.example",
        team="north",
    )
    return replace(anna, **changes)


def request(now: datetime = MONDAY, **changes: Any) -> Message:
    """An invitation to a concert, of which no other is the same."""
    message_id = new_id()
    invitation = Message(
        id=message_id,
        customer_id=ANNA,
        purpose="event_invitation",
        occasion=str(message_id),
        message_class="relationship",
        manner="email",
        requested_at=now,
        due_at=now,
        changed_at=now,
        origin=Origin("correlation", "request", None),
        data=CONCERT,
        link="http://127.0.0.1/r/AbCdEfGhIjKlMnOpQrStUv",
    )
    return replace(invitation, **changes)


@dataclass
class Office:
    """Outreach at work."""

    foundation: Foundation[OutreachSettings]
    clock: FakeClock
    issuer: LocalIssuer

    def __post_init__(self) -> None:
        self.open_stores = stores_on(self.foundation)
        settings = self.foundation.settings
        self.dispatch = dispatch_of(self.foundation, self.open_stores, policy_of(settings))
        self.app = assemble(self.foundation).app

    async def forget(self) -> None:
        """Undoes what a test did."""
        await empty(self.foundation.engine)
        self.clock.advance(MONDAY - self.clock.now())
        await hear(self.foundation, self.clock)

    @asynccontextmanager
    async def stores(self) -> AsyncIterator[Stores]:
        async with self.foundation.transactions.begin() as transaction:
            yield self.open_stores(transaction)

    async def know(self, *people: Recipient) -> None:
        async with self.stores() as stores:
            for person in people or (recipient(),):
                await learn_details(stores, person, self.clock.now())

    async def ask(self, *messages: Message) -> None:
        async with self.stores() as stores:
            for message in messages:
                await accept_request(stores, message)

    async def withdraw(self, subject: str) -> None:
        async with self.stores() as stores:
            await withdraw(stores, ANNA, subject, self.clock.now())

    async def send_next(self) -> Delivery | Prepared | None:
        """What the sending loop does with one message."""
        prepared = await self.dispatch.take()
        if prepared is None or prepared.mail is None:
            return prepared
        return await self.dispatch.deliver(prepared.message, prepared.mail)

    async def find(self, message: Message) -> Message:
        async with self.stores() as stores:
            found = await stores.messages.find(message.id)
        assert found is not None
        return found

    async def advance(self, by: timedelta) -> None:
        """Time passes, and profile goes on to be heard."""
        self.clock.advance(by)
        await hear(self.foundation, self.clock)

    async def told(self) -> list[tuple[str, str | None]]:
        """Result and rule of each outcome that was published, in order."""
        async with self.foundation.transactions.begin() as transaction:
            rows = await transaction.connection.execute(
                sa.select(outbox.c.topic, outbox.c.body).order_by(outbox.c.id)
            )
            bodies = [row.body for row in rows if row.topic == "message-outcomes"]
        outcomes = [MessageOutcome.from_json(body) for body in bodies]
        return [(str(outcome.result), outcome.rule) for outcome in outcomes]

    async def rows(self, statement: sa.Executable) -> list[Any]:
        async with self.foundation.transactions.begin() as transaction:
            return list((await transaction.connection.execute(statement)).mappings())

    def client(self, *roles: Role, subject: str = "someone", **more: Any) -> httpx.AsyncClient:
        """A client of the API with these roles; without roles, without credentials."""
        headers = {}
        if roles:
            token = self.issuer.issue(subject, roles, **more)
            headers["Authorization"] = f"Bearer {token}"
        transport = httpx.ASGITransport(self.app)
        return httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers)


async def hear(foundation: Foundation[OutreachSettings], clock: Clock) -> None:
    """Profile's heartbeats, heard just now."""
    values = [
        {
            "consumer": "outreach",
            "topic": topic.name,
            "partition": partition,
            "next_offset": 0,
            "heard_at": clock.now(),
        }
        for topic in TOPICS
        if topic in (CUSTOMER_DETAILS, CONSENT_RECORDS)
        for partition in range(topic.partitions)
    ]
    async with foundation.transactions.begin() as transaction:
        await transaction.connection.execute(sa.delete(consumer_offset))
        await transaction.connection.execute(sa.insert(consumer_offset).values(values))


@asynccontextmanager
async def open_office(
    postgres: str, folder: Path, smtp_port: int, *, patience: float = 20
) -> AsyncIterator[Office]:
    """Outreach on a database of its own, on a Monday morning; ``patience`` is for the mail server's answers, in seconds."""
    clock = FakeClock(MONDAY)
    issuer = LocalIssuer(
        folder / "keys", issuer="kindred-local", audience="kindred", clock=clock, ids=new_id
    )
    async with fresh_database(postgres, kindred_outreach) as database:
        chosen = OutreachSettings(
            database=database,
            http=HttpSettings(port=8105),
            security=SecuritySettings(jwks=str(issuer.jwks)),
            smtp=SmtpSettings(port=smtp_port, timeout_seconds=patience),
        )
        foundation = lay_foundation(Service.OUTREACH, chosen, clock=clock)
        yield Office(foundation, clock, issuer)
        await foundation.engine.dispose()


def mail_of(content: bytes) -> EmailMessage:
    """A mail as a mail program reads it."""
    return message_from_bytes(content, policy=default)
