"""Keeps processes running, and says what became of them."""

import asyncio
from collections.abc import Callable
from time import monotonic
from typing import Protocol

import httpx

from kindred_cli.launcher.services import ServiceProcess
from kindred_cli.servers.child import Child, Program, reason
from kindred_cli.servers.errors import ServerError

Tell = Callable[[str], None]

RESTARTS = 5
STEADY_SECONDS = 300.0
READY_SECONDS = 120.0
PROBE_SECONDS = 0.2


class Server(Protocol):
    """A server of ours: `pid` is None while it does not run."""

    @property
    def pid(self) -> int | None: ...

    async def start(self) -> None: ...


class ServerWatch:
    """Starts Postgres and Kafka again when they die."""

    def __init__(self, tell: Tell) -> None:
        self.tell = tell
        self._servers: list[tuple[str, Server]] = []

    def add(self, name: str, server: Server) -> None:
        self._servers.append((name, server))

    async def run(self) -> None:
        """Looks after them until cancelled.

        Raises:
            ServerError: one does not start again; then nothing here makes sense any more.
        """
        while True:
            for name, server in self._servers:
                if server.pid is None:
                    self.tell(f"{name} died; it is started again")
                    await server.start()
            await asyncio.sleep(1.0)


class Supervisor:
    """Starts a process and starts it again when it dies, with growing pauses, at most `RESTARTS` times in a row."""

    def __init__(self, process: ServiceProcess, program: Program, tell: Tell) -> None:
        self.process = process
        self._program = program
        self._tell = tell
        self._child: Child | None = None
        self._stopping = False

    def start(self) -> None:
        self._child = Child(self._program)

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child is not None and self._child.running else None

    async def until_ready(self, client: httpx.AsyncClient) -> None:
        """Waits until the process can do its work.

        Raises:
            ServerError: it died, or was not ready in time.
        """
        deadline = monotonic() + READY_SECONDS
        while monotonic() < deadline:
            if self._child is None or await self._child.wait(PROBE_SECONDS):
                raise ServerError(f"{self.process.name} did not start: {self._last_words()}")
            if await _is_ready(client, self.process.ready_url):
                return
        raise ServerError(
            f"{self.process.name} was not ready after {READY_SECONDS:.0f} s; its log: {self._program.log}"
        )

    async def watch(self, pause: float = 1.0) -> None:
        """Restarts the process until it is stopped or dies too often."""
        restarts = 0
        while self._child is not None:
            began = monotonic()
            while not await self._child.wait(60.0, every=0.5):
                pass
            if self._stopping:
                return
            restarts = 0 if monotonic() - began > STEADY_SECONDS else restarts
            if not self._report(self._child, restarts):
                return
            await asyncio.sleep(pause * 2**restarts)
            restarts += 1
            self.start()

    async def stop(self) -> None:
        self._stopping = True
        if self._child is not None:
            await self._child.stop(patience=15)

    def _report(self, child: Child, restarts: int) -> bool:
        again = restarts < RESTARTS
        ending = "it is started again" if again else f"it died {RESTARTS} times; it stays down"
        self._tell(f"{self.process.name} died ({_manner(child.exit_code)}); {ending}")
        for line in child.last_lines():
            self._tell(f"    {line}")
        self._tell(f"    its log: {self._program.log}")
        return again

    def _last_words(self) -> str:
        return reason(self._child.output()) if self._child is not None else "it was never started"


def _manner(code: int | None) -> str:
    return f"exit code {code}" if code is None or code >= 0 else f"signal {-code}"


async def _is_ready(client: httpx.AsyncClient, url: str) -> bool:
    try:
        answer = await client.get(url)
    except httpx.HTTPError:
        return False
    return answer.status_code == httpx.codes.OK
