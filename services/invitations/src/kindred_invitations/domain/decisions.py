"""The decisions that wait for an account manager, and what each is worth.

Values are in the unit of the matcher's weights: the value of the account (1 is ordinary) times how much is at stake, so that
a draft and a worried customer can be set beside each other.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid5

_DECISIONS = UUID("5f0c8e53-2a54-5d6c-9b39-5a1c6f0f3c10")
_DAY = timedelta(days=1)


class DecisionKind(StrEnum):
    """What is to be decided or done."""

    APPROVE_DRAFT = "approve_draft"
    CALL = "call"
    NOT_SENT = "not_sent"
    NO_SHOW = "no_show"
    LOW_FEEDBACK = "low_feedback"
    DETRACTOR = "detractor"


STAKES = {
    DecisionKind.CALL: 0.6,
    DecisionKind.NOT_SENT: 0.7,
    DecisionKind.NO_SHOW: 0.4,
    DecisionKind.LOW_FEEDBACK: 0.8,
    DecisionKind.DETRACTOR: 1.0,
}
"""How much of an account's worth hangs on each; a draft brings its own score instead."""

PRESSING = timedelta(days=28)
"""From this long before an event its decisions become more pressing, up to twice as much at the start."""

HALF_AS_FRESH = timedelta(days=14)
"""After this long a follow-up is worth half of what it was on the day itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """Something that may ask for a decision, as the read model finds it.

    ``subject_id`` is the invitation, or the customer for what concerns no event. ``since`` is when it came up. ``score`` is
    the draft's weight; ``rating`` what the customer gave (1..5, or 0..10 for a detractor); ``detail`` a code.
    """

    kind: DecisionKind
    customer_id: UUID
    subject_id: UUID
    since: datetime
    account_value: float = 1.0
    score: float | None = None
    rating: int | None = None
    detail: str | None = None
    event_id: UUID | None = None
    event_title: str | None = None
    event_starts_at: datetime | None = None
    event_zone: str | None = None
    seats_left: int | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """A matter with its value; ``id`` stays the same as long as the matter is the same."""

    id: UUID
    value: float
    matter: Matter = field(compare=False)


def decide_value(matter: Matter, now: datetime) -> float:
    """What deciding the matter now is worth."""
    if matter.kind is DecisionKind.APPROVE_DRAFT:
        return (matter.score or 0.0) * _pressure(matter, now)
    stake = matter.account_value * STAKES[matter.kind] * _severity(matter)
    if matter.kind in (DecisionKind.CALL, DecisionKind.NOT_SENT):
        return stake * _pressure(matter, now)
    age = max(timedelta(0), now - matter.since)
    return stake / (1 + age / HALF_AS_FRESH)


def _pressure(matter: Matter, now: datetime) -> float:
    if matter.event_starts_at is None:
        return 1.0
    ahead = max(timedelta(0), matter.event_starts_at - now)
    return 1 + max(0.0, 1 - ahead / PRESSING)


def _severity(matter: Matter) -> float:
    """The unhappier, the more: a 0 from a detractor counts twice as much as a 6."""
    if matter.rating is None:
        return 1.0
    if matter.kind is DecisionKind.DETRACTOR:
        return 1 + (6 - min(matter.rating, 6)) / 6
    return 1 + (3 - min(matter.rating, 3)) / 2


def most_valuable(matters: Iterable[Matter], now: datetime, most: int) -> list[Decision]:
    """The ``most`` valuable decisions, most valuable first; equals in the order of their ids."""
    decisions = [
        Decision(identify(matter), round(decide_value(matter, now), 6), matter)
        for matter in matters
    ]
    return sorted(decisions, key=lambda decision: (-decision.value, decision.id))[:most]


def identify(matter: Matter) -> UUID:
    """The same for the same matter: a new rating or a new draft is a new matter."""
    return uuid5(_DECISIONS, f"{matter.kind}:{matter.subject_id}:{matter.since.isoformat()}")
