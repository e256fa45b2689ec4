"""Sessions that hold a lock only as long as their process shows life."""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta
from typing import TypeVar

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

# A session between the preparation of a statement and its execution counts as busy, not as idle: without the second limit, a
# process that freezes there would keep its lock for ever. A server before version 17 has the first limit only.
_LEASE = text(
    "SELECT set_config(name, :milliseconds, false) FROM pg_settings"
    " WHERE name IN ('idle_session_timeout', 'transaction_timeout')"
)

_LIVE = text("SELECT 1")

T = TypeVar("T")


async def showing_life(connection: AsyncConnection, patience: timedelta, work: Awaitable[T]) -> T:
    """The result of work that does not use the connection, and may take longer than the server's ``patience`` with it."""
    working = asyncio.ensure_future(work)
    try:
        while not (await asyncio.wait([working], timeout=patience.total_seconds() / 3))[0]:
            await connection.execute(_LIVE)
    finally:
        working.cancel()
    return working.result()


async def end_when_silent(connection: AsyncConnection, lease: timedelta) -> None:
    """Lets the server end this session, and with it its locks, when nothing is heard of it for a whole ``lease``.

    For sessions without transactions (autocommit); a statement that takes longer than the lease ends the session too.
    """
    await connection.execute(_LEASE, {"milliseconds": str(int(lease.total_seconds() * 1000))})
