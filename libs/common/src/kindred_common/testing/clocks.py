"""A clock that tests move."""

from datetime import UTC, datetime, timedelta


class FakeClock:
    """Stands still until it is told to advance."""

    def __init__(self, start: datetime = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)) -> None:
        self._now = start

    def now(self) -> datetime:
        return self._now

    def advance(self, by: timedelta) -> None:
        self._now += by


class OffsetClock:
    """Runs like the machine's clock, ahead of it by as much as it was told to leap."""

    def __init__(self) -> None:
        self._offset = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self._offset  # noqa: TID251 - wraps the real clock

    def leap(self, by: timedelta) -> None:
        self._offset += by

    def reset(self) -> None:
        """Back to the machine's time."""
        self._offset = timedelta(0)
