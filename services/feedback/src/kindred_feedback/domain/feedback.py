"""What a guest says of a moment."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from kindred_feedback.domain.errors import WrongFeedback

RATINGS = range(1, 6)
EXPECTATIONS = ("less", "as_expected", "more")
LONGEST_TIPS = 2000
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Given:
    """A guest's words: ``rating`` 1 (poor) to 5 (excellent); ``tips`` are his own and stay in this service.

    Raises:
        WrongFeedback: a value lies outside what can be said.
    """

    rating: int
    all_as_wished: bool
    expectation: str
    fitted: bool | None = None
    tips: str | None = None

    def __post_init__(self) -> None:
        if self.rating not in RATINGS:
            raise WrongFeedback("rating", "must be 1 to 5")
        if self.expectation not in EXPECTATIONS:
            raise WrongFeedback("expectation", f"must be one of {', '.join(EXPECTATIONS)}")
        if self.tips is not None and len(self.tips) > LONGEST_TIPS:
            raise WrongFeedback("tips", f"must be at most {LONGEST_TIPS} characters")


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a guest said, and of what; a later one for the same invitation replaces it."""

    invitation_id: UUID
    customer_id: UUID
    event_id: UUID
    given: Given
    given_at: datetime
    first_given_at: datetime

    def anew(self, given: Given, now: datetime) -> "Feedback":
        """What the guest says instead. Who hears of both keeps the later, so it is later whatever the clocks say."""
        return replace(self, given=given, given_at=max(now, self.given_at + _TICK))
