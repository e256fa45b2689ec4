"""A sender killed with -9 at each step of a delivery: no mail twice, none lost without a visible state."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from services.outreach.tests.mail_server import STALL, Step, UnkindServer
from services.outreach.tests.office import Office, hear, mail_of, recipient, request

from kindred_common.clock import new_id
from kindred_common.testing.clocks import OffsetClock
from kindred_common.testing.ports import free_port
from kindred_common.testing.waiting import eventually
from kindred_outreach.adapters.tables import message as table
from kindred_outreach.application.recover_messages import LEASE
from kindred_outreach.domain.messages import Message

BEFORE_THE_MESSAGE = (Step.GREETING, Step.EHLO, Step.MAIL, Step.RCPT)
WITH_THE_MESSAGE = (Step.DATA, Step.BODY, Step.DOT, Step.QUIT)
AFTER_THE_LEASE = LEASE + timedelta(minutes=1)


@pytest.mark.timeout(500)
async def test_kill_at_every_step(
    office: Office, mail_server: UnkindServer, tmp_path: Path
) -> None:
    attempted: dict[Step, Message] = {}
    for step in (*BEFORE_THE_MESSAGE, *WITH_THE_MESSAGE):
        attempted[step] = await ask(office)
        await hear(office.foundation, OffsetClock())
        mail_server.behave = {step: STALL}
        mail_server.stalled.clear()
        async with worker(office, mail_server.port, tmp_path / f"{step}.log") as process:
            await asyncio.wait_for(mail_server.stalled.wait(), 90)
            os.kill(process.pid, signal.SIGKILL)

    mail_server.behave = {}
    later = OffsetClock()
    later.leap(AFTER_THE_LEASE)
    await hear(office.foundation, later)
    log = tmp_path / "afterwards.log"
    async with worker(office, mail_server.port, log, offset=AFTER_THE_LEASE) as process:
        states = await eventually(lambda: states_of(office), settled, within=60)
        process.terminate()
        assert await process.wait() == 0

    for step, message in attempted.items():
        expected = "sent" if step in BEFORE_THE_MESSAGE else "uncertain"
        assert states[message.id] == expected, step
    ids = [mail_of(content)["Message-ID"] for content in mail_server.taken]
    taken = (*BEFORE_THE_MESSAGE, Step.DOT, Step.QUIT)
    assert sorted(ids) == sorted(f"<{attempted[s].id}@kindred.example>" for s in taken)


async def ask(office: Office) -> Message:
    """A message to someone whom nobody wrote to yet, due since Monday."""
    person = recipient(new_id())
    await office.know(person)
    message = request(customer_id=person.customer_id)
    await office.ask(message)
    return message


async def states_of(office: Office) -> Mapping[object, str]:
    rows = await office.rows(sa.select(table.c.id, table.c.state))
    return {row["id"]: row["state"] for row in rows}


def settled(states: Mapping[object, str]) -> bool:
    return not set(states.values()) & {"waiting", "claimed", "handed_over"}


@asynccontextmanager
async def worker(
    office: Office, smtp_port: int, log: Path, offset: timedelta = timedelta(0)
) -> AsyncIterator[asyncio.subprocess.Process]:
    """A real worker; Kafka is away, which sending does not mind."""
    settings = {
        "KINDRED_DATABASE__URL": office.foundation.settings.database.url,
        "KINDRED_KAFKA__BOOTSTRAP": f"127.0.0.1:{free_port()}",
        "KINDRED_HTTP__PORT": str(free_port()),
        "KINDRED_SMTP__PORT": str(smtp_port),
        "KINDRED_QUIET_HOURS__ENABLED": "false",
        "KINDRED_CLOCK_OFFSET_SECONDS": str(offset.total_seconds()),
    }
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "kindred_outreach",
            "worker",
            env=settings,
            stdout=output,
            stderr=output,
        )
        try:
            yield process
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()
