"""A program this process started: it writes to a log file and cannot outlive us."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

from kindred_cli.servers import guard
from kindred_cli.servers.errors import ServerError

POLL_SECONDS = 0.02
LOG_LIMIT_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Program:
    """What to start. `name` is what messages call it; output is appended to `log`.

    `death_signal` is what the program gets when this process dies, however it dies (Linux).
    """

    name: str
    argv: tuple[str, ...]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    death_signal: signal.Signals = signal.SIGKILL
    user: str = "same"


class Child:
    """A started program. Start it from a thread that lives as long as it shall."""

    def __init__(self, program: Program) -> None:
        self.program = program
        program.log.parent.mkdir(parents=True, exist_ok=True)
        _rotate(program.log)
        self._log_start = program.log.stat().st_size if program.log.exists() else 0
        with program.log.open("ab") as output:
            self._process = subprocess.Popen(
                guarded(program),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(program.environment),
                start_new_session=True,  # Ctrl-C in the terminal must reach only the one who stops all in order
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs; negative: killed by that signal."""
        return self._process.poll()

    @property
    def running(self) -> bool:
        return self.exit_code is None

    def output(self) -> str:
        """What it wrote since it was started."""
        with self.program.log.open("rb") as log:
            log.seek(self._log_start)
            return log.read().decode(errors="replace")

    def last_lines(self, count: int = 5) -> list[str]:
        return self.output().splitlines()[-count:]

    def send(self, number: signal.Signals) -> None:
        """Sends to the program and to what it started itself."""
        if self.running:
            with suppress(ProcessLookupError):
                os.killpg(self.pid, number)

    def kill(self) -> None:
        """Ends it as a power cut would (SIGKILL)."""
        self.send(signal.SIGKILL)
        self._process.wait()

    async def wait(self, patience: float, *, every: float = POLL_SECONDS) -> bool:
        """Whether it ended within `patience` seconds; looks `every` so many seconds."""
        deadline = monotonic() + patience
        while self.running and monotonic() < deadline:  # noqa: ASYNC110 - a Popen tells nobody when it ends
            await asyncio.sleep(every)
        return not self.running

    async def stop(
        self, number: signal.Signals = signal.SIGTERM, *, patience: float = 10.0
    ) -> None:
        """Asks it to stop, and kills it when it has not stopped after `patience` seconds."""
        try:
            if self.running:
                with suppress(ProcessLookupError):
                    os.kill(self.pid, number)
                await self.wait(patience)
        finally:
            # Also what it left behind in its own session; also when we are told to hurry.
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
            self._process.wait()


def guarded(program: Program) -> list[str]:
    """The command line that ties the program's life to ours."""
    precautions = [str(os.getpid()), str(int(program.death_signal)), program.user]
    return [sys.executable, "-I", "-S", str(guard.__file__), *precautions, *program.argv]


async def run(program: Program) -> str:
    """Runs it to its end and gives its output.

    Raises:
        ServerError: it failed; with its reason.
    """
    child = Child(program)
    try:
        while not await child.wait(1.0):
            pass
    finally:
        child.kill()
    if child.exit_code != 0:
        raise ServerError(f"{program.name} failed: {reason(child.output())}")
    return child.output()


def reason(output: str) -> str:
    """The line of a program's output that says best why it ended."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    telling = (
        "No space left",
        "Address already in use",
        "FATAL",
        "ERROR",
        "error:",
        "Exception",
        "Error",
    )
    for mark in telling:
        for line in reversed(lines):
            if mark in line and not line.startswith("at "):
                return line
    return lines[-1] if lines else "it said nothing"


def _rotate(log: Path) -> None:
    if log.exists() and log.stat().st_size > LOG_LIMIT_BYTES:
        log.replace(log.with_name(f"{log.name}.1"))
