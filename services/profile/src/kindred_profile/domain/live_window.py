"""A mean over a moving window, kept in minutes: what a live signal shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class WindowMean:
    """The mean of ``count`` observations between ``start`` and ``end``; 0 where there are none."""

    value: float
    count: int
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class LiveWindow:
    """Counts and sums of observations by minute (Unix time / 60), for as long as ``length``."""

    length: timedelta
    minutes: Mapping[int, tuple[int, float]]

    def observe(self, value: float, at: datetime, now: datetime) -> "LiveWindow":
        """The window with one more observation; one that is older than the window changes nothing."""
        minute = _minute(at)
        count, total = self.minutes.get(minute, (0, 0.0))
        kept = {**self.minutes, minute: (count + 1, total + value)}
        return LiveWindow(self.length, kept).until(now)

    def until(self, now: datetime) -> "LiveWindow":
        """The window as of ``now``: minutes that have left it are dropped."""
        oldest = _minute(now - self.length)
        return LiveWindow(self.length, {m: v for m, v in self.minutes.items() if m > oldest})

    def mean(self, now: datetime) -> WindowMean:
        """What the signal shows at ``now``."""
        current = self.until(now).minutes.values()
        count = sum(number for number, _ in current)
        total = sum(amount for _, amount in current)
        return WindowMean(total / count if count else 0.0, count, now - self.length, now)


def _minute(at: datetime) -> int:
    return int(at.astimezone(UTC).timestamp() // MINUTE.total_seconds())
