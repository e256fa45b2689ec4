"""Records that feedback writes."""

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from kindred_common.contracts.invitations import EventTheme
from kindred_common.contracts.moment import Moment
from kindred_common.contracts.record import Record
from kindred_common.contracts.vocabulary import EventKind, Expectation


class FeedbackGiven(Record):
    """How a guest experienced the moment; a later record for the same invitation replaces the earlier.

    ``rating`` is 1 (poor) to 5 (excellent); ``fitted`` tells whether the moment suited the guest, the label that
    matching learns from.
    """

    record_type: ClassVar[str] = "kindred.feedback-given.v1"

    customer_id: UUID
    event_id: UUID
    invitation_id: UUID
    event_kind: EventKind
    themes: tuple[EventTheme, ...] = ()
    rating: int = Field(ge=1, le=5)
    all_as_wished: bool
    expectation: Expectation
    fitted: bool | None = None
    given_at: Moment
