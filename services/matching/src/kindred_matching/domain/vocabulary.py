"""The words in which matching decides; their values are those of the records."""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache


class Reason(StrEnum):
    """Why a customer is not matched to an event.

    The first fifteen refuse a pair. ``SEATS``, ``CAP``, ``OVERLAP``, ``ACCOUNT`` and ``BUDGET`` (and ``HOSPITALITY`` once more)
    stand in the way of a pair that is allowed.
    """

    INACTIVE = "inactive"
    OBJECTION = "objection"
    CONSENT = "consent"
    NORM = "norm"
    HOSPITALITY = "hospitality"
    OPEN_CASE = "open_case"
    BLOCKED_DAYS = "blocked_days"
    EXCLUDED_THEMES = "excluded_themes"
    LANGUAGE = "language"
    DISTANCE = "distance"
    PAST = "past"
    DECLINED = "declined"
    EXCLUDED = "excluded"
    HOLD_OUT = "hold_out"
    AGE = "age"
    SEATS = "seats"
    CAP = "cap"
    OVERLAP = "overlap"
    ACCOUNT = "account"
    BUDGET = "budget"


_R = Reason

REFUSING: tuple[Reason, ...] = (
    _R.INACTIVE, _R.OBJECTION, _R.CONSENT, _R.NORM, _R.HOSPITALITY, _R.OPEN_CASE, _R.BLOCKED_DAYS, _R.EXCLUDED_THEMES,
    _R.LANGUAGE, _R.DISTANCE, _R.PAST, _R.DECLINED, _R.EXCLUDED, _R.HOLD_OUT, _R.AGE,
)  # fmt: skip
"""The reasons that refuse a pair, in the order in which they are told."""

BIT: Mapping[Reason, int] = {reason: 1 << place for place, reason in enumerate(REFUSING)}
"""Each refusing reason's bit in the masks of the board."""

SOCIAL_KINDS = frozenset({"sport", "culture", "dinner", "outing"})
"""Kinds of event whose main content is not professional."""

ONLINE = "online"
"""The kind of event that needs no travel."""

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
"""The days of the week, in the order in which facts count them."""

COMPANY = frozenset({"colleague", "partner", "own_invitee"})
"""Wishes to come with somebody."""


@cache
def reasons_in(mask: int) -> tuple[Reason, ...]:
    """The reasons whose bits are set."""
    return tuple(reason for reason in REFUSING if mask & BIT[reason])
