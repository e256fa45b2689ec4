"""`kindred up`: the whole system in this terminal, until Ctrl-C."""

import asyncio
import signal
import sys
from typing import Annotated

import typer

from kindred_cli.launcher.addresses import BASE_PORT, Addresses
from kindred_cli.launcher.home import Home
from kindred_cli.launcher.settings import LaunchSettings
from kindred_cli.launcher.system import Plan, running_system
from kindred_cli.launcher.welcome import welcome
from kindred_cli.servers.errors import ServerError

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def up(
    base_port: Annotated[
        int, typer.Option(help="All ports follow from this one.", min=1024, max=65000)
    ] = BASE_PORT,
) -> None:
    """Start everything on this machine: Postgres, Kafka, mail, the services. Ctrl-C stops it."""
    try:
        asyncio.run(run_until_told(LaunchSettings(), Addresses(base_port), Plan()))
    except ServerError as error:
        sys.exit(f"kindred: {error}")


async def run_until_told(settings: LaunchSettings, addresses: Addresses, plan: Plan) -> None:
    """Runs the system until a stop signal; a second signal hurries the stop.

    Raises:
        ServerError: something could not start, or not start again; nothing is left running.
    """
    told = _cancel_on_signals()
    try:
        async with running_system(settings, addresses, plan, tell) as system:
            tell(welcome(addresses, Home(settings.home.absolute()), system.places))
            await system.keep()
    except asyncio.CancelledError:
        if not told:
            raise
        tell("Stopped.")


def tell(line: str) -> None:
    """One line for the person at the terminal."""
    print(line, flush=True)


def _cancel_on_signals() -> list[signal.Signals]:
    """Makes stop signals cancel the present task; the list tells which came."""
    told: list[signal.Signals] = []
    task = asyncio.current_task()

    def note(number: signal.Signals) -> None:
        told.append(number)
        if task is not None:
            task.cancel()

    for number in STOP_SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, note, number)
    return told
