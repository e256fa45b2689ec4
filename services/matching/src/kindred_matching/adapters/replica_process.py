"""The replica in a process of its own, so that a question takes no time from those who answer requests or write."""

import asyncio
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import timedelta
from multiprocessing import get_context, parent_process
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncEngine

from kindred_common.db.engine import create_engine
from kindred_common.db.settings import DatabaseSettings
from kindred_matching.adapters.postgres_journal import PostgresJournal
from kindred_matching.application.replica import Question, Replica

Answer = TypeVar("Answer")

APPLICATION = "kindred-matching-replica"

_replicas: dict[str, Replica] = {}
"""The replica of each database that this process has been asked about."""


def one_process() -> Executor:
    """A process that starts from nothing: what the asking process has open stays its own."""
    return ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_live_with_parent)


def _live_with_parent() -> None:
    """Ends this process with the one that asks it, however that ends, and not before."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(0)


class ReplicaProcess:
    """Asks the replica of one database; the process begins with the first question and again after it died."""

    def __init__(
        self, database: DatabaseSettings, create_executor: Callable[[], Executor] = one_process
    ) -> None:
        self._database = database
        self._create_executor = create_executor
        self._executor: Executor | None = None

    async def ask(self, question: Question[Answer]) -> Answer:
        """The answer at the journal's present end."""
        try:
            return await self._ask(question)
        except BrokenProcessPool:
            self.close()
            return await self._ask(question)

    def close(self) -> None:
        """Ends the process."""
        executor, self._executor = self._executor, None
        if executor is not None:
            executor.shutdown(wait=False, cancel_futures=True)

    async def _ask(self, question: Question[Answer]) -> Answer:
        if self._executor is None:
            self._executor = self._create_executor()
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, _answer, self._database, question)


def _answer(database: DatabaseSettings, question: Question[Answer]) -> Answer:
    return asyncio.run(_answer_from(database, question))


async def _answer_from(database: DatabaseSettings, question: Question[Answer]) -> Answer:
    key = database.model_dump_json()
    replica = _replicas.setdefault(key, Replica())
    try:
        engine = create_engine(database, application=APPLICATION)
        try:
            await _catch_up(replica, engine)
        finally:
            await engine.dispose()
        return replica.answer(question)
    except BaseException:
        # It may have stopped between two inputs.
        _replicas.pop(key, None)
        raise


async def _catch_up(replica: Replica, engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        await replica.catch_up(PostgresJournal(connection, None, timedelta(0)))
