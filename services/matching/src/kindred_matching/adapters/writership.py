"""Who is the writer: one process of all, until it ends, loses its database or stands still too long.

The writer holds an advisory lock on a session of its own and shows each third of a lease that it lives. A session that shows
nothing for a whole lease is ended by the server, so a frozen process loses the lock although its connection stands. Who gets
the lock raises the epoch; from then on no transaction of an earlier writer passes the journal.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from kindred_common.db.faults import is_transient
from kindred_common.db.lease import end_when_silent
from kindred_common.messaging.positions import Overtaken
from kindred_common.observability.health import LoopHealth
from kindred_common.observability.logging import get_logger

LOCK_SPACE, WRITER_LOCK = 0x4B4D, 1
"""The advisory lock of the writer, in a space of its own."""

WAIT_SECONDS = 0.5

Work = Callable[[asyncio.Event], Awaitable[None]]

_log = get_logger(__name__)

_TRY = text("SELECT pg_try_advisory_lock(:space, :lock)")
_RAISE = text("UPDATE engine SET epoch = epoch + 1 WHERE id = 1 RETURNING epoch")
_LIVE = text("SELECT 1")


@dataclass(slots=True)
class Epoch:
    """The epoch in which this process is the writer; None while it is not."""

    number: int | None = None


class Writership:
    """Wins and keeps the right to write, and tells the ``epoch`` in which it is held."""

    def __init__(
        self, engine: AsyncEngine, lease: timedelta, epoch: Epoch, health: LoopHealth
    ) -> None:
        self._engine = engine
        self._lease = lease
        self._epoch = epoch
        self._health = health

    async def hold(self, stop: asyncio.Event, work: Work, wait: Callable[[], None]) -> None:
        """Does ``work`` whenever this process is the writer, until ``stop``.

        The event that ``work`` is given is set when the right is lost, or with ``stop``. While another process is the
        writer, ``wait`` is called again and again.
        """
        while not stop.is_set():
            try:
                async with self._session() as session:
                    if await self._win(session, stop, wait):
                        await self._work(session, stop, work)
            except ExceptionGroup as failures:
                _, rest = failures.split(_passes)
                if rest is not None:
                    raise rest from None
                self._note(failures.exceptions[0])
            except Exception as error:
                if not _passes(error):
                    raise
                self._note(error)
            finally:
                self._epoch.number = None
            self._health.tick()
            await _pause(stop, WAIT_SECONDS)

    def _note(self, error: Exception) -> None:
        self._health.set_ready(False, "database is away")
        _log.warning("writer interrupted", error=type(error).__name__)

    @contextlib.asynccontextmanager
    async def _session(self) -> AsyncIterator[AsyncConnection]:
        async with self._engine.connect() as pooled:
            session = await pooled.execution_options(isolation_level="AUTOCOMMIT")
            try:
                await end_when_silent(session, self._lease)
                yield session
            finally:
                # Ended rather than given back: the lock and the lease belong to the session.
                with contextlib.suppress(DBAPIError, OSError):
                    await session.invalidate()

    async def _win(
        self, session: AsyncConnection, stop: asyncio.Event, wait: Callable[[], None]
    ) -> bool:
        """Waits as standby until the lock is free; False when ``stop`` came first."""
        parameters = {"space": LOCK_SPACE, "lock": WRITER_LOCK}
        while not await session.scalar(_TRY, parameters):
            self._health.tick()
            self._health.set_ready(True)
            wait()
            await _pause(stop, WAIT_SECONDS)
            if stop.is_set():
                return False
        self._epoch.number = await session.scalar(_RAISE)
        _log.info("became the writer", epoch=self._epoch.number)
        return True

    async def _work(self, session: AsyncConnection, stop: asyncio.Event, work: Work) -> None:
        over = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            showing = group.create_task(self._show_life(session, stop, over))
            try:
                await work(over)
            finally:
                over.set()
                await showing

    async def _show_life(
        self, session: AsyncConnection, stop: asyncio.Event, over: asyncio.Event
    ) -> None:
        every = self._lease.total_seconds() / 3
        try:
            while not stop.is_set() and not over.is_set():
                await session.execute(_LIVE)
                self._health.tick()
                self._health.set_ready(True)
                await _first_of(stop, over, within=every)
        except Exception as error:
            if not is_transient(error):
                raise
            _log.warning("lost the writership", error=type(error).__name__)
        finally:
            self._epoch.number = None
            over.set()


def _passes(error: BaseException) -> bool:
    """Whether another try may go well: a database that is away, or another writer in the meantime."""
    return isinstance(error, Overtaken) or is_transient(error)


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)


async def _first_of(one: asyncio.Event, other: asyncio.Event, *, within: float) -> None:
    """Waits until either event is set or the time (seconds) has passed."""
    waits = [asyncio.ensure_future(event.wait()) for event in (one, other)]
    try:
        await asyncio.wait(waits, timeout=within, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for waiting in waits:
            waiting.cancel()
