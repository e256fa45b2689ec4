"""How many answers a second the profile worker takes in: ``python -m services.profile.tests.measure_facts POSTGRES_URL``.

Each record is one answer of one customer, as the survey page sends them; customers know 30 interests already. Measured is
everything between the bytes of a batch and its commit: decoding, inbox, facts, folding, outbox, offsets.
"""

import asyncio
import random
import sys
import time
from collections.abc import Sequence
from uuid import UUID

from services.profile.tests.world import answers, interest

import kindred_profile
from kindred_common.clock import SystemClock, new_id
from kindred_common.contracts.codec import RawRecord
from kindred_common.contracts.envelope import Envelope, to_headers
from kindred_common.contracts.record import Cause
from kindred_common.contracts.survey import AnswersRecorded
from kindred_common.contracts.topics import SURVEY_ANSWERS
from kindred_common.contracts.vocabulary import FactSource, Service
from kindred_common.messaging.intake import Intake
from kindred_common.runtime.foundation import Foundation, lay_foundation
from kindred_common.testing.databases import fresh_database
from kindred_profile.adapters.stores import stores_on
from kindred_profile.application.save_customers import Draft, save_customers
from kindred_profile.domain.customers import Customer
from kindred_profile.entrypoints.consumers import subscriptions
from kindred_profile.settings import ProfileSettings

CUSTOMERS, THEMES, RECORDS, BATCH = 2_000, 30, 10_000, 500
PARTITION = (SURVEY_ANSWERS.name, 0)


async def main(postgres: str) -> None:
    """Measures on a database of its own, dropped afterwards."""
    async with fresh_database(postgres, kindred_profile) as database:
        foundation = lay_foundation(Service.PROFILE, ProfileSettings(database=database))
        ids = await _make_customers(foundation)
        intake = _intake(foundation)
        complete = [_record(customer_id, THEMES) for customer_id in ids]
        await _measure(intake, complete, f"{THEMES} answers in one record")
        singles = [_record(random.choice(ids), 1) for _ in range(RECORDS)]  # noqa: S311 - no secret
        await _measure(intake, singles, "one answer in one record")
        await foundation.engine.dispose()


async def _make_customers(foundation: Foundation[ProfileSettings]) -> list[UUID]:
    stores_of = stores_on(foundation.outbox, foundation.clock)
    people = [Customer(new_id(), "P", "Q") for _ in range(CUSTOMERS)]
    drafts = [Draft(p, FactSource.IMPORT, Cause(correlation_id="c")) for p in people]
    async with foundation.transactions.begin() as transaction:
        await save_customers(stores_of(transaction), drafts, foundation.clock.now())
    return [person.id for person in people]


def _intake(foundation: Foundation[ProfileSettings]) -> Intake:
    wanted = subscriptions(stores_on(foundation.outbox, foundation.clock), foundation.clock)
    parts = foundation.transactions, foundation.outbox, foundation.clock, foundation.metrics
    return Intake("measure", wanted, *parts)


def _record(customer_id: UUID, count: int) -> tuple[str, AnswersRecorded]:
    chosen = random.sample([f"theme-{n}" for n in range(THEMES)], count)
    given = [interest(theme, random.randint(1, 5)) for theme in chosen]  # noqa: S311 - no secret
    record = answers(SystemClock().now(), *given, customer_id=customer_id)
    return str(customer_id), record


def _raw(key: str, record: AnswersRecorded, offset: int) -> RawRecord:
    identity = str(new_id())
    envelope = Envelope(
        identity, "measure", record.record_type, record.answered_at, key, Cause(identity)
    )
    value, headers = record.to_json(), to_headers(envelope)
    return RawRecord(*PARTITION, offset, key.encode(), value, headers, 0)


async def _measure(
    intake: Intake, records: Sequence[tuple[str, AnswersRecorded]], what: str
) -> None:
    positions = await intake.stand([PARTITION])
    first = positions.get(PARTITION, 0)
    raws = [_raw(key, record, first + n) for n, (key, record) in enumerate(records)]
    began, busy = time.perf_counter(), time.process_time()
    for place in range(0, len(raws), BATCH):
        positions = await intake.take(raws[place : place + BATCH], positions)
    seconds, cpu = time.perf_counter() - began, time.process_time() - busy
    sys.stdout.write(
        f"{what}: {len(raws) / seconds:,.0f} records/s ({cpu / len(raws) * 1000:.2f} ms of Python each)\n"
    )


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
