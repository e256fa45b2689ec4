"""``python -m kindred_<service> api|worker|all|migrate|topics``: one entry for every service."""

import argparse
import asyncio
import signal
import sys
from collections.abc import Sequence

from kindred_common.db.migrate import migrate, migrations_of
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
    modes = ["api", "worker", "all", "migrate", "topics", *definition.commands]
    parser = argparse.ArgumentParser(prog=f"python -m {definition.package.__name__}")
    parser.add_argument("process", choices=modes, help="what to run")
    mode = parser.parse_args(arguments).process
    settings = definition.settings()
    configure_logging(f"kindred-{definition.service}", settings.log_level)
    if mode == "migrate":
        migrate(settings.database, migrations_of(definition.package))
    elif mode == "topics":
        asyncio.run(apply_topics(settings.kafka))
    elif mode in definition.commands:
        definition.commands[mode](settings)
    else:
        asyncio.run(_run(definition, settings, mode))


async def _run(definition: ServiceDefinition[S], settings: S, mode: str) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    foundation = lay_foundation(definition.service, settings)
    try:
        await run_until(foundation, definition.assemble(foundation), mode, stop)
    except* OSError as group:
        _log.error("cannot listen", port=settings.http.port)
        sys.stderr.write(f"kindred {definition.service}: {group.exceptions[0]}\n")
        raise SystemExit(1) from None


async def run_until(
    foundation: Foundation[S], parts: Parts, mode: str, stop: asyncio.Event
) -> None:
    """Runs the loops of ``mode`` (api, worker or all) with probes on the same port, until ``stop``."""
    http = foundation.settings.http
    app = parts.app if mode != "worker" else create_application(foundation.web, [], title="Probes")

    async def answer(stop: asyncio.Event) -> None:
        await serve(app, http, stop)

    loops: dict[str, Loop] = {"http": answer}
    if mode != "api":
        loops |= worker_loops(foundation, parts)
    _log.info("started", process=mode)
    try:
        await run_loops(loops, stop)
    finally:
        await foundation.engine.dispose()
        _log.info("stopped", process=mode)
