"""``python -m kindred_<service> api|worker|all|migrate|topics``: one entry for every service."""

import argparse
import asyncio
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import uvloop
from aiokafka.errors import KafkaConnectionError
from fastapi import FastAPI

from kindred_common.contracts.vocabulary import Service
from kindred_common.messaging.topic_admin import apply_topics
from kindred_common.observability.logging import configure_logging, get_logger
from kindred_common.runtime.foundation import (
    Foundation,
    Loop,
    Parts,
    S,
    ServiceDefinition,
    lay_foundation,
)
from kindred_common.runtime.server import serve
from kindred_common.runtime.worker import run_loops, worker_loops
from kindred_common.web.application import create_application

_log = get_logger(__name__)


def run_service(definition: ServiceDefinition[S], arguments: Sequence[str] | None = None) -> None:
    """Runs the process that the command line names, until SIGTERM or SIGINT."""
    modes = ["api", "worker", "all", "migrate", "topics", *definition.processes]
    parser = argparse.ArgumentParser(prog=f"python -m {definition.package.__name__}")
    parser.add_argument("process", choices=modes, help="what to run")
    mode = parser.parse_args(arguments).process
    settings = definition.settings()
    configure_logging(f"kindred-{definition.service}", settings.log_level)
    if mode == "migrate":
        with _one_clear_line(definition.service):
            _migrate(definition, settings)
    elif mode == "topics":
        with _one_clear_line(definition.service):
            asyncio.run(apply_topics(settings.kafka))
    else:
        uvloop.run(_run(definition, settings, mode))


def _migrate(definition: ServiceDefinition[S], settings: S) -> None:
    # Alembic makes each start a fifth slower, and no other process needs it.
    from kindred_common.db.migrate import migrate, migrations_of  # noqa: PLC0415 - see above

    migrate(settings.database, migrations_of(definition.package))


@contextmanager
def _one_clear_line(service: Service) -> Iterator[None]:
    """Tells of a server that cannot be reached without a traceback."""
    try:
        yield
    except (OSError, KafkaConnectionError) as error:
        sys.stderr.write(f"kindred {service}: {error}\n")
        raise SystemExit(1) from None


async def _run(definition: ServiceDefinition[S], settings: S, mode: str) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    foundation = lay_foundation(definition.service, settings)
    try:
        if mode in definition.processes:
            await run_process(foundation, definition.processes[mode](foundation), stop)
        else:
            await run_until(foundation, definition.assemble(foundation), mode, stop)
    except* OSError as group:
        error = group.exceptions[0]
        _log.error("cannot run", error=type(error).__name__, port=settings.http.port)
        sys.stderr.write(f"kindred {definition.service}: {error}\n")
        raise SystemExit(1) from None


async def run_until(
    foundation: Foundation[S], parts: Parts, mode: str, stop: asyncio.Event
) -> None:
    """Runs the loops of ``mode`` (api, worker or all) until ``stop``; a worker answers probes only."""
    app = parts.app if mode != "worker" else None
    loops = worker_loops(foundation, parts) if mode != "api" else {}
    try:
        await run_process(foundation, loops, stop, app=app)
    finally:
        parts.close()


async def run_process(
    foundation: Foundation[S],
    loops: Mapping[str, Loop],
    stop: asyncio.Event,
    *,
    app: FastAPI | None = None,
) -> None:
    """Runs loops until ``stop``, beside an application, or the probes alone, on the process's port."""
    served = app or create_application(foundation.web, [], title="Probes")

    async def answer(stop: asyncio.Event) -> None:
        await serve(served, foundation.settings.http, stop)

    _log.info("started")
    try:
        await run_loops({"http": answer, **loops}, stop)
    finally:
        await foundation.engine.dispose()
        _log.info("stopped")
