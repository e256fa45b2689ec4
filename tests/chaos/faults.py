"""What goes wrong, and when: drawn from the seed before it begins."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from random import Random

from tests.system import System

from kindred_cli.servers.errors import ServerError

KAFKA_PAUSE_SECONDS = 10.0
WATCH_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong: ``name`` with its numbers, so many seconds after the begin."""

    at: float
    name: str
    happen: Callable[[], Awaitable[None]]


@dataclass(slots=True)
class Chaos:
    """Does to a system what the world does, and starts again what fell, as an orchestrator would."""

    system: System
    random: Random
    happened: list[str] = field(default_factory=list)
    fell_by_itself: list[str] = field(default_factory=list)
    _held_down: dict[str, asyncio.Lock] = field(default_factory=dict)

    def kill(self, name: str, at: float) -> Fault:
        """kill -9 of a process, which comes back a moment later."""
        down = round(self.random.uniform(0.2, 3.0), 2)
        return Fault(at, f"kill {name} for {down} s", lambda: self._kill(name, down))

    def kill_kafka(self, at: float) -> Fault:
        down = round(self.random.uniform(0.5, 4.0), 2)
        return Fault(at, f"kill kafka for {down} s", lambda: self._kill_kafka(down))

    def pause_kafka(self, at: float) -> Fault:
        return Fault(at, f"pause kafka for {KAFKA_PAUSE_SECONDS} s", self._pause_kafka)

    def stop_kafka(self, at: float) -> Fault:
        """An orderly stop, as for an upgrade: the broker tells its clients and closes its logs."""
        down = round(self.random.uniform(0.5, 4.0), 2)
        return Fault(at, f"stop kafka for {down} s", lambda: self._stop_kafka(down))

    def kill_postgres(self, at: float) -> Fault:
        down = round(self.random.uniform(0.2, 3.0), 2)
        return Fault(at, f"kill postgres for {down} s", lambda: self._kill_postgres(down))

    def stop_postgres(self, at: float) -> Fault:
        """An orderly stop, as for an upgrade: each session is told that the administrator ends it (57P01)."""
        down = round(self.random.uniform(0.2, 3.0), 2)
        return Fault(at, f"stop postgres for {down} s", lambda: self._stop_postgres(down))

    async def unleash(self, faults: Sequence[Fault]) -> None:
        """Has everything go wrong at its time; returns when all of it is back."""
        begin = asyncio.get_running_loop().time()

        async def wait_and_happen(fault: Fault) -> None:
            await asyncio.sleep(max(0.0, begin + fault.at - asyncio.get_running_loop().time()))
            self.happened.append(f"{fault.at:.1f} s {fault.name}")
            await fault.happen()

        async with asyncio.TaskGroup() as group:
            for fault in faults:
                group.create_task(wait_and_happen(fault))

    @asynccontextmanager
    async def supervision(self) -> AsyncIterator[None]:
        """Starts again what ends by itself, until the block ends."""
        async with asyncio.TaskGroup() as group:
            watching = group.create_task(self._supervise())
            try:
                yield
            finally:
                watching.cancel()

    async def _supervise(self) -> None:
        with suppress(asyncio.CancelledError):
            while True:
                for name in self.system.parts:
                    lock = self._lock(name)
                    if not lock.locked() and not self.system.child(name).running:
                        last = self.system.child(name).last_lines(1)
                        self.fell_by_itself.append(f"{name}: {last}")
                        self.system.launch(name)
                await asyncio.sleep(WATCH_SECONDS)

    def _lock(self, name: str) -> asyncio.Lock:
        return self._held_down.setdefault(name, asyncio.Lock())

    async def _kill(self, name: str, down: float) -> None:
        async with self._lock(name):
            self.system.kill(name)
            await asyncio.sleep(down)
            self.system.launch(name)

    async def _kill_kafka(self, down: float) -> None:
        async with self._lock("kafka"):
            self.system.kafka.kill()
            await asyncio.sleep(down)
            await self.system.kafka.start()

    async def _stop_kafka(self, down: float) -> None:
        async with self._lock("kafka"):
            await self.system.kafka.stop()
            await asyncio.sleep(down)
            await self.system.kafka.start()

    async def _pause_kafka(self) -> None:
        async with self._lock("kafka"):
            pid = self.system.kafka.pid
            if pid is None:
                raise ServerError("Kafka does not run")
            os.kill(pid, signal.SIGSTOP)
            try:
                await asyncio.sleep(KAFKA_PAUSE_SECONDS)
            finally:
                os.kill(pid, signal.SIGCONT)

    async def _kill_postgres(self, down: float) -> None:
        async with self._lock("postgres"):
            self.system.postgres.kill()
            await asyncio.sleep(down)
            await self.system.postgres.start()

    async def _stop_postgres(self, down: float) -> None:
        async with self._lock("postgres"):
            await self.system.postgres.stop()
            await asyncio.sleep(down)
            await self.system.postgres.start()


def spread(random: Random, seconds: float, count: int) -> list[float]:
    """Moments within the time, neither at its very begin nor at its end."""
    return sorted(random.uniform(0.05, 0.92) * seconds for _ in range(count))
