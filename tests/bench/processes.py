"""Peers as processes of their own, and what processes cost."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from kindred_cli.settings import inherited_environment


@contextmanager
def peer(module: str, settings: dict[str, str], log: Path) -> Iterator[int]:
    """Runs ``python -m tests.bench.peers.<module>`` until the block ends; gives its process id."""
    argv = [sys.executable, "-m", f"tests.bench.peers.{module}"]
    environment = inherited_environment() | {
        f"PEER_{name.upper()}": value for name, value in settings.items()
    }
    with log.open("ab") as output:
        process = subprocess.Popen(argv, env=environment, stdout=output, stderr=output)
        try:
            yield process.pid
        finally:
            process.terminate()
            process.wait(10)


def processor_seconds(pid: int) -> float:
    """Processor time that a process and its children have used, user and system, in seconds."""
    root = psutil.Process(pid)
    times = [one.cpu_times() for one in (root, *root.children(recursive=True))]
    return sum(time.user + time.system for time in times)
