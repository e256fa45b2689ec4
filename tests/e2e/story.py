"""What the outside does in the end-to-end tests: a CRM that publishes, a customer who answers, an account manager who decides."""

import re
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import httpx
from tests.system import System

from kindred_common.clock import SystemClock, new_id
from kindred_common.contracts.envelope import Envelope
from kindred_common.contracts.external import CrmAccount, CrmCustomer, CrmEvent
from kindred_common.contracts.identity import customer_id_of, event_id_of
from kindred_common.contracts.invitations import EventTheme
from kindred_common.contracts.record import Cause, Record
from kindred_common.contracts.topics import (
    CRM_ACCOUNTS,
    CRM_CUSTOMERS,
    CRM_EVENTS,
    TOPICS,
    Topic,
)
from kindred_common.contracts.vocabulary import EventKind, LegalGround, Service
from kindred_common.testing.cluster import read_all, write
from kindred_common.testing.waiting import eventually

SOURCE = "crm"
CLOCK = SystemClock()


class Crm:
    """Another system that publishes what it knows."""

    def __init__(self, system: System) -> None:
        self._system = system

    async def account(self, external_id: str, **facts: Any) -> None:
        await self._tell(
            CRM_ACCOUNTS,
            external_id,
            CrmAccount(
                source=SOURCE, external_id=external_id, name=f"Account {external_id}", **facts
            ),
        )

    async def customer(self, external_id: str, account: str, email: str, **facts: Any) -> UUID:
        body = CrmCustomer(
            source=SOURCE,
            external_id=external_id,
            account_external_id=account,
            given_name="Test",
            family_name=f"Person {external_id}",
            email=email,
            legal_ground=LegalGround.EXISTING_RELATION,
            **facts,
        )
        await self._tell(CRM_CUSTOMERS, external_id, body)
        return customer_id_of(SOURCE, external_id)

    async def event(
        self, external_id: str, themes: dict[str, float], starts_at: datetime, **facts: Any
    ) -> UUID:
        body = CrmEvent(
            source=SOURCE,
            external_id=external_id,
            kind=facts.pop("kind", EventKind.SEMINAR),
            title=f"Event {external_id}",
            themes=tuple(
                EventTheme(theme=theme, weight=weight) for theme, weight in themes.items()
            ),
            starts_at=starts_at,
            ends_at=starts_at + facts.pop("lasts", timedelta(hours=2)),
            seats=facts.pop("seats", 10),
            **facts,
        )
        await self._tell(CRM_EVENTS, external_id, body)
        return event_id_of(SOURCE, external_id)

    async def _tell(self, topic: Topic, external_id: str, body: Record) -> None:
        now = CLOCK.now()
        identity = str(new_id())
        version = int(now.timestamp() * 1000)
        envelope = Envelope(
            identity, SOURCE, body.record_type, now, external_id, Cause(identity), None, version
        )
        await write(
            self._system.kafka_settings, topic, [(f"{SOURCE}:{external_id}", envelope, body)]
        )


async def interest_survey(system: System, themes: list[str]) -> dict[str, Any]:
    """A published survey with the recommendation question and one interest question a theme."""
    questions = [
        {"id": "recommend", "kind": "nps", "text": {"en": "Recommend?", "nl": "Aanbevelen?"}}
    ]
    questions += [
        {
            "id": f"like-{theme}",
            "kind": "interest",
            "theme": theme,
            "text": {"en": f"{theme}?", "nl": f"{theme}?"},
        }
        for theme in themes
    ]
    async with system.client(Service.SURVEY) as client:
        words = {"en": "Who are you?", "nl": "Wie bent u?"}
        definition = {
            "title": words,
            "introduction": words,
            "thanks": words,
            "questions": questions,
        }
        draft = {"name": "e2e", "definition": definition}
        made = ok(await client.post("/v1/surveys", json=draft))
        return ok(await client.post(f"/v1/surveys/{made['id']}/publish"))


async def personal_link(system: System, survey_id: str, customer_id: UUID) -> str:
    """The token of a customer's link to a survey."""
    async with system.client(Service.SURVEY) as client:
        wish = {"customer_ids": [str(customer_id)]}
        made = ok(await client.post(f"/v1/surveys/{survey_id}/links", json=wish))
        return str(made["items"][0]["url"]).rsplit("/", 1)[1]


async def answer(system: System, token: str, question_id: str, value: object) -> None:
    """The customer answers one question behind his link."""
    async with httpx.AsyncClient(
        base_url=system.addresses.url(Service.SURVEY), trust_env=False, timeout=30
    ) as client:
        ok(await client.put(f"/v1/links/{token}/answers/{question_id}", json={"value": value}))


async def profile_of(system: System, customer_id: UUID) -> dict[str, Any]:
    async with system.client(Service.PROFILE) as client:
        found = await client.get(f"/v1/customers/{customer_id}/profile")
        return found.json()["profile"] if found.status_code == httpx.codes.OK else {}


async def one_on_one(system: System, customer_id: UUID) -> dict[str, Any]:
    async with system.client(Service.INVITATIONS) as client:
        found = await client.get(f"/v1/customers/{customer_id}")
        return found.json() if found.status_code == httpx.codes.OK else {}


def link_in(message: EmailMessage, path: str) -> str:
    """The first link to ``/path/<token>`` in the text of a message."""
    body = message.get_body(("plain",))
    assert body is not None
    found = re.search(rf"http://\S+/{path}/[\w-]+", body.get_content())
    assert found is not None, body.get_content()
    return found.group(0)


async def at_rest(system: System, *, quiet_for: float = 5.0) -> None:
    """Waits until no topic has grown for a while."""
    seen: list[int] = []

    async def still() -> bool:
        counts = [len(await read_all(system.kafka_settings, topic)) for topic in TOPICS]
        grown = counts != seen
        seen[:] = counts
        return not grown

    await eventually(still, within=60, every=quiet_for)


def ok(response: httpx.Response) -> dict[str, Any]:
    """The body of a successful answer."""
    assert response.is_success, response.text
    body: dict[str, Any] = response.json() if response.content else {}
    return body
