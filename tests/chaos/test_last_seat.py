"""Fifty people want the last seat at the same moment, and the worker dies meanwhile: one gets it, and every count agrees."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from tests.chaos.faults import Chaos
from tests.chaos.outside import Outside, outside, writing
from tests.chaos.parts import INVITATIONS_API, INVITATIONS_WORKER
from tests.chaos.reading import kept, watching
from tests.chaos.report import Report
from tests.chaos.settings import ChaosSettings
from tests.chaos.settling import until_read, until_settled
from tests.system import System

from kindred_common.clock import SystemClock, new_id
from kindred_common.contracts.invitations import EventListed, InvitationChanged
from kindred_common.contracts.matching import CustomerMatches, Match
from kindred_common.contracts.outreach import MessageRequested
from kindred_common.contracts.profile import CustomerDetails, CustomerProfile
from kindred_common.contracts.record import Record
from kindred_common.contracts.topics import (
    CUSTOMER_DETAILS,
    CUSTOMER_MATCHES,
    CUSTOMER_PROFILES,
    EVENT_CATALOGUE,
    INVITATION_RECORDS,
    MESSAGE_REQUESTS,
    Topic,
)
from kindred_common.contracts.vocabulary import InvitationStep, MessagePurpose, Service
from kindred_common.testing.waiting import eventually

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(300)]

ROUNDS, RIVALS, SEATS = 3, 50, 2


async def test_last_seat(system: System, chaos_settings: ChaosSettings, report: Report) -> None:
    await system.run_only((INVITATIONS_API, INVITATIONS_WORKER))
    random = chaos_settings.random("last seat")
    chaos = Chaos(system, random)
    with report.timed("last seat") as told:
        async with (
            system.client(Service.INVITATIONS) as api,
            outside(system.kafka_settings) as others,
            watching(system.kafka_settings) as watch,
        ):
            for _ in range(ROUNDS):
                event_id = await _event(api)
                first, *rivals = await _drafts(api, others, event_id)
                await until_read(system, watch, (Service.INVITATIONS,))
                assert (await _approve(api, first)).is_success
                answers, _ = await asyncio.gather(
                    asyncio.gather(*(_approve(api, rival) for rival in rivals)),
                    chaos.unleash([chaos.kill(INVITATIONS_WORKER.name, random.uniform(0.0, 1.0))]),
                )
                _assert_one_won(answers)
                await system.until_ready(INVITATIONS_WORKER.name)
                await until_settled(system, watch, (Service.INVITATIONS,))
                await _assert_counts_agree(system, api, event_id)
        told.append(f"{ROUNDS} x {RIVALS} approvals of the last seat")
        told.extend(chaos.happened)


def _assert_one_won(answers: Sequence[httpx.Response]) -> None:
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: RIVALS - 1}
    refused = {answer.json()["type"] for answer in answers if answer.status_code == 409}
    assert refused == {"urn:kindred:problem:no-seat-left"}


async def _assert_counts_agree(system: System, api: httpx.AsyncClient, event_id: UUID) -> None:
    shown = (await api.get(f"/v1/events/{event_id}")).json()
    assert shown["seats_to_allocate"] == 0
    listed = [
        record.data
        for record in await kept(system.kafka_settings, EVENT_CATALOGUE)
        if isinstance(record.data, EventListed) and record.data.event_id == event_id
    ]
    assert [event.seats_to_allocate for event in listed] == [2, 1, 0]
    assert [event.version for event in listed] == [1, 2, 3]
    approved = [
        record.data
        for record in await kept(system.kafka_settings, INVITATION_RECORDS)
        if isinstance(record.data, InvitationChanged)
        and (record.data.event_id, record.data.step) == (event_id, InvitationStep.APPROVED)
    ]
    asked = [
        record.data
        for record in await kept(system.kafka_settings, MESSAGE_REQUESTS)
        if isinstance(record.data, MessageRequested)
        and (record.data.occasion, record.data.purpose)
        == (str(event_id), MessagePurpose.EVENT_INVITATION)
    ]
    guests = [change.customer_id for change in approved]
    assert len(guests) == len(set(guests)) == SEATS
    assert sorted(request.customer_id for request in asked) == sorted(guests)


async def _event(api: httpx.AsyncClient) -> UUID:
    starts_at = SystemClock().now() + timedelta(days=30)
    made = await api.post(
        "/v1/events",
        json={
            "kind": "seminar",
            "title": "The last seat",
            "starts_at": starts_at.isoformat(),
            "ends_at": (starts_at + timedelta(hours=2)).isoformat(),
            "seats": SEATS,
        },
    )
    assert made.is_success, made.text
    return UUID(made.json()["id"])


async def _drafts(api: httpx.AsyncClient, others: Outside, event_id: UUID) -> list[str]:
    """The drafts of customers who are all matched to the event, one more than there are rivals."""
    customers = [new_id() for _ in range(RIVALS + 1)]
    for customer_id in customers:
        for topic, record, service in _told(customer_id, event_id):
            await others.write(
                writing(
                    topic,
                    str(customer_id),
                    record,
                    record_id=str(new_id()),
                    source=f"kindred/{service}",
                    time=SystemClock().now(),
                    sequence=1,
                )
            )

    async def drafted() -> list[str]:
        answer = await api.get(
            "/v1/invitations", params={"event_id": str(event_id), "step": "drafted", "limit": 100}
        )
        assert answer.is_success, answer.text
        return [item["id"] for item in answer.json()["items"]]

    return await eventually(drafted, lambda found: len(found) == len(customers), within=60)


def _told(customer_id: UUID, event_id: UUID) -> list[tuple[Topic, Record, Service]]:
    """What the other services say of one customer; they are down."""
    profile = CustomerProfile(customer_id=customer_id, version=1, active=True, may_be_invited=True)
    details = CustomerDetails(
        customer_id=customer_id, given_name="Anna", family_name="Rival", email="a@example.com"
    )
    matches = CustomerMatches(
        customer_id=customer_id,
        profile_version=1,
        matches=(Match(event_id=event_id, seats=1, score=0.5),),
        priced_at=SystemClock().now(),
    )
    return [
        (CUSTOMER_PROFILES, profile, Service.PROFILE),
        (CUSTOMER_DETAILS, details, Service.PROFILE),
        (CUSTOMER_MATCHES, matches, Service.MATCHING),
    ]


async def _approve(api: httpx.AsyncClient, draft: str) -> httpx.Response:
    """An approval by somebody who comes back when the service is too busy."""
    while True:
        answer = await api.post(f"/v1/invitations/{draft}/approve", timeout=60)
        if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
            return answer
