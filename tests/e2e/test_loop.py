"""The loop, through HTTP, Kafka and SMTP: an answer changes profile and match; the invitation, the reply and the feedback change them again."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from tests.e2e.conftest import Mailbox
from tests.e2e.story import (
    CLOCK,
    Crm,
    answer,
    at_rest,
    interest_survey,
    link_in,
    ok,
    one_on_one,
    personal_link,
    profile_of,
)
from tests.system import System

from kindred_common.contracts.codec import Received
from kindred_common.contracts.record import Record
from kindred_common.contracts.topics import (
    CUSTOMER_MATCHES,
    LIVE_SIGNALS,
    SURVEY_ANSWERS,
    TOPICS,
)
from kindred_common.contracts.vocabulary import Service
from kindred_common.testing.cluster import read_all
from kindred_common.testing.waiting import eventually

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(500)]

EMAIL = "opera.lover@customer.example"

BEGINNINGS = {
    SURVEY_ANSWERS: "a person answers",
    CUSTOMER_MATCHES: "time goes on: an event begins, and nobody can be matched to it any more",
    LIVE_SIGNALS: "a mean of many observations",
}
"""Where our services write what no record caused, and why; all else is other systems' to begin."""


async def test_the_loop_runs_and_comes_to_rest(system: System, mailbox: Mailbox) -> None:
    crm = Crm(system)
    await crm.account("acme", account_manager_id="manager", account_manager_name="Iris de Boer")
    customer_id = await crm.customer("loop", "acme", EMAIL)
    # Matching has then done all once that takes long the first time.
    await eventually(lambda: looked_at(system, customer_id), within=120)
    starts_at = CLOCK.now() + timedelta(seconds=60)
    opera = await crm.event("opera", {"opera": 1.0}, starts_at, lasts=timedelta(seconds=5))
    chess = await crm.event("chess", {"chess": 1.0}, starts_at, lasts=timedelta(seconds=5))
    survey = await interest_survey(system, ["opera", "chess"])
    await eventually(lambda: profile_of(system, customer_id))
    token = await personal_link(system, survey["id"], customer_id)

    await answer(system, token, "like-chess", 5)
    await eventually(lambda: matched(system, customer_id), lambda events: events == [chess])

    await answer(system, token, "like-chess", 1)
    await answer(system, token, "like-opera", 5)
    profile = await eventually(lambda: profile_of(system, customer_id), likes("opera"))
    await eventually(lambda: matched(system, customer_id), lambda events: events == [opera])

    draft = await eventually(lambda: invitation(system, customer_id, opera, "drafted"))
    assert draft is not None
    async with system.client(Service.INVITATIONS) as client:
        ok(await client.post(f"/v1/invitations/{draft['id']}/approve", json={}))
    [mail] = await eventually(lambda: mails(mailbox), lambda found: len(found) == 1)
    await eventually(lambda: invitation(system, customer_id, opera, "sent"))

    async with httpx.AsyncClient(trust_env=False, follow_redirects=True, timeout=30) as guest:
        page = link_in(mail, "r")
        assert (await guest.get(page)).is_success
        assert await invitation(system, customer_id, opera, "sent")
        assert (await guest.post(page, data={"answer": "accept"})).is_success
    accepted = await changed_since(system, customer_id, profile)
    await eventually(lambda: mails(mailbox), lambda found: len(found) == 2)

    async with system.client(Service.INVITATIONS) as client:
        seen = {"attended": True}
        ok(await client.post(f"/v1/invitations/{draft['id']}/attendance", json=seen))
    attended = await changed_since(system, customer_id, accepted)
    *_, request = await eventually(
        lambda: mails(mailbox), lambda found: len(found) == 3, within=150
    )
    async with httpx.AsyncClient(trust_env=False, follow_redirects=True, timeout=30) as guest:
        page = link_in(request, "f")
        given = {"rating": "5", "all_as_wished": "yes", "expectation": "more", "fitted": "yes"}
        assert (await guest.get(page)).is_success
        assert (await guest.post(page, data=given)).is_success
    await changed_since(system, customer_id, attended)

    await at_rest(system)
    records = await all_records(system)
    leads_back_to_the_first_answer(records, customer_id)
    no_record_is_without_a_cause(records)


async def looked_at(system: System, customer_id: UUID) -> bool:
    async with system.client(Service.MATCHING) as client:
        return (await client.get(f"/v1/customers/{customer_id}/matches")).is_success


async def matched(system: System, customer_id: UUID) -> list[UUID]:
    seen = await one_on_one(system, customer_id)
    return [UUID(match["event_id"]) for match in seen.get("matches", [])]


async def invitation(
    system: System, customer_id: UUID, event_id: UUID, step: str
) -> dict[str, Any] | None:
    async with system.client(Service.INVITATIONS) as client:
        wanted = {"customer_id": str(customer_id), "event_id": str(event_id), "step": step}
        items = ok(await client.get("/v1/invitations", params=wanted))["items"]
        return items[0] if items else None


async def mails(mailbox: Mailbox) -> list[Any]:
    return mailbox.to(EMAIL)


def likes(theme: str) -> Any:
    def judge(profile: dict[str, Any]) -> bool:
        return any(i["theme"] == theme and i["value"] == 1.0 for i in profile.get("interests", []))

    return judge


async def changed_since(
    system: System, customer_id: UUID, before: dict[str, Any]
) -> dict[str, Any]:
    return await eventually(
        lambda: profile_of(system, customer_id), lambda now: now["version"] > before["version"]
    )


async def all_records(system: System) -> dict[str, Received[Record]]:
    """Everything on all topics, by its id."""
    return {
        record.envelope.id: record
        for topic in TOPICS
        for record in await read_all(system.kafka_settings, topic)
    }


def leads_back_to_the_first_answer(records: dict[str, Received[Record]], customer_id: UUID) -> None:
    """From the last match one follows the causes back, over the guest's and the manager's acts, to the first answer.

    Matching's clock may tell more matches, for events go by: they have no cause.
    """
    matches = [
        record
        for record in records.values()
        if record.topic is CUSTOMER_MATCHES
        and record.key == str(customer_id)
        and record.envelope.cause.causation_id is not None
    ]
    last = max(matches, key=lambda record: record.envelope.sequence or 0)
    way = [record.topic.name for record in chain(records, last)]
    assert way[-1] == "survey-answers", way
    passed = {"experience-feedback", "message-requests", "invitation-records", "customer-profiles"}
    assert passed <= set(way), way


def chain(records: dict[str, Received[Record]], record: Received[Record]) -> list[Received[Record]]:
    """The record, what caused it, what caused that, and so on."""
    way = [record]
    while (causation := way[-1].envelope.cause.causation_id) is not None:
        way.append(records[causation])
    return way


def no_record_is_without_a_cause(records: dict[str, Received[Record]]) -> None:
    """What our services wrote leads back to a record that is there, or begins where something may begin."""
    ours = [record for record in records.values() if not record.topic.external]
    begun = {record.topic for record in ours if record.envelope.cause.causation_id is None}
    elsewhere = {topic.name for topic in begun - BEGINNINGS.keys()}
    unknown = {
        record.topic.name
        for record in ours
        if record.envelope.cause.causation_id not in {None, *records}
    }
    assert not elsewhere
    assert not unknown
