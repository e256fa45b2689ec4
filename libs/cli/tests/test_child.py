import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Event
from time import monotonic

import psutil
import pytest

from kindred_cli.servers.child import Child, Program, run
from kindred_cli.servers.errors import ServerError

PARENT = """
import asyncio, sys
from pathlib import Path
from kindred_cli.servers.kafka import EmbeddedKafka
from kindred_common.testing.ports import free_port
from kindred_cli.servers.postgres import EmbeddedPostgres

async def main():
    folder = Path(sys.argv[1])
    postgres = EmbeddedPostgres(folder / "pg", free_port(), durable=False)
    kafka = EmbeddedKafka(folder / "kafka", free_port(), free_port(), sys.argv[2])
    await postgres.start()
    await kafka.start()
    print(postgres.pid, kafka.pid, flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


def until(condition: Callable[[], bool], seconds: float = 60.0) -> bool:
    deadline = monotonic() + seconds
    while not condition() and monotonic() < deadline:
        Event().wait(0.02)
    return condition()


def is_gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def python(tmp_path: Path, code: str) -> Program:
    return Program("the program", (sys.executable, "-u", "-c", code), tmp_path / "program.log")


def test_servers_end_when_their_parent_is_killed(
    tmp_path: Path, kafka_classpath_on_disk: str
) -> None:
    arguments = [sys.executable, "-c", PARENT, str(tmp_path), kafka_classpath_on_disk]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pids = [int(word) for word in parent.stdout.readline().split()]
        helpers = [child.pid for pid in pids for child in psutil.Process(pid).children(True)]
        assert len(pids) == 2
        assert len(helpers) > 3
        parent.kill()
    assert until(lambda: all(map(is_gone, [*pids, *helpers])))


async def test_stop_kills_what_does_not_listen(tmp_path: Path) -> None:
    code = "import signal, time; signal.signal(15, signal.SIG_IGN); print('up'); time.sleep(60)"
    child = Child(python(tmp_path, code))
    assert until(lambda: "up" in child.output())
    await child.stop(patience=0.2)
    assert child.exit_code == -signal.SIGKILL


async def test_stop_also_ends_what_the_program_started_itself(tmp_path: Path) -> None:
    code = (
        "import subprocess, sys, time\n"
        "print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']).pid)\n"
        "time.sleep(60)"
    )
    child = Child(python(tmp_path, code))
    assert until(lambda: child.output().strip().isdigit())
    grandchild = int(child.output())
    await child.stop(patience=5)
    assert until(lambda: is_gone(grandchild))


async def test_a_failed_program_is_reported_with_its_reason(tmp_path: Path) -> None:
    with pytest.raises(ServerError, match=r"^the program failed: ValueError: too bad$"):
        await run(python(tmp_path, "raise ValueError('too bad')"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become nobody")
async def test_a_program_that_refuses_root_runs_as_nobody_in_a_closed_folder(
    tmp_path: Path,
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    (closed / "file").write_text("reached")
    file = str(closed / "file")
    code = f"import os; print(os.geteuid(), open({file!r}).read(), os.access({file!r}, os.R_OK))"
    program = Program("it", (sys.executable, "-c", code), tmp_path / "it.log", user="nobody")
    assert (await run(program)).split() == ["65534", "reached", "True"]


async def test_output_starts_where_the_program_started(tmp_path: Path) -> None:
    (tmp_path / "program.log").write_text("from an earlier run\n")
    child = Child(python(tmp_path, "print('now')"))
    assert await child.wait(60)
    assert child.last_lines() == ["now"]
