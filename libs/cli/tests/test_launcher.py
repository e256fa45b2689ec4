import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from time import monotonic

import asyncpg
import httpx
import psutil
import pytest

from kindred_cli.launcher.addresses import Addresses
from kindred_cli.launcher.home import Home
from kindred_cli.servers.databases import role_of
from kindred_cli.settings import inherited_environment
from kindred_common.contracts.topics import CRM_CUSTOMERS
from kindred_common.contracts.vocabulary import Service
from kindred_common.messaging.settings import KafkaSettings
from kindred_common.testing.cluster import fresh_topics, read_raw, write_bytes
from kindred_common.testing.ports import free_block

LAUNCHER = Path(__file__).parent / "launch_stand_ins.py"
UP = "Kindred is up."
pytestmark = pytest.mark.timeout(400)  # starts many processes; the machine may be busy


@dataclass
class Launch:
    home: Path
    base_port: int
    process: subprocess.Popen[bytes]
    output_file: Path

    @property
    def output(self) -> str:
        return self.output_file.read_text()

    def until(self, condition: Callable[[], bool], seconds: float = 100.0) -> None:
        deadline = monotonic() + seconds
        while not condition():
            assert monotonic() < deadline, self.output
            Event().wait(0.05)

    def until_up(self) -> None:
        self.until(lambda: UP in self.output or self.process.poll() is not None)
        assert UP in self.output, self.output

    @property
    def kafka(self) -> KafkaSettings:
        return KafkaSettings(bootstrap=f"127.0.0.1:{Addresses(self.base_port).kafka}")

    @property
    def database(self) -> str:
        """Survey's, with its password."""
        role, password = role_of(Service.SURVEY), Home(self.home).passwords()[Service.SURVEY]
        return (
            f"postgresql://{role}:{password}@127.0.0.1:{Addresses(self.base_port).postgres}/{role}"
        )

    def processes(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def started(self, service: str) -> list[int]:
        return [int(line) for line in (self.home / f"{service}.started").read_text().split()]


Launcher = Callable[..., Launch]


@pytest.fixture
def launch(tmp_path: Path) -> Iterator[Launcher]:
    launches: list[Launch] = []

    def start(
        manner: str = "live",
        base_port: int | None = None,
        home: Path = tmp_path / "home",
        **settings: str,
    ) -> Launch:
        base = base_port or free_block()
        output = tmp_path / f"output-{len(launches)}.txt"
        arguments = [sys.executable, str(LAUNCHER), str(home), str(base), manner]
        with output.open("wb") as file:
            process = subprocess.Popen(
                arguments,
                stdout=file,
                stderr=subprocess.STDOUT,
                env=inherited_environment() | settings,
            )
        launches.append(Launch(home, base, process, output))
        return launches[-1]

    yield start
    for one in launches:
        one.process.kill()
        one.process.wait()


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def none_left(processes: list[psutil.Process]) -> bool:
    return all(map(is_gone, processes))


def is_gone(process: psutil.Process) -> bool:
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_a_first_run_repairs_and_stops_in_order_and_a_second_finds_its_data(
    launch: Launcher,
) -> None:
    first = launch()
    first.until_up()
    answers(first)
    asyncio.run(keep_data(first))
    nobody_else_runs_here(first, launch)
    what_dies_is_started_again(first)
    secrets = secrets_of(first)
    stops_in_order(first)

    second = launch(base_port=free_block())
    second.until_up()
    asyncio.run(find_data(second))
    assert secrets_of(second) == secrets
    processes = second.processes()
    assert len(processes) > 5
    second.process.kill()
    second.process.wait()
    second.until(lambda: none_left(processes))


def answers(run: Launch) -> None:
    addresses = Addresses(run.base_port)
    assert httpx.get(f"{addresses.url(Service.SURVEY)}/health/ready", timeout=30).status_code == 200
    assert (
        "Mail caught here" in httpx.get(f"http://127.0.0.1:{addresses.mail_pages}", timeout=30).text
    )


async def keep_data(run: Launch) -> None:
    connection = await asyncpg.connect(run.database)
    await connection.execute("CREATE TABLE kept (what text); INSERT INTO kept VALUES ('a row')")
    await connection.close()
    await write_bytes(run.kafka, CRM_CUSTOMERS, [(b"crm:1", b"a record", ())])


async def find_data(run: Launch) -> None:
    connection = await asyncpg.connect(run.database)
    try:
        assert await connection.fetchval("SELECT what FROM kept") == "a row"
    finally:
        await connection.close()
    assert [record.value for record in await read_raw(run.kafka, CRM_CUSTOMERS)] == [b"a record"]


def nobody_else_runs_here(run: Launch, launch: Launcher) -> None:
    other = launch(base_port=free_block())
    assert other.process.wait(100) == 1
    pid = run.process.pid
    assert f"already runs on {run.home} (process {pid}); stop it first" in other.output


def what_dies_is_started_again(run: Launch) -> None:
    os.kill(run.started("profile")[0], signal.SIGKILL)
    run.until(lambda: len(run.started("profile")) == 2)
    assert "profile died (signal 9); it is started again" in run.output

    postgres = next(one for one in run.processes() if one.name() == "postgres")
    postgres.kill()
    run.until(lambda: "Postgres died; it is started again" in run.output)
    run.until(lambda: not is_free(Addresses(run.base_port).postgres))


def stops_in_order(run: Launch) -> None:
    processes = run.processes()
    run.process.send_signal(signal.SIGINT)
    assert run.process.wait(100) == 0
    run.until(lambda: none_left(processes))
    words = ["Services: stopping", "Kafka: stopping", "Postgres: stopping", "Stopped."]
    places = [run.output.index(word) for word in words]
    assert places == sorted(places)


def secrets_of(run: Launch) -> tuple[str, str]:
    """What both servers made at their first start."""
    files = (run.home / "postgres/password", run.home / "kafka/data/meta.properties")
    password, cluster = (file.read_text() for file in files)
    return password, cluster


def test_a_service_that_does_not_start_is_one_clear_line_and_nothing_stays(
    launch: Launcher,
) -> None:
    failing = launch("die")
    assert failing.process.wait(100) == 1
    last = failing.output.strip().splitlines()[-1]
    assert last == "kindred: profile did not start: ValueError: this one always dies"
    os_processes = [" ".join(one.info["cmdline"] or []) for one in psutil.process_iter(["cmdline"])]
    assert not [line for line in os_processes if str(failing.home) in line]


def test_a_busy_port_is_one_clear_line(launch: Launcher) -> None:
    base = free_block()
    with socket.create_server(("127.0.0.1", Addresses(base).port(Service.MATCHING))):
        failing = launch(base_port=base)
        assert failing.process.wait(100) == 1
    line = rf"^kindred: port {base + 3} \(matching\) is in use by another program$"
    assert re.match(line, failing.output.strip())


def test_a_disk_with_nothing_left_is_one_clear_line_and_nothing_is_written(
    launch: Launcher, full_disk: Path
) -> None:
    failing = launch(home=full_disk / "home")
    assert failing.process.wait(100) == 1
    line = f"kindred: the disk is full: 0 MiB free in {full_disk}, 16 MiB needed\n"
    assert failing.output == line
    assert not failing.home.exists()


async def test_uses_the_servers_it_is_told_to_use(
    launch: Launcher, postgres_server: str, kafka_server: str
) -> None:
    async with fresh_topics(kafka_server) as cluster:
        system = launch(
            KINDRED_POSTGRES_ADMIN=postgres_server,
            KINDRED_KAFKA__BOOTSTRAP=kafka_server,
            KINDRED_KAFKA__PREFIX=cluster.prefix,
        )
        await asyncio.to_thread(system.until_up)
        assert f"Kafka        {kafka_server}" in system.output
        assert not [one for one in system.processes() if one.name() in ("postgres", "java")]
        system.process.terminate()
        assert system.process.wait(100) == 0
