"""The command line as a person runs it, in a process of its own."""

import asyncio
import sys
from dataclasses import dataclass

from kindred_cli.local_system import LocalSystem
from kindred_cli.settings import inherited_environment


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command did."""

    code: int
    said: str
    complained: str

    @property
    def lines(self) -> list[str]:
        return self.said.splitlines()


async def kindred(system: LocalSystem, *arguments: str) -> Ran:
    """Runs a command on the system."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "kindred_cli",
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=inherited_environment() | {"KINDRED_HOME": str(system.home.folder)},
    )
    said, complained = await process.communicate()
    return Ran(process.returncode or 0, said.decode(), complained.decode())
