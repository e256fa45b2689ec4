"""The Faust stream on a real broker: it finds what the sweep finds, once, and what it loses does not matter."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

import kindred_profile
from kindred_common.clock import SystemClock, new_id
from kindred_common.contracts.envelope import Envelope, to_headers
from kindred_common.contracts.profile import LiveSignal, SignalInput
from kindred_common.contracts.record import Cause
from kindred_common.contracts.survey import Answer, AnswerKind, AnswersRecorded
from kindred_common.contracts.topics import LIVE_SIGNALS, SIGNAL_INPUTS, SURVEY_ANSWERS
from kindred_common.contracts.vocabulary import FactSource
from kindred_common.messaging.kafka import create_admin
from kindred_common.messaging.settings import KafkaSettings
from kindred_common.messaging.topic_admin import ALL, apply_topics
from kindred_common.observability.health import Health
from kindred_common.runtime.foundation import lay_foundation
from kindred_common.runtime.process import run_process
from kindred_common.runtime.settings import HttpSettings
from kindred_common.testing.clocks import OffsetClock
from kindred_common.testing.cluster import fresh_topics, read_all, write, write_bytes
from kindred_common.testing.databases import fresh_database
from kindred_common.testing.ports import free_port
from kindred_common.testing.waiting import eventually
from kindred_profile.bootstrap import SERVICE
from kindred_profile.settings import ProfileSettings

pytestmark = pytest.mark.timeout(300)

NOW = SystemClock().now()
PATIENCE = 60.0
"""Seconds in which streams that come and go share the partitions out anew and read on, on a busy machine too."""

TRIES = 6


async def nothing(_: Health) -> None:
    pass


@dataclass
class Bench:
    """A database, topics, and streams to run on them."""

    settings: ProfileSettings
    clock: OffsetClock

    @property
    def kafka(self) -> KafkaSettings:
        return self.settings.kafka

    @asynccontextmanager
    async def streaming(
        self, *, meanwhile: Callable[[Health], Awaitable[None]] = nothing
    ) -> AsyncIterator[None]:
        """One stream process, ready, until the block ends; ``meanwhile`` happens after its start, before it has to be ready."""
        settings = self.settings.model_copy(update={"http": HttpSettings(port=free_port())})
        foundation = lay_foundation(SERVICE.service, settings, clock=self.clock)
        stop = asyncio.Event()

        async def ready() -> bool:
            return foundation.health.ready().ok

        async with asyncio.TaskGroup() as group:
            loops = SERVICE.processes["stream"](foundation)
            group.create_task(run_process(foundation, loops, stop))
            try:
                await meanwhile(foundation.health)
                await eventually(ready, within=PATIENCE)
                yield
            finally:
                stop.set()

    async def requests(self) -> list[str]:
        """What was asked for, by customer and reason, as it will be published."""
        foundation = lay_foundation(SERVICE.service, self.settings)
        async with foundation.engine.connect() as connection:
            rows = await connection.execute(
                text("SELECT body FROM outbox WHERE topic = 'rematch-requests' ORDER BY id")
            )
            bodies = [bytes(row.body).decode() for row in rows]
        await foundation.engine.dispose()
        return bodies

    async def until(self, holds: Callable[[list[str]], bool]) -> None:
        """Waits until what was asked for is as wanted."""
        await eventually(self.requests, holds, within=PATIENCE)

    async def answer_until(
        self, customer_id: UUID, themes: Sequence[str], holds: Callable[[list[str]], bool]
    ) -> None:
        """Gives the same answers again and again until what was asked for is as wanted.

        Faust loses records while it shares partitions out anew (docs/streaming.md), and what it has lost it does not find: the
        sweep would. An answer given again is the same observation, so it asks for nothing more.
        """
        for _ in range(TRIES):
            await self.answer(customer_id, themes)
            with suppress(AssertionError):
                await eventually(self.requests, holds, within=PATIENCE / TRIES)
                return
        assert holds(await self.requests())

    async def answer(self, customer_id: UUID, themes: Sequence[str]) -> None:
        """One answer record a theme, a second apart."""
        begin = self.clock.now()
        for place, theme in enumerate(themes):
            at = begin + timedelta(seconds=place)
            body = AnswersRecorded(
                customer_id=customer_id,
                survey_id=UUID(int=1),
                survey_version=1,
                response_id=UUID(int=2),
                answered_at=at,
                source=FactSource.SELF,
                answers=(
                    Answer(
                        question_id=f"{theme}-{place}",
                        kind=AnswerKind.INTEREST,
                        theme=theme,
                        number=5,
                        scale_min=1,
                        scale_max=5,
                    ),
                ),
            )
            identity = str(new_id())
            envelope = Envelope(identity, "test", body.record_type, at, "", Cause(identity))
            await write(self.kafka, SURVEY_ANSWERS, [(str(customer_id), envelope, body)])


@pytest.fixture
async def bench(postgres_server: str, kafka_server: str) -> AsyncIterator[Bench]:
    async with (
        fresh_database(postgres_server, kindred_profile) as database,
        fresh_topics(kafka_server) as kafka,
    ):
        settings = ProfileSettings(
            database=database, kafka=kafka, http=HttpSettings(port=free_port())
        )
        yield Bench(settings, OffsetClock())


def reasons(requests: Sequence[str]) -> list[str]:
    known = ("theme-momentum", "burst-settled")
    return sorted(reason for body in requests for reason in known if reason in body)


async def test_a_stream_that_finds_no_topics_has_them_as_soon_as_there_are_any(
    bench: Bench,
) -> None:
    """A broker that has just come up may know of no topics yet."""
    admin = create_admin(bench.kafka)
    await admin.start()
    await admin.delete_topics([bench.kafka.name(topic) for topic in ALL])
    await admin.close()

    async def made_late(health: Health) -> None:
        async def waits() -> bool:
            return any(loop.reason == "waits for partitions" for loop in health.ready().loops)

        await eventually(waits)
        await apply_topics(bench.kafka, within=90)

    customer_id = new_id()
    async with bench.streaming(meanwhile=made_late):
        await bench.answer(customer_id, ["opera", "opera", "opera"])
        await bench.until(lambda found: "theme-momentum" in reasons(found))
    assert all(str(customer_id) in body for body in await bench.requests())


async def test_momentum_and_settled_bursts_are_asked_for_once(bench: Bench) -> None:
    customer_id = new_id()
    async with bench.streaming():
        await bench.answer(customer_id, ["opera", "opera", "opera"])
        await bench.until(lambda found: "theme-momentum" in reasons(found))
        bench.clock.leap(timedelta(minutes=1))
        both = ["burst-settled", "theme-momentum"]
        await bench.until(lambda found: reasons(found) == both)
        await write_bytes(bench.kafka, SURVEY_ANSWERS, [(b"x", b"{", ()), (b"x", None, ())])
        other = new_id()
        await bench.answer(other, ["golf", "golf", "golf"])
        await bench.until(lambda found: len(found) >= 3)
    assert sum(str(customer_id) in body for body in await bench.requests()) == 2


async def test_two_streams_and_one_started_anew_ask_no_second_time(bench: Bench) -> None:
    customer_id = new_id()
    async with bench.streaming(), bench.streaming():
        await bench.answer_until(
            customer_id,
            ["opera", "opera", "opera"],
            lambda found: "theme-momentum" in reasons(found),
        )
    async with bench.streaming():
        await bench.answer(customer_id, ["opera", "opera", "opera", "opera"])
        marker = new_id()
        await bench.answer_until(
            marker,
            ["golf", "golf", "golf"],
            lambda found: any(str(marker) in body for body in found),
        )
    requests = [body for body in await bench.requests() if str(customer_id) in body]
    assert reasons(requests).count("theme-momentum") == 1


async def test_live_signals_are_means_over_the_last_hour(bench: Bench) -> None:
    values = (1.0, 0.0, 1.0, 1.0)
    rows = []
    for value in values:
        body = SignalInput(
            signal="acceptance-rate",
            customer_id=new_id(),
            value=value,
            observed_at=bench.clock.now(),
        )
        identity = str(new_id())
        envelope = Envelope(identity, "test", body.record_type, NOW, "", Cause(identity))
        rows.append((b"acceptance-rate", body.to_json(), to_headers(envelope)))
    async with bench.streaming():
        await write_bytes(bench.kafka, SIGNAL_INPUTS, [(b"acceptance-rate", b"[]", ()), *rows])

        async def latest() -> LiveSignal | None:
            found = [r.data for r in await read_all(bench.kafka, LIVE_SIGNALS)]
            return found[-1] if found and isinstance(found[-1], LiveSignal) else None

        signal = await eventually(
            latest, lambda seen: seen is not None and seen.count == 4, within=PATIENCE
        )
    assert signal is not None
    assert signal.value == pytest.approx(0.75)
