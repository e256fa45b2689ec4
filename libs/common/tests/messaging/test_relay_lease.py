"""The relay's lock belongs to who shows life: a frozen process loses it, an idle or a slow one does not."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from libs.common.tests.messaging.conftest import Bench
from libs.common.tests.messaging.records import outgoing
from libs.common.tests.messaging.test_outbox_and_relay import published, relaying
from sqlalchemy import text

from kindred_common.clock import new_id
from kindred_common.db.lease import end_when_silent
from kindred_common.messaging.kafka import KafkaProducer, create_producer
from kindred_common.messaging.outbox import LOCK_SPACE, RELAY_LOCK
from kindred_common.messaging.settings import KafkaSettings
from kindred_common.testing.waiting import eventually

PROCESS = Path(__file__).with_name("relay_process.py")
LEASE = timedelta(seconds=4)

_HOLDER = text(
    "SELECT a.pid, a.application_name AS name, extract(epoch FROM now() - a.backend_start) AS seconds"
    "  FROM pg_locks AS l JOIN pg_stat_activity AS a USING (pid)"
    " WHERE l.locktype = 'advisory' AND l.granted AND l.classid = :space AND l.objid = :relay"
    "   AND a.datname = current_database()"
)


class Holder(NamedTuple):
    """The session that holds the relay's lock."""

    pid: int
    name: str
    seconds: float


async def holder(bench: Bench) -> Holder | None:
    async with bench.engine.connect() as connection:
        row = (
            await connection.execute(_HOLDER, {"space": LOCK_SPACE, "relay": RELAY_LOCK})
        ).one_or_none()
    return None if row is None else Holder(row.pid, row.name, float(row.seconds))


async def commit(bench: Bench, value: int) -> None:
    async with bench.transactions.begin() as transaction:
        await bench.outbox.publish(transaction, [outgoing(new_id(), value)])


async def values(kafka: KafkaSettings) -> list[int]:
    return sorted(value for records in (await published(kafka)).values() for _, value in records)


@asynccontextmanager
async def relay_elsewhere(
    bench: Bench, kafka: KafkaSettings
) -> AsyncIterator[asyncio.subprocess.Process]:
    database = bench.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    lease = str(LEASE.total_seconds())
    child = await asyncio.create_subprocess_exec(
        sys.executable, str(PROCESS), database, kafka.bootstrap, kafka.prefix, lease
    )
    try:
        yield child
    finally:
        with suppress(ProcessLookupError):
            child.kill()
        await child.wait()


async def test_a_frozen_relay_is_replaced_and_disturbs_nobody_when_it_wakes_up(
    bench: Bench, kafka: KafkaSettings
) -> None:
    async with relay_elsewhere(bench, kafka) as elsewhere:
        await commit(bench, 1)
        assert await eventually(lambda: values(kafka), lambda seen: seen != []) == [1]
        elsewhere.send_signal(signal.SIGSTOP)
        await commit(bench, 2)
        async with relaying(bench.relay(kafka, lease=LEASE)):
            seen = await eventually(lambda: values(kafka), lambda seen: 2 in seen)
            assert set(seen) == {1, 2}
            now = await holder(bench)
            elsewhere.send_signal(signal.SIGCONT)
            await commit(bench, 3)
            assert 3 in await eventually(lambda: values(kafka), lambda seen: 3 in seen)
            assert now is not None
            assert now.name == "test"
            assert ((await holder(bench)) or now).pid == now.pid
        await commit(bench, 4)
        assert 4 in await eventually(lambda: values(kafka), lambda seen: 4 in seen)
        assert elsewhere.returncode is None


async def test_a_session_that_ends_in_the_middle_of_a_statement_loses_its_lock(
    bench: Bench,
) -> None:
    lock = {"space": LOCK_SPACE, "relay": RELAY_LOCK}
    async with bench.engine.connect() as pooled:
        connection = await pooled.execution_options(isolation_level="AUTOCOMMIT")
        await end_when_silent(connection, timedelta(seconds=3))
        await connection.execute(text("SELECT pg_advisory_lock(:space, :relay)"), lock)
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None
        await driver.prepare("SELECT 42")  # and never executed: to the server the statement goes on
        await eventually(lambda: holder(bench), lambda found: found is None)
        await connection.invalidate()


async def test_an_idle_relay_keeps_its_session(bench: Bench, kafka: KafkaSettings) -> None:
    async with relaying(bench.relay(kafka, lease=LEASE)):
        first = await eventually(lambda: holder(bench))
        assert first is not None
        patient = LEASE.total_seconds() * 2
        later = await eventually(lambda: holder(bench), lambda h: h is None or h.seconds > patient)
        assert later is not None
        assert later.pid == first.pid


async def test_a_relay_keeps_its_session_while_the_broker_takes_long(
    bench: Bench, kafka: KafkaSettings
) -> None:
    asked, go_on = asyncio.Event(), asyncio.Event()

    def create() -> KafkaProducer:
        producer = create_producer(kafka, client_id="slow")
        send = producer.send_and_wait

        async def send_and_wait(*arguments: object, **more: object) -> object:
            asked.set()
            await go_on.wait()
            return await send(*arguments, **more)

        producer.send_and_wait = send_and_wait
        return producer

    async with relaying(bench.relay(kafka, lease=LEASE, create=create)):
        await commit(bench, 1)
        await asyncio.wait_for(asked.wait(), 20)
        first = await holder(bench)
        assert first is not None
        patient = first.seconds + LEASE.total_seconds() * 2
        later = await eventually(lambda: holder(bench), lambda h: h is None or h.seconds > patient)
        go_on.set()
        assert later is not None
        assert later.pid == first.pid
        assert await eventually(lambda: values(kafka), lambda seen: seen != []) == [1]
