"""The system as `kindred up` starts it, with its demonstration world, and as tests look at it from outside."""

import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from time import monotonic

import httpx
import psutil
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from kindred_cli.client import ClientSettings
from kindred_cli.launcher.addresses import Addresses
from kindred_cli.launcher.home import Home
from kindred_cli.local_system import LocalSystem
from kindred_cli.servers.databases import role_of
from kindred_cli.servers.machine import HOST
from kindred_cli.settings import inherited_environment
from kindred_common.contracts.vocabulary import Service
from kindred_common.db.settings import DatabaseSettings
from kindred_common.messaging.settings import KafkaSettings
from kindred_common.security.principals import Role
from kindred_common.testing.ports import free_block

UP_WITHIN = 300.0
DOWN_WITHIN = 100.0


@dataclass(frozen=True, slots=True)
class Launched:
    """A launcher that runs, and the system it keeps."""

    process: subprocess.Popen[bytes]
    home: Home
    addresses: Addresses
    output_file: Path

    @property
    def output(self) -> str:
        return self.output_file.read_text()

    @property
    def local(self) -> LocalSystem:
        """The system as commands in its folder find it."""
        kafka = KafkaSettings(bootstrap=f"{HOST}:{self.addresses.kafka}")
        return LocalSystem(self.home, self.addresses, kafka, ClientSettings(url=None, token=None))

    def processes(self) -> list[psutil.Process]:
        """All that the launcher started."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def client(self, service: Service) -> httpx.AsyncClient:
        """A client for a service's API, for an administrator."""
        token = self.home.issuer().issue("tester", [Role.ADMINISTRATOR])
        return httpx.AsyncClient(
            base_url=self.addresses.url(service),
            headers={"Authorization": f"Bearer {token}"},
            timeout=20,
            trust_env=False,
        )

    async def query(
        self, service: Service, statement: str, **parameters: object
    ) -> list[Mapping[str, object]]:
        """Rows of a service's database, as the service sees them."""
        role, password = role_of(service), self.home.passwords()[service]
        url = f"postgresql://{role}:{password}@{HOST}:{self.addresses.postgres}/{role}"
        engine = create_async_engine(DatabaseSettings(url=url).address())
        try:
            async with engine.connect() as connection:
                rows = await connection.execute(text(statement), parameters)
                return [dict(row) for row in rows.mappings()]
        finally:
            await engine.dispose()

    @contextmanager
    def frozen(self, service: Service) -> Iterator[None]:
        """The service stands still until the block ends; the launcher would start a dead one again."""
        [process] = [one for one in self.processes() if _runs(one, service)]
        process.suspend()
        try:
            yield
        finally:
            process.resume()


@contextmanager
def launched(folder: Path, settings: Mapping[str, str]) -> Iterator[Launched]:
    """`kindred up` on an empty folder, until the block ends; then all it started must be gone."""
    home, output = Home(folder / "home"), folder / "output.txt"
    addresses = Addresses(free_block())
    command = [sys.executable, "-m", "kindred_cli", "up", "--base-port", str(addresses.base_port)]
    environment = inherited_environment() | {**settings, "KINDRED_HOME": str(home.folder)}
    with output.open("wb") as file:
        process = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT, env=environment)
    system = Launched(process, home, addresses, output)
    try:
        _until_up(system)
        yield system
        started = system.processes()
        process.send_signal(signal.SIGTERM)
        assert process.wait(DOWN_WITHIN) == 0, system.output
        _, left = psutil.wait_procs(started, timeout=30)
        assert not left
    finally:
        process.kill()
        process.wait()


def _until_up(system: Launched) -> None:
    deadline = monotonic() + UP_WITHIN
    while "Kindred is up." not in system.output and system.process.poll() is None:
        assert monotonic() < deadline, system.output
        Event().wait(0.1)
    assert system.process.poll() is None, system.output


def _runs(process: psutil.Process, service: Service) -> bool:
    try:
        return process.cmdline()[-2:] == [f"kindred_{service}", "all"]
    except psutil.NoSuchProcess:  # a server's own processes come and go
        return False
