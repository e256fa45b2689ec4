"""Hours in which a customer is left in peace."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

SUNDAY = 6


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Messages go out between ``opens`` and ``closes`` in ``zone``, not on ``closed_days`` (0 is Monday)."""

    opens: time = time(8)
    closes: time = time(20)
    zone: str = "Europe/Amsterdam"
    closed_days: frozenset[int] = frozenset({SUNDAY})

    def open_from(self, now: datetime) -> datetime:
        """``now`` when messages may go out, else the moment from which they may."""
        zone = ZoneInfo(self.zone)
        local = now.astimezone(zone)
        if local.weekday() not in self.closed_days and self.opens <= local.time() < self.closes:
            return now
        day = local.date() if local.time() < self.opens else local.date() + timedelta(days=1)
        while day.weekday() in self.closed_days:
            day += timedelta(days=1)
        return datetime.combine(day, self.opens, zone).astimezone(now.tzinfo)
