"""The one writer: holds the engine in memory, and never lets it run ahead of the database.

A transaction first locks the journal, which tells the last position. Memory at another position is void (its transaction did
not commit, or another process went on) and is rebuilt from the snapshot and the journal. While a batch is applied the memory
belongs to it alone; a failure leaves none.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter
from uuid import UUID

from kindred_common.clock import Clock
from kindred_common.contracts.codec import Outgoing
from kindred_common.contracts.record import Cause
from kindred_common.contracts.topics import CUSTOMER_MATCHES
from kindred_matching.application.long_lived import LongLived
from kindred_matching.application.ports import (
    Caused,
    EpochStarted,
    Observer,
    Report,
    Stores,
    Told,
)
from kindred_matching.application.records import record_of
from kindred_matching.domain.engine import Engine
from kindred_matching.domain.facts import Customer
from kindred_matching.domain.inputs import (
    ClockTicked,
    CustomerRemoved,
    CustomerReplaced,
    EpochBegun,
    EventRemoved,
    EventReplaced,
    Input,
    InvitationStepped,
    RematchAsked,
    RulesReplaced,
    WishEnded,
    WishMade,
)
from kindred_matching.domain.refilling import engine_of
from kindred_matching.domain.rules import Rules
from kindred_matching.domain.state import Settlement, Snapshot
from kindred_matching.domain.status import Status, refusals_by_reason, status_of

MOST_WISHES = 100
"""How many wishes are taken up in one transaction."""

TOLD_AT_ONCE = 250
"""Of how many customers records are in memory at once: each tells of some eighty events, and a batch may touch everybody."""

REPLAY_SECONDS = 5.0
"""After so much work a snapshot is due: a new writer would have to do it again."""

SNAPSHOT_SHARE = 0.1
"""How much of the work snapshots may be: those of a large engine are taken less often."""


class Matchmaker:
    """Applies inputs in batches: journal, projections and published matches in one transaction."""

    def __init__(
        self,
        rules: Rules,
        clock: Clock,
        observer: Observer,
        *,
        snapshot_every: int = 2000,
        timer: Callable[[], float] = perf_counter,
    ) -> None:
        """Takes the rules of this process.

        A snapshot is due after ``snapshot_every`` inputs, or before if they made much work by ``timer``, in seconds.
        """
        self._rules = rules
        self._snapshot_every = snapshot_every
        self._snapshot_at = 0
        self._timer = timer
        self._snapshot_seconds = 0.0
        self._worked_since = 0.0
        self._clock = clock
        self._observer = observer
        self._engine: Engine | None = None
        self._position = 0
        self._long_lived = LongLived()

    @property
    def snapshot_due(self) -> bool:
        """Whether so much came since the last snapshot that it is worth another."""
        inputs = self._position - self._snapshot_at
        much = inputs >= self._snapshot_every or self._worked_since >= REPLAY_SECONDS
        return much and self._snapshot_seconds <= SNAPSHOT_SHARE * self._worked_since

    @property
    def scoring_anew(self) -> bool:
        """Whether customers still wait to be scored anew."""
        engine = self._engine
        return engine is not None and engine.scoring_anew

    async def begin(self, stores: Stores, cause: Cause) -> None:
        """Takes up the work where the last writer left it: rebuilds the memory, sets rules and clock."""
        self._engine = None
        engine = await self._open(stores)
        self._engine = engine
        happenings: list[Input] = [ClockTicked(self._clock.now())]
        # Written down even when they are the built-in ones, which may be others in the next release.
        if self._position == 0 or engine.rules != self._rules:
            happenings.insert(0, RulesReplaced(self._rules))
        await self.take(stores, [Caused(happening, cause) for happening in happenings])

    async def take(self, stores: Stores, batch: Sequence[Caused]) -> None:
        """Applies a batch and publishes the matches that are different now."""
        if not batch:
            return
        engine = await self._open(stores)
        now = self._clock.now()
        # In a thread, so that a long batch does not make this process look dead to its neighbours.
        result = await stores.journal.during(
            asyncio.to_thread(_work_out, engine, batch, self._timer)
        )
        settlement = result.settlement
        await stores.journal.append(self._position, batch, now)
        await _keep_keepers(stores, engine, batch)
        await stores.projections.keep_draws(settlement.drawn, now)
        published = await _publish(stores, engine, settlement, _Causes.of(batch), now)
        position = self._position + len(batch)
        await stores.projections.report(
            Report(
                position,
                now,
                engine.rules,
                result.status,
                engine.teaching.model,
                engine.scoring_anew,
            )
        )
        self._engine, self._position = engine, position
        self._worked_since += result.seconds
        touched, gap = len(settlement.touched), result.status.gap
        self._observer.settled(result.seconds, touched, published, gap)
        if any(isinstance(caused.happening, ClockTicked) for caused in batch):
            self._observer.refused(refusals_by_reason(engine))
            self._long_lived.look_at(engine)

    async def begin_epoch(self, stores: Stores, cause: Cause) -> None:
        """Begins a model epoch if anybody has asked for one."""
        asked_by = await stores.requests.take()
        if asked_by is None:
            return
        engine = await self._open(stores)
        before, self._engine = engine.teaching.model.tally, engine
        await self.take(stores, [Caused(EpochBegun(asked_by), cause)])
        epochs = engine.teaching.epochs
        await stores.projections.keep_epoch(
            EpochStarted(epochs.number, self._clock.now(), asked_by, epochs.shifts, before)
        )

    async def hear_wishes(self, stores: Stores, cause: Cause) -> None:
        """Takes up the wishes that were made or ended since it last looked."""
        await self.take(
            stores,
            [
                Caused(
                    WishMade(heard.wish)
                    if heard.stands
                    else WishEnded(heard.wish.customer_id, heard.wish.event_id),
                    cause,
                )
                for heard in await stores.wishes.unheard(MOST_WISHES)
            ],
        )

    async def keep_snapshot(self, stores: Stores) -> None:
        """Takes a snapshot at the present position."""
        engine = await self._open(stores)
        started = self._timer()
        await stores.journal.keep_snapshot(self._position, engine.snapshot(), self._clock.now())
        self._engine, self._snapshot_at = engine, self._position
        self._snapshot_seconds, self._worked_since = self._timer() - started, 0.0

    async def _open(self, stores: Stores) -> Engine:
        """The engine at the last position; from here until the caller puts it back, there is none."""
        position = await stores.journal.lock()
        engine, self._engine = self._engine, None
        if engine is None or self._position != position:
            engine = await self._rebuild(stores)
        self._position = position
        return engine

    async def _rebuild(self, stores: Stores) -> Engine:
        """The engine that the snapshot and the journal tell of."""
        snapshot = await stores.journal.latest_snapshot()
        self._snapshot_at = 0 if snapshot is None else snapshot[0]
        batches = await stores.journal.batches(self._snapshot_at)
        image = None if snapshot is None else snapshot[1]
        started = self._timer()
        engine = await stores.journal.during(asyncio.to_thread(replayed, image, batches))
        self._worked_since = self._timer() - started
        return engine


def replayed(snapshot: Snapshot | None, batches: Sequence[Sequence[Input]]) -> Engine:
    """The engine that a snapshot and the batches since then lead to."""
    engine = Engine(Rules()) if snapshot is None else engine_of(snapshot)
    for batch in batches:
        engine.replay(batch)
    return engine


@dataclass(frozen=True, slots=True)
class _Result:
    """What a batch led to; ``seconds`` were needed to score and allocate."""

    settlement: Settlement
    status: Status
    seconds: float


def _work_out(engine: Engine, batch: Sequence[Caused], timer: Callable[[], float]) -> _Result:
    started = timer()
    for caused in batch:
        engine.apply(caused.happening)
    settlement = engine.settle()
    return _Result(settlement, status_of(engine), timer() - started)


@dataclass(frozen=True, slots=True)
class _Causes:
    """What led to the matches of each customer: his own input of the batch, else the batch, by its last."""

    own: Mapping[UUID, Cause]
    last: Cause

    @classmethod
    def of(cls, batch: Sequence[Caused]) -> "_Causes":
        return cls(dict(_own_causes(batch)), batch[-1].cause)

    def to(self, customer: UUID) -> Cause:
        return self.own.get(customer, self.last)


async def _keep_keepers(stores: Stores, engine: Engine, batch: Sequence[Caused]) -> None:
    """Keeps what tells who may see whom, and which events there are."""
    customers: dict[UUID, Customer] = {}
    events: set[UUID] = set()
    for caused in batch:
        match caused.happening:
            case CustomerReplaced(customer):
                customers[customer.id] = customer
            case EventReplaced(event):
                events.add(event.id)
            case EventRemoved(event_id):
                events.add(event_id)
    known = [customer for _, customer in sorted(customers.items())]
    await stores.projections.keep_keepers([c for c in known if c.id in engine.customers])
    await stores.projections.keep_events(sorted(events & engine.events.keys()))
    await stores.projections.forget_events(sorted(events - engine.events.keys()))


async def _publish(
    stores: Stores, engine: Engine, settlement: Settlement, causes: _Causes, now: datetime
) -> int:
    """Publishes what differs from what was told before; returns how many customers it concerned."""
    published, touched = 0, settlement.touched
    for begin in range(0, len(touched), TOLD_AT_ONCE):
        some = touched[begin : begin + TOLD_AT_ONCE]
        told = await stores.journal.during(asyncio.to_thread(_tell, engine, some, causes, now))
        new = await stores.projections.keep_matches(told)
        changed = [each for each in told if each.record.customer_id in new]
        await stores.publish(
            [
                Outgoing(CUSTOMER_MATCHES, str(each.record.customer_id), each.record, each.cause)
                for each in changed
            ]
        )
        published += len(changed)
    gone = await stores.projections.forget_customers(settlement.removed)
    await stores.publish([Outgoing(CUSTOMER_MATCHES, str(c), None, causes.to(c)) for c in gone])
    return published + len(gone)


def _tell(
    engine: Engine, customers: Sequence[UUID], causes: _Causes, now: datetime
) -> Sequence[Told]:
    return [
        Told(record_of(proposal, now), causes.to(proposal.customer_id))
        for proposal in engine.describe(customers)
    ]


def _own_causes(batch: Sequence[Caused]) -> Iterable[tuple[UUID, Cause]]:
    """Whom each input is about, with its cause; what moved others too is told with the last cause of the batch."""
    for caused in batch:
        match caused.happening:
            case CustomerReplaced(customer):
                yield customer.id, caused.cause
            case CustomerRemoved(customer_id) | RematchAsked(customer_id):
                yield customer_id, caused.cause
            case InvitationStepped() | WishEnded():
                yield caused.happening.customer_id, caused.cause
            case WishMade(wish):
                yield wish.customer_id, caused.cause
