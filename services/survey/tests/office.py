"""A survey service to test against, and the people who use it."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx

import kindred_survey
from kindred_common.clock import new_id
from kindred_common.contracts.topics import TOPICS
from kindred_common.db.settings import DatabaseSettings
from kindred_common.messaging.settings import KafkaSettings
from kindred_common.messaging.tables import outbox
from kindred_common.runtime.foundation import Foundation
from kindred_common.runtime.settings import HttpSettings
from kindred_common.security.local_issuer import LocalIssuer
from kindred_common.security.principals import Role
from kindred_common.security.settings import SecuritySettings
from kindred_common.testing.clocks import OffsetClock
from kindred_common.testing.databases import empty, fresh_database
from kindred_common.testing.ports import free_port
from kindred_common.testing.services import running
from kindred_survey.adapters.postgres_customers import PostgresCustomers
from kindred_survey.application.ports import Customer
from kindred_survey.bootstrap import SERVICE
from kindred_survey.settings import SurveySettings

Json = dict[str, Any]

TOPIC_BY_TYPE = {record.record_type: record for topic in TOPICS for record in topic.records}


@dataclass
class Office:
    """A running survey service; requests go out as an administrator unless they say otherwise."""

    client: httpx.AsyncClient
    foundation: Foundation[SurveySettings]
    clock: OffsetClock
    issuer: LocalIssuer

    def signed(
        self, role: Role = Role.ADMINISTRATOR, subject: str = "anna", teams: Sequence[str] = ()
    ) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.issuer.issue(subject, [role], teams=teams)}"}

    async def forget(self) -> None:
        """Undoes what a test did."""
        await empty(self.foundation.engine)
        self.clock.reset()
        self.client.cookies.clear()

    async def get(self, path: str, **more: Any) -> httpx.Response:
        return await self._send("GET", path, **more)

    async def post(self, path: str, json: Any = None, **more: Any) -> httpx.Response:
        return await self._send("POST", path, json=json, **more)

    async def put(self, path: str, json: Any, **more: Any) -> httpx.Response:
        return await self._send("PUT", path, json=json, **more)

    async def _send(self, method: str, path: str, **more: Any) -> httpx.Response:
        headers = {**self.signed(more.pop("role", Role.ADMINISTRATOR)), **more.pop("headers", {})}
        return await self.client.request(method, path, headers=headers, **more)

    async def publish(self, definition: Mapping[str, Any]) -> UUID:
        """A survey that can be answered."""
        draft = {"name": "Test", "definition": definition}
        made = await self.post("/v1/surveys", draft)
        assert made.status_code == 201, made.text
        survey_id = UUID(made.json()["id"])
        published = await self.post(f"/v1/surveys/{survey_id}/publish")
        assert published.status_code == 200, published.text
        return survey_id

    async def answer(
        self, survey_id: UUID, customer_id: UUID, answers: Mapping[str, Any], **more: Any
    ) -> httpx.Response:
        body = {
            "customer_id": str(customer_id),
            "survey_id": str(survey_id),
            "answers": [{"question_id": q, "value": v} for q, v in answers.items()],
            **more,
        }
        return await self.post("/v1/answers", body)

    async def link(self, survey_id: UUID, customer_id: UUID) -> str:
        """The path of a new personal link."""
        body = {"customer_ids": [str(customer_id)]}
        made = await self.post(f"/v1/surveys/{survey_id}/links", body)
        assert made.status_code == 201, made.text
        return httpx.URL(made.json()["items"][0]["url"]).path

    async def know(self, customer_id: UUID, **more: Any) -> None:
        """Puts a customer into the projection as the profile service would."""
        known: dict[str, Any] = {
            "active": True,
            "language": "nl",
            "account_manager_id": None,
            "team": None,
        }
        async with self.foundation.transactions.begin() as transaction:
            customers = PostgresCustomers(transaction.connection, self.clock)
            await customers.learn([Customer(id=customer_id, **(known | more))])

    async def outbox(self) -> list[Json]:
        """The bodies of all records that were published, in order, with their type."""
        async with self.foundation.engine.connect() as connection:
            rows = await connection.execute(outbox.select().order_by(outbox.c.id))
            return [
                {"type": row.type, "topic": row.topic, "key": row.key}
                | TOPIC_BY_TYPE[row.type].from_json(row.body).model_dump(mode="json")
                for row in rows
            ]


@asynccontextmanager
async def open_office(
    postgres_server: str, folder: Path, kafka: KafkaSettings | None = None
) -> AsyncIterator[Office]:
    """The service on a database of its own; with ``kafka`` it also consumes and publishes."""
    async with (
        fresh_database(postgres_server, kindred_survey) as database,
        office_on(database, folder, kafka) as office,
    ):
        yield office


@asynccontextmanager
async def office_on(
    database: DatabaseSettings, folder: Path, kafka: KafkaSettings | None = None
) -> AsyncIterator[Office]:
    """The service on this database."""
    clock = OffsetClock()
    issuer = LocalIssuer(
        folder / "issuer", issuer="kindred-local", audience="kindred", clock=clock, ids=new_id
    )
    settings = SurveySettings(
        database=database,
        kafka=kafka or KafkaSettings(),
        http=HttpSettings(port=free_port(), public_client_burst=10_000),
        security=SecuritySettings(jwks=str(issuer.jwks)),
        company="Van der Meer",
    )
    mode = "all" if kafka else "api"
    async with running(SERVICE, settings, mode=mode, clock=clock) as service:
        yield Office(service.client, service.foundation, clock, issuer)


def texts(words: str) -> Json:
    return {"nl": words, "en": f"{words}?"}


def question(question_id: str, kind: str, **more: Any) -> Json:
    return {"id": question_id, "kind": kind, "text": texts(question_id), **more}


WHY = {"promoter": texts("goed"), "passive": texts("meer"), "detractor": texts("beter")}

DEFINITION: Json = {
    "title": {"nl": "Hoe doen wij het?", "en": "How are we doing?"},
    "introduction": texts("inleiding"),
    "thanks": texts("dank"),
    "questions": [
        question("recommend", "nps", required=True, why=WHY),
        question("sorry", "text", only_if={"question_id": "recommend", "at_most": 6}),
        question("golf", "interest", theme="golf"),
        question("dinner", "event_kind", aspect="dinner"),
        question(
            "avoid",
            "preference",
            aspect="excluded_theme",
            several=True,
            options=[{"value": v, "text": texts(v)} for v in ("golf", "cars", "wine")],
        ),
        question("distance", "preference", aspect="max_distance_km"),
    ],
}
"""A survey with one question of each kind."""

SIMPLE: Json = DEFINITION | {
    "questions": [
        question("recommend", "nps", required=True),
        question("golf", "interest", theme="golf"),
    ]
}
"""A survey without conditions."""
