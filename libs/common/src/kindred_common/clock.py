"""Where the time and new identifiers come from: parameters everywhere, so tests can move and fix them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol
from uuid import UUID

import uuid_utils.compat

Ids = Callable[[], UUID]
"""Gives a new identifier at each call; in production UUIDv7, which sorts by time."""

new_id: Ids = uuid_utils.compat.uuid7


class Clock(Protocol):
    """Tells the present moment as an aware UTC datetime."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock, moved by a fixed offset where a test or rehearsal asks for it."""

    def __init__(self, offset: timedelta = timedelta(0)) -> None:
        self._offset = offset

    def now(self) -> datetime:
        return datetime.now(UTC) + self._offset  # noqa: TID251 - the one place that reads the clock
