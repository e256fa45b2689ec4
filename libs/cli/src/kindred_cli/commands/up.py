"""`kindred up`: the whole system in this terminal, until Ctrl-C."""

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import Annotated

import typer

from kindred_cli.demo.first_start import is_here, load_if_empty, tour
from kindred_cli.launcher.addresses import BASE_PORT, Addresses
from kindred_cli.launcher.concurrency import together
from kindred_cli.launcher.home import Home
from kindred_cli.launcher.settings import LaunchSettings
from kindred_cli.launcher.system import Plan, RunningSystem, running_system
from kindred_cli.launcher.welcome import welcome
from kindred_cli.local_system import LocalSystem
from kindred_cli.servers.errors import ServerError
from kindred_common.clock import SystemClock, new_id

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

Furnish = Callable[[], Awaitable[str]]
"""Puts into a running system what it shall begin with, and says what to do with it."""


def up(
    base_port: Annotated[
        int, typer.Option(help="All ports follow from this one.", min=1024, max=65000)
    ] = BASE_PORT,
    demo: Annotated[
        bool,
        typer.Option(
            help="Load the demonstration world into an empty system (KINDRED_DEMO_WORLD=false is --no-demo)."
        ),
    ] = True,
) -> None:
    """Start everything on this machine: Postgres, Kafka, mail, the services. Ctrl-C stops it."""
    settings = LaunchSettings()
    furnish = _demonstration(settings) if demo and settings.demo_world else _nothing
    try:
        asyncio.run(run_until_told(settings, Addresses(base_port), Plan(), furnish))
    except ServerError as error:
        sys.exit(f"kindred: {error}")


async def _nothing() -> str:
    return ""


async def run_until_told(
    settings: LaunchSettings, addresses: Addresses, plan: Plan, furnish: Furnish = _nothing
) -> None:
    """Runs the system until a stop signal; a second signal hurries the stop.

    Raises:
        ServerError: something could not start, or not start again; nothing is left running.
    """
    told = _cancel_on_signals()

    async def show(system: RunningSystem) -> None:
        furnished = await furnish()
        home = Home(settings.home.absolute())
        tell(welcome(addresses, home, system.places) + furnished)
        tell("Ctrl-C stops everything; your data stay.")

    try:
        async with running_system(settings, addresses, plan, tell) as system:
            await together([system.keep(), show(system)])
    except asyncio.CancelledError:
        if not told:
            raise
        tell("Stopped.")


def _demonstration(settings: LaunchSettings) -> Furnish:
    async def furnish() -> str:
        system = LocalSystem.of(settings)
        await load_if_empty(system, tell, SystemClock(), new_id)
        return tour(system) if await is_here(system) else ""

    return furnish


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
