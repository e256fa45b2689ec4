import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from services.profile.tests.world import answers, interest

import kindred_profile
from kindred_common.clock import new_id
from kindred_common.contracts.codec import Received
from kindred_common.contracts.envelope import Envelope
from kindred_common.contracts.identity import customer_id_of
from kindred_common.contracts.record import Cause, Record
from kindred_common.contracts.survey import AnswersRecorded
from kindred_common.contracts.topics import CUSTOMER_DETAILS, CUSTOMER_PROFILES, SURVEY_ANSWERS
from kindred_common.contracts.vocabulary import FactSource, Service
from kindred_common.messaging.subscription import Refusals
from kindred_common.messaging.verdicts import Early
from kindred_common.runtime.foundation import Foundation, lay_foundation
from kindred_common.testing.clocks import FakeClock
from kindred_common.testing.databases import fresh_database
from kindred_profile.adapters.current_truth import details_reader, profiles_reader
from kindred_profile.adapters.postgres_readings import PostgresReadings
from kindred_profile.adapters.stores import stores_on
from kindred_profile.application.contract_records import published_profile
from kindred_profile.application.name_customer import name_customer
from kindred_profile.application.ports import Identity
from kindred_profile.application.request_rematch import request_rematch
from kindred_profile.application.save_customers import Draft, save_customers
from kindred_profile.domain.customers import Customer
from kindred_profile.domain.found import Found
from kindred_profile.entrypoints.consumers import facts_handler
from kindred_profile.settings import ProfileSettings

PEOPLE = [new_id() for _ in range(20)]
THEMES = ("opera", "wine", "golf", "law")


@dataclass
class Floor:
    """The use cases on a database of their own, without Kafka and HTTP."""

    foundation: Foundation[ProfileSettings]
    clock: FakeClock

    def __post_init__(self) -> None:
        self.stores = stores_on(self.foundation.outbox, self.clock)
        self.handle = facts_handler(self.stores, self.clock)

    async def take(self, records: Sequence[Received[Record]]) -> Refusals:
        async with self.foundation.transactions.begin() as transaction:
            return await self.handle(transaction, records)

    async def profiles(self) -> dict[UUID, str]:
        async with self.foundation.transactions.begin() as transaction:
            readings = PostgresReadings(transaction.connection)
            views = {person: await readings.profile(person) for person in PEOPLE}
        return {person: view.content for person, view in views.items() if view is not None}

    async def published(self) -> list[tuple[str, str, int]]:
        async with self.foundation.engine.connect() as connection:
            rows = await connection.exec_driver_sql(
                "SELECT topic, key, seq FROM outbox ORDER BY id"
            )
            return [(row.topic, row.key, row.seq) for row in rows]

    async def know(self, people: Sequence[UUID] = PEOPLE) -> None:
        drafts = [
            Draft(Customer(i, "P", "Q"), FactSource.CRM, Cause(correlation_id="c")) for i in people
        ]
        async with self.foundation.transactions.begin() as transaction:
            await save_customers(self.stores(transaction), drafts, self.clock.now())


@pytest.fixture
async def floor(postgres_server: str) -> AsyncIterator[Floor]:
    async with fresh_database(postgres_server, kindred_profile) as database:
        clock = FakeClock()
        settings = ProfileSettings(database=database)
        foundation = lay_foundation(Service.PROFILE, settings, clock=clock)
        yield Floor(foundation, clock)
        await foundation.engine.dispose()


def received(record: AnswersRecorded, record_id: str) -> Received[Record]:
    key = str(record.customer_id)
    cause = Cause(correlation_id=record_id)
    envelope = Envelope(record_id, "test", record.record_type, record.answered_at, key, cause)
    return Received(SURVEY_ANSWERS, key, envelope, record)


def some_answers(count: int, seed: int) -> list[Received[Record]]:
    chance = random.Random(seed)  # noqa: S311 - reproducible, no secret
    noon = FakeClock().now()
    return [
        received(
            answers(
                noon + timedelta(seconds=chance.randint(0, 60)),
                interest(chance.choice(THEMES), chance.randint(1, 5)),
                customer_id=chance.choice(PEOPLE),
            ),
            f"record-{number:05}",
        )
        for number in range(count)
    ]


