"""With the Faust stream running, killed at random, doubled or stopped the same facts lead to the same profiles and requests."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from random import Random
from typing import cast
from uuid import UUID

import pytest
from tests.chaos.cohorts import Cohort, Told, draw
from tests.chaos.faults import Chaos
from tests.chaos.outside import Outside, outside
from tests.chaos.parts import PROFILE_WORKERS, STREAMS, changed
from tests.chaos.reading import by_key, kept, watching
from tests.chaos.report import Report
from tests.chaos.settings import ChaosSettings
from tests.chaos.settling import until_read, until_settled
from tests.chaos.world import World
from tests.system import Part, System

from kindred_common.clock import SystemClock
from kindred_common.contracts.profile import CustomerProfile, RematchRequested
from kindred_common.contracts.topics import CUSTOMER_PROFILES, REMATCH_REQUESTS
from kindred_common.contracts.vocabulary import Service
from kindred_profile.application.contract_records import canonical
from kindred_profile.domain.looking import look

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(400)]

CUSTOMERS = 25
WRITING_SECONDS = 6.0
KILLS = 2
AHEAD = timedelta(minutes=2)

CONDITIONS: Mapping[str, tuple[Part, ...]] = {
    "stream-running": STREAMS[:1],
    "stream-killed": STREAMS[:1],
    "stream-doubled": STREAMS,
    "stream-stopped": (),
}
Asked = Counter[tuple[int, str]]
"""How often a customer, by his number, was asked for, by reason and window."""


async def test_stream_does_not_matter(
    system: System, chaos_settings: ChaosSettings, report: Report
) -> None:
    random = chaos_settings.random("stream")
    now = SystemClock().now()
    told = draw(random, CUSTOMERS, now)
    cohorts = [Cohort(name, CUSTOMERS) for name in CONDITIONS]
    chaos = Chaos(system, random)
    worker = PROFILE_WORKERS[0]
    with report.timed("stream does not matter") as account:
        async with (
            outside(system.kafka_settings) as others,
            watching(system.kafka_settings) as watch,
        ):
            await system.run_only((worker,))
            for cohort in cohorts:
                await _begin(others, cohort)
            await until_read(system, watch, (Service.PROFILE,))
            for cohort in cohorts:
                await system.run_only((worker, *CONDITIONS[cohort.name]))
                async with chaos.supervision():
                    await _tell(chaos, others, cohort, told)
                await until_read(system, watch, (Service.PROFILE,))
            stream_found = await _asked_of(system, cohorts[0])
            await system.run_only((changed(worker, clock_offset_seconds=AHEAD.total_seconds()),))
            await until_settled(system, watch, (Service.PROFILE,))

        expected = _expected(cohorts[0], told)
        assert expected
        for cohort in cohorts:
            assert await _asked_of(system, cohort) == expected, cohort.name
            assert await _published_of(system, cohort) == expected, cohort.name
        profiles = [await _profiles_of(system, cohort) for cohort in cohorts]
        assert all(each == profiles[0] for each in profiles)
        assert stream_found, "the stream found nothing: the test shows nothing"
        account.append(f"{len(told)} records x {len(cohorts)}, {expected.total()} requests each")
        account.extend(chaos.happened)


async def _begin(others: Outside, cohort: Cohort) -> None:
    """The customers of a cohort; all cohorts are drawn alike."""
    alike = Random(1)  # noqa: S311 - the same for each cohort
    world = World(cohort.name, alike, SystemClock().now())
    await others.write(world.account("a"))
    for number in range(CUSTOMERS):
        await others.write(world.customer(f"c-{number}", "a"))


async def _tell(chaos: Chaos, others: Outside, cohort: Cohort, told: Sequence[Told]) -> None:
    """Writes the facts over some seconds, and kills the stream meanwhile where that is the condition."""
    records = cohort.writings(told)
    pause = WRITING_SECONDS / len(records)
    kills = [
        chaos.kill(STREAMS[0].name, chaos.random.uniform(0.1, 0.9) * WRITING_SECONDS)
        for _ in range(KILLS if cohort.name == "stream-killed" else 0)
    ]
    async with asyncio.TaskGroup() as group:
        group.create_task(chaos.unleash(kills))
        for record in records:
            await others.write(record)
            await asyncio.sleep(pause)


def _expected(cohort: Cohort, told: Sequence[Told]) -> Asked:
    """What a single look over all facts finds."""
    now = SystemClock().now() + AHEAD
    asked: Asked = Counter()
    for number, facts in cohort.facts(told).items():
        asked.update((number, f"{one.reason}/{one.window}") for one in look(facts, now).found)
    return asked


async def _asked_of(system: System, cohort: Cohort) -> Asked:
    rows = await system.query(
        Service.PROFILE,
        "SELECT customer_id, request FROM rematch_request WHERE customer_id = ANY(:ids)",
        ids=list(cohort.numbers()),
    )
    return _by_number(cohort, [(cast("UUID", r["customer_id"]), str(r["request"])) for r in rows])


async def _published_of(system: System, cohort: Cohort) -> Asked:
    requests = [
        cast("RematchRequested", record.data)
        for record in await kept(system.kafka_settings, REMATCH_REQUESTS)
    ]
    return _by_number(cohort, [(each.customer_id, each.request) for each in requests])


def _by_number(cohort: Cohort, requests: Sequence[tuple[UUID, str]]) -> Asked:
    numbers = cohort.numbers()
    return Counter(
        (numbers[customer_id], request.partition("/")[2])
        for customer_id, request in requests
        if customer_id in numbers
    )


async def _profiles_of(system: System, cohort: Cohort) -> list[str]:
    """The newest profiles by the customers' numbers, without what names them."""
    published = by_key(await kept(system.kafka_settings, CUSTOMER_PROFILES))
    nobody = {"customer_id": UUID(int=0), "account_id": UUID(int=0)}
    found: list[str] = []
    for customer_id in cohort.numbers():
        newest = cast("CustomerProfile", published[str(customer_id)][-1].data)
        found.append(canonical(newest.model_copy(update=nobody)))
    return found
