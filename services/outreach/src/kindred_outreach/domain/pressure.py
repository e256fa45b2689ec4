"""Contact pressure: how often a customer may be approached."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from kindred_outreach.domain.messages import RELATIONSHIP, SURVEY


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``most`` (1 or more) messages of a class in any stretch of ``window``; ``rule`` is its name."""

    rule: str
    message_class: str
    most: int
    window: timedelta


@dataclass(frozen=True, slots=True)
class ContactMoment:
    """A message of a class that went out, or is about to."""

    message_class: str
    at: datetime


WEEKLY = Limit("weekly_cap", RELATIONSHIP, 1, timedelta(days=7))
MONTHLY = Limit("monthly_cap", RELATIONSHIP, 3, timedelta(days=30))
SURVEYS = Limit("survey_cap", SURVEY, 1, timedelta(days=30))


def allowed_from(limit: Limit, moments: Sequence[ContactMoment], now: datetime) -> datetime | None:
    """When a further message keeps within the limit; None when it does now."""
    since = now - limit.window
    times = sorted(m.at for m in moments if m.message_class == limit.message_class and m.at > since)
    if len(times) < limit.most:
        return None
    return times[-limit.most] + limit.window
