"""The service itself at its size: all profiles and events on Kafka, its processes, until all is matched; changes then; a restart."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import psutil
from aiokafka import AIOKafkaConsumer, TopicPartition  # noqa: TID251 - reads as another system would
from tests.bench.load import percentile
from tests.bench.matching.topics import draw_customers, draw_events, seats_for
from tests.system import Part, System, running_parts

from kindred_cli.servers.stores import kafka_classpath
from kindred_common.clock import SystemClock, new_id
from kindred_common.contracts.envelope import Envelope
from kindred_common.contracts.profile import CustomerProfile
from kindred_common.contracts.record import Cause, Record
from kindred_common.contracts.topics import (
    CUSTOMER_MATCHES,
    CUSTOMER_PROFILES,
    EVENT_CATALOGUE,
    Topic,
)
from kindred_common.contracts.vocabulary import Service
from kindred_common.messaging.kafka import create_reader
from kindred_common.testing.cluster import write
from kindred_common.testing.waiting import eventually
from kindred_matching.adapters.theme_files import read_taxonomy
from kindred_matching.domain.rules import Rules

WORKER = Part(Service.MATCHING, "worker")
API = Part(Service.MATCHING, "api")
CHUNK = 5_000
CHANGES, A_SECOND = 600, 10
TICKS = 2
"""A market that has been filled seeks its prices anew at the second tick in which it has not grown."""

PATIENCE = 3 * 60 * 60.0


@dataclass(frozen=True, slots=True)
class Served:
    """What was seen. Seconds from the worker's start until each customer's matches are published, and until it has rested;
    the gap then; milliseconds from a changed profile on Kafka to the matches that follow; seconds from kill -9
    until ready again; MB the worker held at most."""

    published: float
    rested: float
    gap: float
    p50: float
    p99: float
    arrived: int
    restart: float
    megabytes: float


async def serve(folder: Path, customers: int, events: int, seed: int) -> Served:
    """Runs it on servers of its own, in an empty folder."""
    random, now = np.random.default_rng(seed), SystemClock().now()
    async with running_parts(folder, kafka_classpath(), [API], durable=True) as system:
        seats = seats_for(customers, Rules(themes=read_taxonomy().tree))
        offered = draw_events(events, seats, random, now)
        await _publish(system, EVENT_CATALOGUE, ((str(one.event_id), one) for one in offered), now)
        told = list(draw_customers(customers, random, now))
        await _publish(
            system, CUSTOMER_PROFILES, ((str(one.customer_id), one) for one in told), now
        )
        begin = time.perf_counter()
        system.launch_first(WORKER)
        await eventually(
            lambda: _count(system), lambda known: known >= customers, within=PATIENCE, every=1
        )
        published = time.perf_counter() - begin
        ticked: set[object] = set()
        await eventually(
            lambda: _ticks(system, ticked), lambda seen: seen > TICKS, within=PATIENCE, every=1
        )
        rested, gap = time.perf_counter() - begin, await _gap(system)
        took = await _change(system, told, random, now)
        megabytes = _peak_megabytes(system.child(WORKER.name).pid)
        system.kill(WORKER.name)
        begin = time.perf_counter()
        system.launch(WORKER.name)
        await system.until_ready(WORKER.name, within=PATIENCE)
        restart = time.perf_counter() - begin
    return Served(
        published,
        rested,
        gap,
        percentile(took, 0.5),
        percentile(took, 0.99),
        len(took),
        restart,
        megabytes,
    )


async def _publish(
    system: System, topic: Topic, rows: Iterator[tuple[str, Record]], now: datetime
) -> None:
    """The records under their keys, each the first of its key."""
    while chunk := list(islice(rows, CHUNK)):
        records = [(key, _envelope(body, key, now, 1), body) for key, body in chunk]
        await write(system.kafka_settings, topic, records)


def _envelope(body: Record, key: str, now: datetime, sequence: int) -> Envelope:
    identity = str(new_id())
    return Envelope(identity, "bench", body.record_type, now, key, Cause(identity), sequence)


async def _count(system: System) -> int:
    rows = await system.query(Service.MATCHING, "SELECT count(*) AS n FROM customer_matches")
    return int(str(rows[0]["n"]))


async def _ticks(system: System, ticked: set[object]) -> int:
    """How many ticks of the clock have been seen by now, each with all that followed from it, while nobody waits to be scored."""
    rows = await system.query(Service.MATCHING, "SELECT sweeping, ticked_at FROM engine")
    if not rows[0]["sweeping"]:
        ticked.add(rows[0]["ticked_at"])
    return len(ticked)


async def _gap(system: System) -> float:
    rows = await system.query(Service.MATCHING, "SELECT gap FROM engine")
    return float(str(rows[0]["gap"]))


async def _change(
    system: System, told: Sequence[CustomerProfile], random: np.random.Generator, now: datetime
) -> list[float]:
    """Changes a tenth of a second apart; the milliseconds until the matches that follow from each are read."""
    sent: dict[str, float] = {}
    took: dict[str, float] = {}
    reader = create_reader(system.kafka_settings, client_id="bench")
    await reader.start()
    name = system.kafka_settings.name(CUSTOMER_MATCHES)
    partitions = [TopicPartition(name, number) for number in range(CUSTOMER_MATCHES.partitions)]
    reader.assign(partitions)
    await reader.seek_to_end(*partitions)
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(_watch(reader, sent, took, stop))
        begin = time.perf_counter()
        chosen = random.choice(len(told), min(CHANGES, len(told)), replace=False)
        for number, place in enumerate(chosen):
            await asyncio.sleep(max(0.0, begin + number / A_SECOND - time.perf_counter()))
            changed = _changed(told[place], random)
            key = str(changed.customer_id)
            envelope = _envelope(changed, key, now, 2)
            sent[envelope.cause.correlation_id] = time.perf_counter()
            await write(system.kafka_settings, CUSTOMER_PROFILES, [(key, envelope, changed)])
        await asyncio.sleep(10)
        stop.set()
    await reader.stop()
    return list(took.values())


def _changed(customer: CustomerProfile, random: np.random.Generator) -> CustomerProfile:
    interests = tuple(
        one.model_copy(update={"value": float(random.random())}) for one in customer.interests
    )
    return customer.model_copy(update={"version": 2, "interests": interests})


async def _watch(
    reader: AIOKafkaConsumer, sent: dict[str, float], took: dict[str, float], stop: asyncio.Event
) -> None:
    while not stop.is_set():
        for records in (await reader.getmany(timeout_ms=50)).values():
            now = time.perf_counter()
            for record in records:
                cause = dict(record.headers).get("ce_correlationid", b"").decode()
                if cause in sent:
                    took.setdefault(cause, 1000 * (now - sent[cause]))


def _peak_megabytes(pid: int) -> float:
    """The most memory that the process and its children held, in MB (VmHWM)."""
    root = psutil.Process(pid)
    sizes = []
    for one in (root, *root.children(recursive=True)):
        status = Path(f"/proc/{one.pid}/status").read_text()
        sizes.append(int(status.split("VmHWM:")[1].split()[0]))
    return max(sizes) / 1024


def service_lines(customers: int, events: int, seeds: range) -> list[str]:
    """The figures as a table."""
    lines = [
        f"### The service, {customers:,} customers, {events:,} events, from Kafka into Postgres and Kafka",
        "",
        "| seed | all published s | at rest s | gap | change to matches p50 / p99 ms | arrived | ready after kill -9 s | MB |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for seed in seeds:
        with TemporaryDirectory(prefix="kindred-bench-", ignore_cleanup_errors=True) as folder:
            Path(folder).chmod(0o755)  # Postgres runs as another user when we are root
            f = asyncio.run(serve(Path(folder), customers, events, seed))
        lines.append(
            f"| {seed} | {f.published:.0f} | {f.rested:.0f} | {f.gap:.2%} | {f.p50:.0f} / {f.p99:.0f} "
            f"| {f.arrived} of {min(CHANGES, customers)} | {f.restart:.1f} | {f.megabytes:.0f} |"
        )
        print(lines[-1], flush=True)
    return [*lines, ""]
