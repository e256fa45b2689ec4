"""What comes too early waits a day and not longer; what was held back is applied once when it is replayed after the cause has gone."""

from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

import pytest
from tests.chaos.bad_records import bad_records
from tests.chaos.operators import Item, held_records, replay
from tests.chaos.outside import Outside, Position, Writing, outside, writing
from tests.chaos.parts import PROFILE_API, PROFILE_WORKERS, changed
from tests.chaos.reading import watching
from tests.chaos.report import Report
from tests.chaos.settings import ChaosSettings
from tests.chaos.settling import until_read
from tests.chaos.world import World
from tests.system import System

from kindred_common.clock import SystemClock
from kindred_common.contracts.external import (
    CrmTransaction,
    IngestReceipt,
    ReceiptStatus,
    TransactionKind,
)
from kindred_common.contracts.feedback import FeedbackGiven
from kindred_common.contracts.topics import (
    CRM_TRANSACTIONS,
    EXPERIENCE_FEEDBACK,
    INGEST_RECEIPTS,
    SURVEY_ANSWERS,
)
from kindred_common.contracts.vocabulary import EventKind, Expectation, Service
from kindred_common.testing.cluster import read_all
from kindred_common.testing.waiting import eventually

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(300)]


async def test_bad_records_replay(
    system: System, chaos_settings: ChaosSettings, report: Report
) -> None:
    now = SystemClock().now()
    world = World("replay", chaos_settings.random("replay"), now)
    with report.timed("replay") as told:
        async with outside(system.kafka_settings) as others:
            run = _Run(system, others, world)
            await run.work(ahead=timedelta(0))
            timely = await run.tell(_feedback(world, "timely", now))
            late = await run.tell(_feedback(world, "late", now))
            ticket = await run.tell(_ticket(world, now))
            bad = await run.tell(bad_records(SURVEY_ANSWERS, "replay", now)[0].writing)
            await run.until_held("early", {timely, late, ticket})

            await run.work(ahead=timedelta(hours=23))
            assert {timely, late, ticket} <= (await run.held("early")).keys()
            await others.write(world.account("a"))
            await others.write(world.customer("timely", "a"))
            await run.until_facts("timely", 1)
            assert timely not in await run.held("early")

            await run.work(ahead=timedelta(hours=25))
            await run.until_held("dead", {late, ticket, bad})
            await run.until_receipts(ticket, [ReceiptStatus.WAITING, ReceiptStatus.REJECTED])
            await others.write(world.customer("late", "a"))
            await others.write(world.account("b"))
            await run.until_known("late")
            await run.until_all_read()
            assert await run.facts("late") == 0

            for position in (late, ticket, bad):
                await replay(system, Service.PROFILE, (await run.held("dead"))[position])
            await run.until_gone({late, ticket})
            await others.write(_feedback(world, "late", now))
            await others.write(_ticket(world, now))
            await run.until_all_read()
            assert await run.facts("late") == 1
            assert (await run.held("dead"))[bad]["reason"] == "is not JSON"
            tickets = await system.query(
                Service.PROFILE, "SELECT 1 FROM ticket WHERE source = :s", s=world.source
            )
            assert len(tickets) == 1
        told.append("3 early records, 1 in time, 2 replayed after a day")


class _Run:
    """A profile worker at some distance from now, and what it shows."""

    def __init__(self, system: System, others: Outside, world: World) -> None:
        self._system = system
        self._others = others
        self._world = world

    async def work(self, ahead: timedelta) -> None:
        """Has a new worker go on, so much later."""
        worker = changed(PROFILE_WORKERS[0], clock_offset_seconds=ahead.total_seconds())
        await self._system.run_only((PROFILE_API, worker))

    async def tell(self, record: Writing) -> Position:
        return await self._others.write(record)

    async def held(self, state: str) -> dict[Position, Item]:
        return dict(await held_records(self._system, Service.PROFILE, state))

    async def until_held(self, state: str, positions: set[Position]) -> None:
        await eventually(
            lambda: self.held(state), lambda found: positions <= found.keys(), within=60, every=0.5
        )

    async def until_gone(self, positions: set[Position]) -> None:
        await eventually(
            lambda: self.held("dead"),
            lambda found: not positions & found.keys(),
            within=60,
            every=0.5,
        )

    async def until_known(self, name: str) -> None:
        async def known() -> bool:
            rows = await self._system.query(
                Service.PROFILE, "SELECT 1 FROM customer WHERE id = :id", id=self._id(name)
            )
            return bool(rows)

        await eventually(known, within=60)

    async def facts(self, name: str) -> int:
        """How often the customer's feedback counts."""
        async with self._system.client(Service.PROFILE) as api:
            answer = await api.get(
                f"/v1/customers/{self._id(name)}/timeline", params={"kind": "feedback"}
            )
            return len(answer.json()["items"]) if answer.is_success else 0

    async def until_facts(self, name: str, count: int) -> None:
        await eventually(lambda: self.facts(name), lambda found: found == count, within=60)

    async def until_receipts(self, position: Position, expected: list[ReceiptStatus]) -> None:
        """Waits until the source was told this of its record, in this order."""

        async def receipts() -> list[ReceiptStatus]:
            records = await read_all(self._system.kafka_settings, INGEST_RECEIPTS)
            told = [cast("IngestReceipt", record.data) for record in records]
            return [
                receipt.status
                for receipt in told
                if Position(receipt.topic, receipt.partition, receipt.offset) == position
            ]

        await eventually(receipts, lambda found: found == expected, within=60, every=0.5)

    async def until_all_read(self) -> None:
        async with watching(self._system.kafka_settings) as watch:
            await until_read(self._system, watch, (Service.PROFILE,))

    def _id(self, name: str) -> UUID:
        return self._world.customer_id(name)


def _feedback(world: World, name: str, now: datetime) -> Writing:
    customer_id = world.customer_id(name)
    record = FeedbackGiven(
        customer_id=customer_id,
        event_id=world.event_id(name),
        invitation_id=world.event_id(f"invitation-{name}"),
        event_kind=EventKind.DINNER,
        rating=5,
        all_as_wished=True,
        expectation=Expectation.MORE,
        given_at=now - timedelta(minutes=1),
    )
    return writing(
        EXPERIENCE_FEEDBACK,
        str(customer_id),
        record,
        record_id=f"replay-{name}",
        source="kindred/feedback",
        time=now,
    )


def _ticket(world: World, now: datetime) -> Writing:
    record = CrmTransaction(
        source=world.source,
        external_id="ticket",
        account_external_id="b",
        kind=TransactionKind.SERVICE_TICKET,
        at=now,
        complaint=True,
        open=True,
    )
    return writing(
        CRM_TRANSACTIONS,
        f"{world.source}:b",
        record,
        record_id="replay-ticket",
        source=world.source,
        time=now,
    )
