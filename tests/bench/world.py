"""The small world that benchmarks load: customers, a survey, events; published and defined as the outside would."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from tests.system import System

from kindred_common.clock import SystemClock, new_id
from kindred_common.contracts.envelope import Envelope
from kindred_common.contracts.external import CrmAccount, CrmCustomer, CrmEvent
from kindred_common.contracts.identity import customer_id_of
from kindred_common.contracts.invitations import EventTheme
from kindred_common.contracts.record import Cause, Record
from kindred_common.contracts.topics import CRM_ACCOUNTS, CRM_CUSTOMERS, CRM_EVENTS, Topic
from kindred_common.contracts.vocabulary import EventKind, LegalGround, Service
from kindred_common.testing.cluster import write
from kindred_common.testing.waiting import eventually

SOURCE = "bench"
THEMES = tuple(f"theme-{number}" for number in range(20))
CUSTOMERS = 400
EVENTS = 24


async def settle_world(system: System) -> list[UUID]:
    """Publishes customers and events and waits until profile knows all customers; returns their ids."""
    now = SystemClock().now()
    await _tell(
        system, CRM_ACCOUNTS, [("a", CrmAccount(source=SOURCE, external_id="a", name="Bench"))]
    )
    customers = [
        (
            str(number),
            CrmCustomer(
                source=SOURCE,
                external_id=str(number),
                account_external_id="a",
                given_name="Bench",
                family_name=str(number),
                email=f"c{number}@bench.example",
                legal_ground=LegalGround.EXISTING_RELATION,
            ),
        )
        for number in range(CUSTOMERS)
    ]
    events = [
        (
            str(number),
            CrmEvent(
                source=SOURCE,
                external_id=str(number),
                kind=EventKind.SEMINAR,
                title=f"Event {number}",
                themes=(EventTheme(theme=THEMES[number % len(THEMES)], weight=1),),
                starts_at=now + timedelta(days=7 + number),
                ends_at=now + timedelta(days=7 + number, hours=3),
                seats=30,
            ),
        )
        for number in range(EVENTS)
    ]
    await _tell(system, CRM_CUSTOMERS, customers)
    await _tell(system, CRM_EVENTS, events)

    async def known() -> int:
        rows = await system.query(Service.PROFILE, "SELECT count(*) AS n FROM customer")
        return int(str(rows[0]["n"]))

    await eventually(known, lambda count: count >= CUSTOMERS, within=120)
    return [customer_id_of(SOURCE, str(number)) for number in range(CUSTOMERS)]


async def interest_survey(system: System) -> str:
    """Defines and publishes a survey with one interest question a theme; returns its id."""
    words = {"en": "Interests", "nl": "Interesses"}
    questions = [
        {"id": theme, "kind": "interest", "theme": theme, "text": {"en": theme, "nl": theme}}
        for theme in THEMES
    ]
    definition = {"title": words, "introduction": words, "thanks": words, "questions": questions}
    async with system.client(Service.SURVEY) as client:
        made: dict[str, Any] = (
            await client.post("/v1/surveys", json={"name": "bench", "definition": definition})
        ).json()
        (await client.post(f"/v1/surveys/{made['id']}/publish")).raise_for_status()
    return str(made["id"])


async def _tell(system: System, topic: Topic, bodies: Sequence[tuple[str, Record]]) -> None:
    now = SystemClock().now()
    version = int(now.timestamp() * 1000)
    rows = [
        (
            f"{SOURCE}:{external_id}",
            Envelope(
                str(i := new_id()),
                SOURCE,
                body.record_type,
                now,
                external_id,
                Cause(str(i)),
                None,
                version,
            ),
            body,
        )
        for external_id, body in bodies
    ]
    await write(system.kafka_settings, topic, rows)
