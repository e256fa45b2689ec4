"""Records that matching writes."""

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from kindred_common.contracts.moment import Moment
from kindred_common.contracts.record import Part, Record
from kindred_common.contracts.vocabulary import ReasonCode


class Contribution(Part):
    """One named part of a score; the contributions of a pair add up to its log-odds."""

    name: str = Field(max_length=100)
    amount: float


class Match(Part):
    """An event that the matcher chose for the customer.

    ``seats`` is 1, or 2 with a companion. ``score`` is the weight that allocation maximises. ``fixed`` pairs were
    approved or sent and are no longer the matcher's to change. ``propensity`` tells of a pair that was drawn by lot, so that the
    company learns: the chance at which it was to be drawn.
    """

    event_id: UUID
    seats: int = Field(ge=1, le=2)
    score: float
    fixed: bool = False
    reasons: tuple[Contribution, ...] = ()
    propensity: float | None = Field(default=None, ge=0, le=1)


class Candidate(Part):
    """An event that was ranked but not chosen, with what stood in the way: seats, cap or overlap."""

    event_id: UUID
    score: float
    not_chosen: ReasonCode


class Refusal(Part):
    """An event that the customer cannot be matched to, and every reason why."""

    event_id: UUID
    reasons: tuple[ReasonCode, ...] = Field(min_length=1)


class CustomerMatches(Record):
    """What the matcher proposes for one customer now: possibly nothing, then with the reasons.

    ``candidates`` come by falling score less what a seat costs now. ``refusals`` tells of the refused events with the fewest reasons; of a large programme ``more_refused`` others are not told.
    """

    record_type: ClassVar[str] = "kindred.customer-matches.v1"

    customer_id: UUID
    profile_version: int = Field(ge=0)
    matches: tuple[Match, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    more_refused: int = Field(default=0, ge=0)
    priced_at: Moment
