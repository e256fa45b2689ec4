"""``make bench``: measures on servers and processes of its own and writes docs/benchmarks.md."""

import asyncio
import os
import platform
import sys
from datetime import UTC
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
from tests.bench.consuming import ConsumingFigure, measure_consuming
from tests.bench.ingest import IngestFigure, measure_ingest
from tests.bench.latency import LatencyFigure, measure_latency
from tests.bench.world import interest_survey, settle_world
from tests.system import Part, running_parts

from kindred_cli.servers.stores import kafka_classpath
from kindred_common.clock import SystemClock
from kindred_common.contracts.vocabulary import Service

PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"
BEGIN, END = "<!-- measured -->", "<!-- /measured -->"

PARTS = (
    Part(Service.SURVEY, "api"),
    Part(Service.SURVEY, "worker"),
    Part(Service.PROFILE, "worker"),
    Part(Service.INVITATIONS, "worker"),
    Part(Service.MATCHING, "worker"),
)


async def measure(
    folder: Path,
) -> tuple[list[LatencyFigure], list[ConsumingFigure], list[IngestFigure]]:
    """All figures, from one run."""
    async with running_parts(folder, kafka_classpath(), PARTS, durable=True) as system:
        customers = await settle_world(system)
        survey_id = await interest_survey(system)
        print("latency ...", flush=True)
        latency = await measure_latency(system, customers, survey_id)
        print("ingest ...", flush=True)
        await system.end("matching-worker-1")
        await system.end("invitations-worker-1")
        ingest = await measure_ingest(system, customers, survey_id, folder)
        print("consuming ...", flush=True)
        await system.end("survey-worker-1")
        consuming = await measure_consuming(system, customers)
    return latency, consuming, ingest


def table(
    latency: list[LatencyFigure], consuming: list[ConsumingFigure], ingest: list[IngestFigure]
) -> str:
    """The figures as the page shows them."""
    ours, floor = latency
    worker, bare, faust = consuming
    kindred, orm, raw = ingest
    lines = [
        f"Measured on {SystemClock().now().astimezone(UTC):%Y-%m-%d}: {_machine()}.",
        "",
        "### From an answer to the match, 100 answers/s",
        "",
        "| | p50 ms | p99 ms | arrived |",
        "|---|---|---|---|",
        *(
            f"| {one.name} | {one.p50:.1f} | {one.p99:.1f} | {one.count} of {one.sent} |"
            for one in latency
        ),
        f"| ratio | {ours.p50 / floor.p50:.2f} | {ours.p99 / floor.p99:.2f} | |",
        "",
        "### Records a second, one process",
        "",
        "| | records/s | ours to it |",
        "|---|---|---|",
        *(
            f"| {one.name} | {one.per_second:,.0f} | {worker.per_second / one.per_second:.2f} |"
            for one in (worker, bare, faust)
        ),
        "",
        "### Answers a second over HTTP, one process, 16 connections",
        "",
        "| | requests/s | processor ms a request | ours to it |",
        "|---|---|---|---|",
        *(
            f"| {one.name} | {one.per_second:,.0f} | {one.processor_ms:.2f} | {kindred.per_second / one.per_second:.2f} |"
            for one in (kindred, orm, raw)
        ),
    ]
    return "\n".join(lines)


def _machine() -> str:
    memory = psutil.virtual_memory().total / 2**30
    return (
        f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}, Kafka 4.1.1, PostgreSQL 18, all on the one machine"
    )


def main() -> None:
    """Measures, prints, and replaces the measured part of the page."""
    with TemporaryDirectory(prefix="kindred-bench-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        measured = table(*asyncio.run(measure(Path(folder))))
    print(measured)
    if "--dry-run" not in sys.argv:
        before, _, rest = PAGE.read_text().partition(BEGIN)
        _, _, after = rest.partition(END)
        PAGE.write_text(f"{before}{BEGIN}\n{measured}\n{END}{after}")


if __name__ == "__main__":
    main()
