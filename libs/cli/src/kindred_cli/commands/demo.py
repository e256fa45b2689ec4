"""`kindred demo`: the loop, step by step, on the running system."""

import asyncio
from datetime import timedelta
from typing import Annotated

import typer
from rich.console import Console

from kindred_cli.demo.show.loop import Pace, show_loop
from kindred_cli.demo.show.telling import Telling
from kindred_cli.errors import one_clear_line
from kindred_cli.launcher.settings import LaunchSettings
from kindred_cli.local_system import LocalSystem
from kindred_common.clock import SystemClock, new_id


def demo(
    starts_in: Annotated[
        float, typer.Option(help="Seconds until the event of the demonstration begins.", min=5)
    ] = 30.0,
    patience: Annotated[
        float, typer.Option(help="Seconds that any one step may take.", min=1)
    ] = 30.0,
) -> None:
    """Show the loop: one answer, and all that follows from it, up to what the guest says afterwards."""
    pace = Pace(timedelta(seconds=starts_in), patience)
    with one_clear_line():
        system = LocalSystem.of(LaunchSettings())
        system.require_own()
        asyncio.run(show_loop(system, Telling(Console()), SystemClock(), new_id, pace))