async def test_order_batches_and_repetition_leave_the_same_profiles(floor: Floor) -> None:
    await floor.know()
    records = some_answers(400, seed=1)
    await floor.take(records)
    once = await floor.profiles()
    shuffled = [*records, *records]
    random.Random(2).shuffle(shuffled)  # noqa: S311 - reproducible, no secret
    for place in range(0, len(shuffled), 37):
        await floor.take(shuffled[place : place + 37])
    assert await floor.profiles() == once


async def test_batches_side_by_side_publish_in_order_and_lose_nothing(floor: Floor) -> None:
    await floor.know()
    records = some_answers(300, seed=3)
    batches = [records[place : place + 50] for place in range(0, len(records), 50)]
    await asyncio.gather(*(floor.take(batch) for batch in batches))
    side_by_side = await floor.profiles()
    await floor.take(records)
    assert await floor.profiles() == side_by_side
    sequences: dict[str, list[int]] = {}
    for topic, key, seq in await floor.published():
        if topic == CUSTOMER_PROFILES.name:
            sequences.setdefault(key, []).append(seq)
    assert all(seqs == list(range(1, len(seqs) + 1)) for seqs in sequences.values())


async def test_unknown_customers_are_refused_without_effect_and_others_taken(floor: Floor) -> None:
    await floor.know(PEOPLE[:10])
    records = some_answers(100, seed=4)
    refusals = await floor.take(records)
    refused = {r.key for r, verdict in refusals if isinstance(verdict, Early)}
    assert refused <= {str(person) for person in PEOPLE[10:]}
    assert set(await floor.profiles()) == set(PEOPLE[:10])
    async with floor.foundation.engine.connect() as connection:
        rows = await connection.exec_driver_sql("SELECT DISTINCT customer_id FROM fact")
        assert {row.customer_id for row in rows} <= set(PEOPLE[:10])


async def test_facts_of_an_alias_count_for_the_customer(floor: Floor) -> None:
    await floor.know(PEOPLE[:1])
    async with floor.foundation.transactions.begin() as transaction:
        await name_customer(floor.stores(transaction), PEOPLE[0], Identity("tickets", "9"))
    alias = customer_id_of("tickets", "9")
    said = answers(floor.clock.now(), interest("opera", 5), customer_id=alias)
    assert not await floor.take([received(said, "r1")])
    profile = published_profile((await floor.profiles())[PEOPLE[0]], 1)
    assert [i.theme for i in profile.interests] == ["opera"]


async def test_a_republished_answer_tells_nothing_new(floor: Floor) -> None:
    await floor.know(PEOPLE[:1])
    said = answers(floor.clock.now(), interest("opera", 5), customer_id=PEOPLE[0])
    await floor.take([received(said, "r2")])
    before = await floor.published()
    for record_id in ("r9", "r1"):
        await floor.take([received(said, record_id)])
    assert await floor.published() == before


async def test_republishing_emits_every_profile_once_more(floor: Floor) -> None:
    await floor.know()
    for reader in (profiles_reader(new_id), details_reader(new_id)):
        seen: list[str] = []
        after: str | None = ""
        while after is not None:
            async with floor.foundation.transactions.begin() as transaction:
                page = await reader(transaction, after, 7)
            seen += [record.key for record in page.records]
            after = page.last
        assert sorted(seen) == sorted(str(person) for person in PEOPLE)
    assert len([t for t, _, _ in await floor.published() if t == CUSTOMER_DETAILS.name]) == 20


async def test_ten_finders_of_the_same_ask_once(floor: Floor) -> None:
    found = [Found(PEOPLE[0], "theme-momentum", "opera/2026-03-02", "r1", "c")]

    async def ask() -> int:
        async with floor.foundation.transactions.begin() as transaction:
            asked = await request_rematch(floor.stores(transaction), found, floor.clock.now())
            return len(asked)

    assert sum(await asyncio.gather(*(ask() for _ in range(10)))) == 1
    assert len(await floor.published()) == 1
