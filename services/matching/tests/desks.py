"""A matchmaker on a real database, without Kafka: what it publishes stays in the outbox."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from time import perf_counter

from services.matching.tests.test_allocation_properties import bits
from services.matching.tests.worlds import NOW
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

import kindred_matching
from kindred_common.clock import new_id
from kindred_common.contracts.matching import CustomerMatches
from kindred_common.contracts.record import Cause
from kindred_common.db.engine import create_engine
from kindred_common.db.settings import DatabaseSettings
from kindred_common.db.transactions import Transaction, Transactions
from kindred_common.messaging.outbox import Outbox, RelayWaker
from kindred_common.observability.metrics import Metrics
from kindred_common.testing.clocks import FakeClock
from kindred_common.testing.databases import fresh_database
from kindred_matching.adapters.observation import MeasuredObserver
from kindred_matching.adapters.postgres_journal import PostgresJournal
from kindred_matching.adapters.postgres_projections import PostgresProjections
from kindred_matching.adapters.postgres_requests import PostgresEpochRequests
from kindred_matching.adapters.postgres_wishes import PostgresWishes
from kindred_matching.application.matchmaker import Matchmaker
from kindred_matching.application.ports import Caused, Stores
from kindred_matching.domain.engine import Engine
from kindred_matching.domain.inputs import Input
from kindred_matching.domain.rules import Rules
from kindred_matching.domain.state import EngineState

TICK = Cause("tick")


@dataclass
class Desk:
    """A database, and matchmakers that write to it as processes would."""

    engine: AsyncEngine
    database: DatabaseSettings
    clock: FakeClock
    timer: Callable[[], float] = perf_counter

    def __post_init__(self) -> None:
        self.transactions = Transactions(self.engine)
        self.outbox = Outbox(RelayWaker(), self.clock, new_id)

    async def hire(self, rules: Rules | None = None) -> "Clerk":
        """A new writer: it raises the epoch and takes up the work."""
        async with self.engine.begin() as connection:
            raised = text("UPDATE engine SET epoch = epoch + 1 RETURNING epoch")
            epoch = await connection.scalar(raised)
        clerk = Clerk(self, int(epoch or 0), rules or Rules())
        async with self.transactions.begin() as transaction:
            await clerk.matchmaker.begin(clerk.stores(transaction), TICK)
        return clerk

    async def published(self) -> list[tuple[str, CustomerMatches | None, Cause]]:
        """Every record in the outbox in order: key, body, cause."""
        query = "SELECT key, body, correlation_id, causation_id FROM outbox ORDER BY id"
        async with self.engine.begin() as connection:
            rows = (await connection.execute(text(query))).all()
        return [
            (
                row.key,
                None if row.body is None else CustomerMatches.from_json(row.body),
                Cause(row.correlation_id, row.causation_id),
            )
            for row in rows
        ]

    async def count(self, table: str) -> int:
        async with self.engine.begin() as connection:
            return int(await connection.scalar(text(f"SELECT count(*) FROM {table}")) or 0)  # noqa: S608 - names of ours


class Clerk:
    """One writer process: its matchmaker and its epoch."""

    def __init__(self, desk: Desk, epoch: int, rules: Rules) -> None:
        self.desk = desk
        self.epoch = epoch
        self.metrics = Metrics()
        self.matchmaker = Matchmaker(
            rules, desk.clock, MeasuredObserver(self.metrics), timer=desk.timer
        )

    def stores(self, transaction: Transaction) -> Stores:
        return Stores(
            PostgresJournal(transaction.connection, self.epoch, timedelta(seconds=30)),
            PostgresProjections(transaction.connection),
            PostgresEpochRequests(transaction.connection),
            PostgresWishes(transaction.connection),
            partial(self.desk.outbox.publish, transaction),
        )

    async def take(self, *happenings: Input, causes: Sequence[Cause] = ()) -> None:
        """Applies one batch in one transaction."""
        given = [*causes, *(Cause(f"cause {n}") for n in range(len(causes), len(happenings)))]
        batch = [Caused(h, cause) for h, cause in zip(happenings, given, strict=True)]
        async with self.desk.transactions.begin() as transaction:
            await self.matchmaker.take(self.stores(transaction), batch)

    async def ask_epoch(self, asked_by: str = "anna") -> None:
        """Asks for a model epoch and begins it."""
        async with self.desk.transactions.begin() as transaction:
            stores = self.stores(transaction)
            await stores.requests.ask(asked_by, self.desk.clock.now())
        async with self.desk.transactions.begin() as transaction:
            await self.matchmaker.begin_epoch(self.stores(transaction), TICK)

    async def snapshot(self) -> None:
        async with self.desk.transactions.begin() as transaction:
            await self.matchmaker.keep_snapshot(self.stores(transaction))

    async def engine(self) -> Engine:
        """The memory, brought up to date."""
        async with self.desk.transactions.begin() as transaction:
            engine = await self.matchmaker._open(self.stores(transaction))
            self.matchmaker._engine = engine
        return engine

    async def bits(self) -> tuple[int, tuple[EngineState, dict[str, bytes]]]:
        """Position and state of the memory, which is brought up to date first."""
        engine = await self.engine()
        return self.matchmaker._position, bits(engine)


@asynccontextmanager
async def open_desk(postgres_server: str) -> AsyncIterator[Desk]:
    async with fresh_database(postgres_server, kindred_matching) as settings:
        engine = create_engine(settings, application="test")
        try:
            yield Desk(engine, settings, FakeClock(NOW))
        finally:
            await engine.dispose()
