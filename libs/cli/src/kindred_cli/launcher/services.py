"""The processes of the services: command line, environment, probe."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass

from kindred_cli.launcher.addresses import Addresses
from kindred_cli.servers.databases import SERVICES
from kindred_cli.servers.machine import HOST
from kindred_common.contracts.vocabulary import Service
from kindred_common.web.probes import READY


@dataclass(frozen=True, slots=True)
class ServiceProcess:
    """One process to run and watch. `ready_url` answers 200 when it can do its work."""

    name: str
    port: int
    argv: tuple[str, ...]
    environment: Mapping[str, str]

    @property
    def ready_url(self) -> str:
        return f"http://{HOST}:{self.port}{READY}"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What every service needs to know; `inherited` is the launcher's own environment and has the last word."""

    addresses: Addresses
    jwks: str
    database_urls: Mapping[Service, str]
    passwords: Mapping[Service, str]
    kafka_bootstrap: str
    inherited: Mapping[str, str]


def service_processes(around: Surroundings) -> list[ServiceProcess]:
    """The six services, each whole in one process, and the stream of profile."""
    processes = [
        ServiceProcess(
            str(service),
            around.addresses.port(service),
            _module(service, "all"),
            environment(service, around),
        )
        for service in SERVICES
    ]
    stream_port = around.addresses.stream
    stream = environment(Service.PROFILE, around) | {"KINDRED_HTTP__PORT": str(stream_port)}
    argv = _module(Service.PROFILE, "stream")
    return [*processes, ServiceProcess("profile stream", stream_port, argv, stream)]


def environment(service: Service, around: Surroundings) -> dict[str, str]:
    """The settings of one service's processes."""
    ours = {
        "KINDRED_HTTP__HOST": HOST,
        "KINDRED_DATABASE__POOL_SIZE": "5",
        "KINDRED_SECURITY__JWKS": around.jwks,
        "KINDRED_KAFKA__BOOTSTRAP": around.kafka_bootstrap,
        "KINDRED_SMTP__HOST": HOST,
        "KINDRED_SMTP__PORT": str(around.addresses.smtp),
        # Mail goes to the sink of this machine and disturbs nobody, so nothing has to wait for a decent hour.
        "KINDRED_QUIET_HOURS__ENABLED": "false",
        "KINDRED_ASK_AFTER_SECONDS": "0",
    }
    own = {
        # Its own always: a setting of one for all would send every service to the same place.
        "KINDRED_HTTP__PORT": str(around.addresses.port(service)),
        "KINDRED_DATABASE__URL": around.database_urls[service],
        "KINDRED_DATABASE__PASSWORD": around.passwords[service],
    }
    return ours | dict(around.inherited) | own


def _module(service: Service, process: str) -> tuple[str, ...]:
    return (sys.executable, "-m", f"kindred_{service}", process)
