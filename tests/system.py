"""A whole Kindred system as separate processes on servers of its own, for tests that break it and benches that load it."""

import asyncio
import sys
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from kindred_cli.launcher.addresses import Addresses
from kindred_cli.launcher.home import Home
from kindred_cli.launcher.infrastructure import database_url, make_topics
from kindred_cli.launcher.migrations import migrate_all
from kindred_cli.launcher.services import Surroundings, environment
from kindred_cli.servers.child import Child, Program
from kindred_cli.servers.databases import (
    SERVICES,
    closed_to_services,
    database_script,
    with_passwords,
)
from kindred_cli.servers.errors import ServerError
from kindred_cli.servers.kafka import EmbeddedKafka
from kindred_cli.servers.machine import HOST
from kindred_cli.servers.postgres import EmbeddedPostgres
from kindred_cli.settings import inherited_environment
from kindred_common.contracts.vocabulary import Service
from kindred_common.db.settings import DatabaseSettings
from kindred_common.messaging.settings import KafkaSettings
from kindred_common.security.principals import Role
from kindred_common.testing.ports import free_block, free_port
from kindred_common.testing.waiting import eventually
from kindred_common.web.probes import READY

READY_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Part:
    """One process of the system: ``mode`` is api, worker, all or a command of the service."""

    service: Service
    mode: str
    number: int = 1
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.service}-{self.mode}-{self.number}"


class System:
    """Postgres, Kafka and the processes asked for; everything can be killed and started again.

    ``services`` are those whose tables are made; processes of others cannot be started.
    """

    def __init__(
        self,
        folder: Path,
        classpath: str,
        *,
        durable: bool = False,
        services: Collection[Service] = SERVICES,
    ) -> None:
        self.services = services
        self.addresses = Addresses(free_block())
        self.postgres = EmbeddedPostgres(
            folder / "postgres", self.addresses.postgres, durable=durable
        )
        ports = (self.addresses.kafka, self.addresses.kafka_controller)
        self.kafka = EmbeddedKafka(folder / "kafka", *ports, classpath)
        self.home = Home(folder)
        self.parts: dict[str, Part] = {}
        self._children: dict[str, Child] = {}
        self._ports: dict[str, int] = {}
        self._engines: dict[Service, AsyncEngine] = {}

    @property
    def kafka_settings(self) -> KafkaSettings:
        return KafkaSettings(bootstrap=self.kafka.bootstrap)

    async def prepare(self) -> None:
        """Starts the servers, makes databases, tables and topics."""
        await asyncio.gather(self.postgres.start(), self.kafka.start())
        await self.postgres.psql(
            with_passwords(database_script(), self.home.passwords()) + closed_to_services()
        )
        await make_topics(self.kafka_settings)
        await migrate_all(self.services, self._around())

    async def start(self, parts: Sequence[Part]) -> None:
        """Starts processes side by side and waits until they are ready."""
        for part in parts:
            self.launch_first(part)
        await asyncio.gather(*(self.until_ready(part.name) for part in parts))

    def launch_first(self, part: Part) -> None:
        """Starts a process that has not run before, without waiting."""
        self.parts[part.name] = part
        self.launch(part.name)

    def launch(self, name: str) -> None:
        """Starts a process, or starts it again, without waiting."""
        part = self.parts[name]
        port = self._ports.setdefault(name, self._port(part))
        settings = environment(part.service, self._around()) | dict(part.settings)
        settings["KINDRED_HTTP__PORT"] = str(port)
        argv = (sys.executable, "-m", f"kindred_{part.service}", part.mode)
        self._children[name] = Child(Program(name, argv, self.home.logs / f"{name}.log", settings))

    def kill(self, name: str) -> None:
        """Ends a process as a power cut would."""
        self._children[name].kill()

    def child(self, name: str) -> Child:
        return self._children[name]

    def url(self, name: str) -> str:
        """Where a process answers its probes."""
        return f"http://{HOST}:{self._ports[name]}"

    async def run_only(self, parts: Sequence[Part]) -> None:
        """Stops all processes but these, and starts those of them that do not run as asked for."""
        wanted = {part.name: part for part in parts}
        leaving = [name for name, part in self.parts.items() if wanted.get(name) != part]
        await asyncio.gather(*(self.end(name) for name in leaving))
        await self.start([part for name, part in wanted.items() if not self._runs(name)])

    async def end(self, name: str) -> None:
        """Stops a process as an operator would, and forgets it."""
        await self._children[name].stop(patience=10)
        del self.parts[name]

    def _runs(self, name: str) -> bool:
        return name in self.parts and self._children[name].running

    async def until_ready(self, name: str, within: float = READY_SECONDS) -> None:
        """Waits until a process says it can do its work, for so many seconds at most."""
        async with httpx.AsyncClient(trust_env=False, timeout=2) as client:

            async def probe() -> str:
                if not self._children[name].running:
                    raise ServerError(f"{name} ended: {self._children[name].last_lines(20)}")
                try:
                    answer = await client.get(f"{self.url(name)}{READY}")
                except httpx.HTTPError as error:
                    return f"{name}: {type(error).__name__}"
                return "" if answer.is_success else f"{name}: {answer.text}"

            await eventually(probe, lambda lacks: not lacks, within=within, every=0.1)

    def client(
        self, service: Service, *, role: Role = Role.ADMINISTRATOR, subject: str = "tester"
    ) -> httpx.AsyncClient:
        """A client for a service's API with a token of its own."""
        token = self.home.issuer().issue(subject, [role])
        return httpx.AsyncClient(
            base_url=self.addresses.url(service),
            headers={"Authorization": f"Bearer {token}"},
            timeout=20,
            trust_env=False,
        )

    async def query(
        self, service: Service, statement: str, **parameters: object
    ) -> list[Mapping[str, object]]:
        """Rows of a service's database, as its administrator sees them."""
        async with self._engine(service).connect() as connection:
            rows = await connection.execute(text(statement), parameters)
            return [dict(row) for row in rows.mappings()]

    async def stop(self) -> None:
        """Ends all processes, then Kafka, then Postgres."""
        await asyncio.gather(*(child.stop(patience=10) for child in self._children.values()))
        for engine in self._engines.values():
            await engine.dispose()
        self.kafka.kill()
        await self.postgres.stop()

    def _engine(self, service: Service) -> AsyncEngine:
        if service not in self._engines:
            url = self.postgres.admin_url.removesuffix("/postgres") + f"/kindred_{service}"
            address = DatabaseSettings(url=url).address()
            self._engines[service] = create_async_engine(address, pool_pre_ping=True)
        return self._engines[service]

    def _port(self, part: Part) -> int:
        first_with_pages = part.mode in ("api", "all") and part.number == 1
        return self.addresses.port(part.service) if first_with_pages else free_port()

    def _around(self) -> Surroundings:
        return Surroundings(
            addresses=self.addresses,
            jwks=str(self.home.issuer().jwks),
            database_urls={s: database_url(self.postgres.admin_url, s) for s in SERVICES},
            passwords=self.home.passwords(),
            kafka_bootstrap=self.kafka.bootstrap,
            inherited=inherited_environment(),
        )


@asynccontextmanager
async def running_parts(
    folder: Path, classpath: str, parts: Sequence[Part], *, durable: bool = False
) -> AsyncIterator[System]:
    """A prepared system with these processes, until the block ends."""
    system = System(folder, classpath, durable=durable)
    try:
        await system.prepare()
        await system.start(parts)
        yield system
    finally:
        await system.stop()
