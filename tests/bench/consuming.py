"""Records a second of the profile worker, beside a bare aiokafka loop and a Faust agent that leave the same effect.

The effect of a record: its facts in Postgres and a state record of the customer on Kafka. The peers do no more than that: no
deduplication, no dead letters, no profile, and what they publish is lost when they die after their commit.
"""

import asyncio
import sys
import time
from dataclasses import dataclass
from uuid import UUID

from tests.bench.world import THEMES
from tests.system import Part, System

from kindred_cli.settings import inherited_environment
from kindred_common.clock import SystemClock, new_id
from kindred_common.contracts.envelope import Envelope
from kindred_common.contracts.record import Cause
from kindred_common.contracts.survey import Answer, AnswerKind, AnswersRecorded
from kindred_common.contracts.topics import EXPERIENCE_FEEDBACK, SURVEY_ANSWERS
from kindred_common.contracts.vocabulary import FactSource, Service
from kindred_common.testing.cluster import read_raw, write
from kindred_common.testing.waiting import eventually

RECORDS = 8_000
WORKER = Part(Service.PROFILE, "worker")


@dataclass(frozen=True, slots=True)
class ConsumingFigure:
    """One consumer: records a second, from its first record to its last."""

    name: str
    per_second: float


async def measure_consuming(system: System, customers: list[UUID]) -> list[ConsumingFigure]:
    """Lets each work off the same records."""
    await system.end(WORKER.name)
    total = await _fill(system, customers)
    topic, target = SURVEY_ANSWERS.name, EXPERIENCE_FEEDBACK.name
    await system.postgres.psql("CREATE DATABASE bench_bare;\nCREATE DATABASE bench_faust;\n")
    bare = await _time_peer(system, "bare_loop", "bench_bare", topic, target, total)
    faust = await _time_peer(system, "faust_agent", "bench_faust", topic, target, min(total, 4000))
    ours = await _time_ours(system, total)
    return [
        ConsumingFigure("Kindred's profile worker", ours),
        ConsumingFigure("bare aiokafka loop", total / bare),
        ConsumingFigure("Faust agent", min(total, 4000) / faust),
    ]


async def _fill(system: System, customers: list[UUID]) -> int:
    now = SystemClock().now()
    rows = []
    for number in range(RECORDS):
        customer_id, theme = customers[number % len(customers)], THEMES[number % len(THEMES)]
        answer = Answer(
            question_id=theme,
            kind=AnswerKind.INTEREST,
            theme=theme,
            number=float(1 + (number // 7) % 5),
            scale_min=1,
            scale_max=5,
        )
        body = AnswersRecorded(
            customer_id=customer_id,
            survey_id=UUID(int=1),
            survey_version=1,
            response_id=UUID(int=2),
            answered_at=now,
            source=FactSource.SELF,
            answers=(answer,),
        )
        identity = str(new_id())
        envelope = Envelope(identity, "bench", body.record_type, now, "", Cause(identity))
        rows.append((str(customer_id), envelope, body))
    await write(system.kafka_settings, SURVEY_ANSWERS, rows)
    return len(await read_raw(system.kafka_settings, SURVEY_ANSWERS))


async def _time_peer(
    system: System, module: str, database: str, source: str, target: str, records: int
) -> float:
    address = system.postgres.admin_url.removesuffix("/postgres") + f"/{database}"
    program = (
        "import asyncio, time\n"
        f"from tests.bench.peers.{module} import main\n"
        "from tests.bench.peers.settings import PeerSettings\n"
        f"settings = PeerSettings(plain_database={address!r}, bootstrap={system.kafka.bootstrap!r})\n"
        "begin = time.perf_counter()\n"
        f"first = asyncio.run(main(settings, {source!r}, {target!r}, {records}))\n"
        "print(time.perf_counter() - first)\n"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE, env=inherited_environment()
    )
    output, _ = await process.communicate()
    return float(output.split()[-1])


async def _time_ours(system: System, total: int) -> float:
    """From the first batch that is applied to the last."""

    async def left() -> int:
        rows = await system.query(
            Service.PROFILE,
            "SELECT coalesce(sum(next_offset), 0)::bigint AS done FROM consumer_offset WHERE topic = 'survey-answers'",
        )
        return total - int(str(rows[0]["done"]))

    waiting = await left()
    system.parts[WORKER.name] = WORKER
    system.launch(WORKER.name)
    still = await eventually(left, lambda now: now < waiting, within=60, every=0.01)
    begin = time.perf_counter()
    await eventually(left, lambda now: now == 0, within=300, every=0.02)
    rate = still / (time.perf_counter() - begin)
    await system.until_ready(WORKER.name)
    return rate
