"""Takes records into a service: each counts once, in order for its key, in one transaction with its effect.

What is not applied is held back as a row, with its reason, and never stops the records of other keys.
"""

import asyncio
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from kindred_common.clock import Clock
from kindred_common.contracts.codec import RawRecord, Received, decode
from kindred_common.contracts.envelope import MalformedRecord, from_kafka
from kindred_common.contracts.heartbeat import HEARTBEAT_TYPE
from kindred_common.contracts.record import Record
from kindred_common.contracts.topics import Kind, Topic
from kindred_common.db.faults import is_transient
from kindred_common.db.transactions import AfterCommit, Transaction, Transactions
from kindred_common.messaging.held import (
    BlockedKeys,
    Held,
    HeldRecord,
    Reason,
    blocked_keys,
    counts,
    expire,
    hold,
    hold_again,
    lock_held,
    parked_keys,
    ready_records,
    release,
)
from kindred_common.messaging.inbox import forget, newest, remember, version_of
from kindred_common.messaging.outbox import Outbox
from kindred_common.messaging.positions import (
    Overtaken,
    Partition,
    advance,
    load_positions,
    note_heartbeats,
)
from kindred_common.messaging.receipts import receipt_for
from kindred_common.messaging.subscription import Refusals, Subscription
from kindred_common.messaging.verdicts import Early, NotApplied, Rejected
from kindred_common.observability.logging import get_logger
from kindred_common.observability.metrics import Metrics

TRIES = 3
RETRY_BATCH = 200

_log = get_logger(__name__)

Positions = dict[Partition, int]


@dataclass(slots=True)
class _Sorted:
    """A batch after a first look: what can be handled by topic, what must be held back, who was heard."""

    readable: dict[str, list[tuple[RawRecord, Received[Record]]]] = field(default_factory=dict)
    held: list[tuple[RawRecord, Reason]] = field(default_factory=list)
    heard: dict[Partition, datetime] = field(default_factory=dict)
    applied: list[RawRecord] = field(default_factory=list)

    def sort_out(
        self,
        pairs: Sequence[tuple[RawRecord, Received[Record]]],
        new: Sequence[Received[Record]],
        refusals: Refusals,
    ) -> None:
        """Notes what a handler that was given the ``new`` of some records has applied, and what it left."""
        raws = {id(received): raw for raw, received in pairs}
        refused = {id(record): reason_of(verdict) for record, verdict in refusals}
        self.held.extend((raws[identity], why) for identity, why in refused.items())
        self.applied.extend(raws[id(record)] for record in new if id(record) not in refused)


