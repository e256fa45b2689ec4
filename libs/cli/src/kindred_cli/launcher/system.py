"""Brings a whole system up, and takes it down in order: services, mail, Kafka, Postgres."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from kindred_cli.launcher.addresses import Addresses
from kindred_cli.launcher.concurrency import together
from kindred_cli.launcher.home import Home
from kindred_cli.launcher.infrastructure import databases, kafka, mail
from kindred_cli.launcher.lock import only_launcher
from kindred_cli.launcher.migrations import migrate_all
from kindred_cli.launcher.services import (
    ServiceProcess,
    Surroundings,
    service_processes,
)
from kindred_cli.launcher.settings import LaunchSettings
from kindred_cli.launcher.supervision import ServerWatch, Supervisor, Tell
from kindred_cli.servers.child import Program
from kindred_cli.servers.databases import SERVICES
from kindred_cli.servers.machine import MEBIBYTE, require_free_port, require_room
from kindred_cli.settings import inherited_environment
from kindred_common.contracts.vocabulary import Service

NEEDED_BYTES = 16 * MEBIBYTE
"""For what the launcher keeps itself; each server asks for its own."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run around the servers: whose databases, and which processes."""

    databases: Sequence[Service] = SERVICES
    processes: Callable[[Surroundings], Sequence[ServiceProcess]] = service_processes


@dataclass(frozen=True, slots=True)
class RunningSystem:
    """What was started; `places` tells where its servers are, theirs or ours."""

    places: Mapping[str, str]
    servers: ServerWatch
    services: Sequence[Supervisor]

    async def keep(self) -> None:
        """Restarts what dies, until cancelled."""
        await together([self.servers.run(), *(service.watch() for service in self.services)])


@asynccontextmanager
async def running_system(
    settings: LaunchSettings, addresses: Addresses, plan: Plan, tell: Tell
) -> AsyncIterator[RunningSystem]:
    """The whole system; leaving stops all of it and leaves no process.

    Raises:
        ServerError: one part could not start; what had started is stopped.
    """
    home = Home(settings.home.absolute())
    watch = ServerWatch(tell)
    async with AsyncExitStack() as stack:
        require_room(home.folder, NEEDED_BYTES)
        stack.enter_context(only_launcher(home.folder))
        for port, purpose in addresses.purposes().items():
            require_free_port(port, purpose)
        urls = await stack.enter_async_context(databases(settings, home, addresses.postgres, watch))
        bootstrap = await stack.enter_async_context(kafka(settings, home, addresses, watch))
        await stack.enter_async_context(mail(home, addresses))
        around = Surroundings(
            addresses=addresses,
            jwks=str(home.issuer().jwks),
            database_urls=urls,
            passwords=home.passwords(),
            kafka_bootstrap=bootstrap,
            inherited=inherited_environment(),
        )
        tell("Databases: bringing their tables up to date")
        await migrate_all(plan.databases, around)
        home.remember(addresses)
        services = await stack.enter_async_context(
            _running_services(plan.processes(around), home, tell)
        )
        postgres = urlsplit(urls[SERVICES[0]]).netloc.rpartition("@")[2]
        yield RunningSystem({"Kafka": bootstrap, "Postgres": postgres}, watch, services)


@asynccontextmanager
async def _running_services(
    processes: Sequence[ServiceProcess], home: Home, tell: Tell
) -> AsyncIterator[Sequence[Supervisor]]:
    supervisors = [Supervisor(process, _program(process, home), tell) for process in processes]
    try:
        tell("Services: starting")
        for supervisor in supervisors:
            supervisor.start()
        async with httpx.AsyncClient(timeout=2.0, trust_env=False) as client:
            await together(one.until_ready(client) for one in supervisors)
        yield supervisors
    finally:
        tell("Services: stopping")
        await together(supervisor.stop() for supervisor in supervisors)


def _program(process: ServiceProcess, home: Home) -> Program:
    return Program(
        name=process.name,
        argv=process.argv,
        log=home.logs / f"{process.name.replace(' ', '-')}.log",
        environment=process.environment,
    )
