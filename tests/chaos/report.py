"""The short account of a run with which a failure can be repeated."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

LINES = pytest.StashKey[list[str]]()


class Report:
    """Collects lines for the end of the run."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines

    def tell(self, line: str) -> None:
        self._lines.append(line)

    @contextmanager
    def timed(self, name: str) -> Iterator[list[str]]:
        """Tells how long a test took, with what it found worth telling."""
        begin = time.monotonic()
        told: list[str] = []
        try:
            yield told
        finally:
            self.tell(f"{name} ({time.monotonic() - begin:.0f} s): {'; '.join(told)}")