class Intake:
    """The door through which one service's records come in, with its memory in the service's database."""

    def __init__(
        self,
        consumer: str,
        subscriptions: Sequence[Subscription],
        transactions: Transactions,
        outbox: Outbox,
        clock: Clock,
        metrics: Metrics,
    ) -> None:
        self.consumer = consumer
        self.topics: tuple[Topic, ...] = tuple(s.topic for s in subscriptions)
        self._subscriptions = {s.topic.name: s for s in subscriptions}
        self._transactions = transactions
        self._outbox = outbox
        self._clock = clock
        self._metrics = metrics
        self._blocked: BlockedKeys = {}

    @property
    def blocked(self) -> bool:
        """Whether records of this member wait behind an early or parked one."""
        return bool(self._blocked)

    async def stand(self, partitions: Sequence[Partition]) -> Positions:
        """Looks up where to go on with the partitions this member was given."""
        async with self._transactions.begin() as transaction:
            self._blocked = await blocked_keys(transaction.connection, self.consumer, partitions)
            return await load_positions(transaction.connection, self.consumer, partitions)

    async def take(
        self, records: Sequence[RawRecord], positions: Mapping[Partition, int]
    ) -> Positions:
        """Applies or holds back all of ``records`` and returns the positions after them.

        Raises:
            Overtaken: another member has gone on with one of the partitions; nothing was done.
            Exception: the database is away; nothing was done and the same call may be made again.
        """
        try:
            return await self._take_together(records, positions)
        except Overtaken:
            raise
        except Exception as error:
            if is_transient(error):
                raise
        moved = dict(positions)
        for record in records:
            moved = await self._take_alone(record, moved)
        return moved

    async def retry_held(self, partitions: Sequence[Partition]) -> int:
        """Tries what has become ready; returns how many records were tried."""
        now = self._clock.now()
        async with self._transactions.begin() as transaction:
            ready = await ready_records(
                transaction.connection, self.consumer, partitions, RETRY_BATCH, now
            )
        for record in ready:
            await self._retry(record)
        if ready:
            async with self._transactions.begin() as transaction:
                self._blocked = await blocked_keys(
                    transaction.connection, self.consumer, partitions
                )
        return len(ready)

    async def keep_house(self) -> None:
        """Turns early records that waited too long into dead letters, and counts what is held."""
        now = self._clock.now()
        async with self._transactions.begin() as transaction:
            expired = await expire(transaction.connection, self.consumer, now)
            late = [(record.raw, Reason(Held.DEAD, "waited a day")) for record in expired]
            await self._receipts(transaction, _Sorted(held=late))
            held = await counts(transaction.connection, self.consumer)
            parked = await parked_keys(transaction.connection, self.consumer)
        for topic in self._subscriptions:
            self._metrics.dead_letters.labels(topic=topic).set(held.get((topic, Held.DEAD), 0))
        self._metrics.early_records.set(
            sum(n for (_, state), n in held.items() if state is Held.EARLY)
        )
        self._metrics.parked_keys.set(parked)

    async def _take_together(
        self, records: Sequence[RawRecord], positions: Mapping[Partition, int]
    ) -> Positions:
        batch = self._sort(records)
        async with self._transactions.begin() as transaction:
            for topic in list(batch.readable):
                await self._handle(transaction, topic, batch)
            for raw, why in batch.held:
                await self._hold(transaction, raw, why)
            await self._receipts(transaction, batch)
            moves = _moves(records, positions)
            await advance(transaction.connection, self.consumer, moves)
            await note_heartbeats(transaction.connection, self.consumer, batch.heard)
        for raw, why in batch.held:
            self._note_held(raw, why)
        return dict(positions) | {
            partition: following for partition, (_, following) in moves.items()
        }

    def _sort(self, records: Sequence[RawRecord]) -> _Sorted:
        batch = _Sorted()
        held_now: BlockedKeys = {}
        for raw in records:
            blocker = self._blocked.get((raw.topic, raw.key)) or held_now.get((raw.topic, raw.key))
            external = self._subscriptions[raw.topic].topic.external
            if not external and (moment := _heartbeat(raw)) is not None:
                batch.heard[(raw.topic, raw.partition)] = moment
            elif blocker is not None:
                batch.held.append((raw, blocker))
            else:
                self._read(raw, batch)
        return batch

    def _read(self, raw: RawRecord, batch: _Sorted) -> None:
        topic = self._subscriptions[raw.topic].topic
        try:
            received = decode(topic, raw)
            if (
                topic.kind is Kind.STATE
                and received.data is not None
                and version_of(received) is None
            ):
                raise MalformedRecord("sourceversion", "attribute is missing")
        except MalformedRecord as fault:
            batch.held.append((raw, Reason(Held.DEAD, fault.reason, fault.field)))
            return
        batch.readable.setdefault(topic.name, []).append((raw, received))

    async def _handle(
        self, transaction: Transaction, topic_name: str, batch: _Sorted, *, again: bool = False
    ) -> None:
        subscription = self._subscriptions[topic_name]
        pairs = batch.readable[topic_name]
        records = [received for _, received in pairs]
        new, rest = await self._new(transaction, subscription.topic, records, again=again)
        with self._metrics.handler_seconds.labels(topic=topic_name).time():
            refusals = await subscription.handle(transaction, new) if new else ()
        refused = [record for record, _ in refusals]
        if subscription.topic.kind is Kind.FACT:
            await forget(transaction.connection, self.consumer, refused)
        batch.sort_out(pairs, new, refusals)
        counts = {rest: len(records) - len(new), "applied": len(new) - len(refusals)}
        transaction.after_commit(f"count {topic_name}", self._counting(topic_name, counts))

    def _counting(self, topic_name: str, records: Mapping[str, int]) -> AfterCommit:
        async def count() -> None:
            for outcome, number in records.items():
                self._metrics.consumer_records_total.labels(topic=topic_name, outcome=outcome).inc(
                    number
                )

        return count

    async def _new(
        self,
        transaction: Transaction,
        topic: Topic,
        records: Sequence[Received[Record]],
        *,
        again: bool,
    ) -> tuple[Sequence[Received[Record]], str]:
        """The records that are not known yet, and what the others are."""
        connection = transaction.connection
        if topic.kind is Kind.FACT:
            now = self._clock.now()
            return await remember(connection, self.consumer, records, now), "duplicate"
        return await newest(connection, self.consumer, records, again=again), "stale"

    async def _take_alone(self, raw: RawRecord, positions: Positions) -> Positions:
        for attempt in range(1, TRIES + 1):
            try:
                return await self._take_together([raw], positions)
            except NotApplied as verdict:
                return await self._hold_alone(raw, reason_of(verdict), positions)
            except Overtaken:
                raise
            except Exception as error:
                if is_transient(error):
                    raise
                where = _where(error)
                _log.error("handler failed", topic=raw.topic, error=where, attempt=attempt)
                await asyncio.sleep(0.05 * attempt)
        return await self._hold_alone(raw, Reason(Held.PARKED, where), positions)

    async def _hold_alone(self, raw: RawRecord, why: Reason, positions: Positions) -> Positions:
        moves = _moves([raw], positions)
        async with self._transactions.begin() as transaction:
            await self._hold(transaction, raw, why)
            await self._receipts(transaction, _Sorted(held=[(raw, why)]))
            await advance(transaction.connection, self.consumer, moves)
        self._note_held(raw, why)
        return positions | {partition: following for partition, (_, following) in moves.items()}

    async def _hold(self, transaction: Transaction, raw: RawRecord, why: Reason) -> None:
        behind_another = (raw.topic, raw.key) in self._blocked
        try_again = why.state is Held.EARLY or (why.state is Held.PARKED and behind_another)
        now = self._clock.now()
        await hold(transaction.connection, self.consumer, raw, why, now, try_again=try_again)

    def _note_held(self, raw: RawRecord, why: Reason) -> None:
        outcome = {Held.DEAD: "rejected", Held.EARLY: "early", Held.PARKED: "parked"}[why.state]
        self._metrics.consumer_records_total.labels(topic=raw.topic, outcome=outcome).inc()
        if why.state is not Held.DEAD:
            self._blocked.setdefault((raw.topic, raw.key), why)

    async def _retry(self, record: HeldRecord) -> None:
        now = self._clock.now()
        try:
            async with self._transactions.begin() as transaction:
                if await lock_held(transaction.connection, record.id, now):
                    await self._retry_locked(transaction, record, now)
            return
        except NotApplied as verdict:
            why = reason_of(verdict)
        except Overtaken:
            raise
        except Exception as error:
            if is_transient(error):
                raise
            why = Reason(
                Held.PARKED if record.why.state is not Held.DEAD else Held.DEAD, _where(error)
            )
        async with self._transactions.begin() as transaction:
            await hold_again(transaction.connection, record, why, now)

    async def _retry_locked(
        self, transaction: Transaction, record: HeldRecord, now: datetime
    ) -> None:
        batch = _Sorted()
        self._read(record.raw, batch)
        if batch.readable:
            await self._handle(transaction, record.raw.topic, batch, again=True)
        if batch.held:
            await hold_again(transaction.connection, record, batch.held[0][1], now)
        else:
            await release(transaction.connection, record)
        if not batch.held or batch.held[0][1].state is not record.why.state:
            await self._receipts(transaction, batch)

    async def _receipts(self, transaction: Transaction, batch: _Sorted) -> None:
        """Last in the transaction: the records of one source share a key, whose lock must not be held while working."""
        outcomes: list[tuple[RawRecord, Reason | None]] = [(raw, None) for raw in batch.applied]
        outcomes += batch.held
        now = self._clock.now()
        receipts = [
            receipt_for(raw, why, now)
            for raw, why in outcomes
            if self._subscriptions[raw.topic].receipts
        ]
        await self._outbox.publish(transaction, receipts)


def reason_of(verdict: NotApplied) -> Reason:
    """What is written with a record that a handler did not apply."""
    if isinstance(verdict, Early):
        return Reason(Held.EARLY, f"waits for {verdict.waits_for}", None, verdict.waits_for)
    if isinstance(verdict, Rejected):
        return Reason(Held.DEAD, verdict.reason, verdict.field)
    return Reason(Held.DEAD, "was not applied")


def _moves(
    records: Sequence[RawRecord], positions: Mapping[Partition, int]
) -> dict[Partition, tuple[int, int]]:
    following: dict[Partition, int] = {}
    for raw in records:
        following[(raw.topic, raw.partition)] = raw.offset + 1
    return {partition: (positions[partition], offset) for partition, offset in following.items()}


def _heartbeat(raw: RawRecord) -> datetime | None:
    if ("ce_type", HEARTBEAT_TYPE.encode()) not in raw.headers:
        return None
    try:
        envelope, _ = from_kafka(raw.headers, raw.value)
    except MalformedRecord:
        return None
    return envelope.time


def _where(error: BaseException) -> str:
    """Type and place of a failure, without its text, which may repeat what was in the record."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"
