"""What a look over several facts can find; the Postgres sweep and the stream find the same."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

RECENT = timedelta(days=35)
"""How far back a look goes; what happened earlier was found by an earlier look."""


@dataclass(frozen=True, slots=True)
class Found:
    """A reason to match a customer again that no single record shows.

    ``window`` names the stretch of facts it was found in, by the facts alone, so that whoever finds it, and however
    often, names it the same. ``record_id`` and ``correlation_id`` lead to the fact that made it true.
    """

    customer_id: UUID
    reason: str
    window: str
    record_id: str
    correlation_id: str

    @property
    def request(self) -> str:
        """The name under which this is asked for once."""
        return f"{self.customer_id}/{self.reason}/{self.window}"


def week_of(moment: datetime) -> str:
    """The calendar week (UTC), by the date of its Monday."""
    day = moment.astimezone(UTC).date()
    return (day - timedelta(days=day.weekday())).isoformat()


def is_recent(moment: datetime, now: datetime) -> bool:
    """Whether a look at ``now`` still considers it."""
    return now - moment <= RECENT
