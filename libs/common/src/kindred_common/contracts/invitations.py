"""Records that invitations writes."""

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from kindred_common.contracts.moment import Moment
from kindred_common.contracts.profile import Place
from kindred_common.contracts.record import Fraction, MinimumAge, Part, Record, Theme
from kindred_common.contracts.vocabulary import (
    DeclineReason,
    EventKind,
    FactSource,
    InvitationStep,
    Language,
    Manner,
)


class EventTheme(Part):
    """How much of the event is about a theme, 0..1."""

    theme: Theme
    weight: Fraction


class EventListed(Record):
    """The event as it stands in the catalogue.

    ``hospitality_value`` is euro per head, all included. ``seats`` is what there is; ``seats_to_allocate`` what is not
    yet given to approved guests. ``zone`` is an IANA time zone. Nobody younger than ``minimum_age`` may come. A cancelled event stays listed with ``open`` false.
    """

    record_type: ClassVar[str] = "kindred.event-listed.v1"

    event_id: UUID
    version: int = Field(ge=1)
    open: bool
    kind: EventKind
    title: str = Field(max_length=200)
    themes: tuple[EventTheme, ...] = ()
    starts_at: Moment
    ends_at: Moment
    zone: str = "Europe/Amsterdam"
    place_name: str | None = Field(default=None, max_length=200)
    place: Place | None = None
    languages: tuple[Language, ...] = (Language.DUTCH, Language.ENGLISH)
    seats: int = Field(ge=0)
    seats_to_allocate: int = Field(ge=0)
    companion_allowed: bool = False
    hospitality_value: float = Field(default=0, ge=0)
    minimum_age: MinimumAge = 0


class InvitationChanged(Record):
    """An invitation took a step.

    Facts about the event travel along, so that a reader needs no catalogue. ``seats`` counts the customer and his
    companion. ``source`` says who reported the step.
    """

    record_type: ClassVar[str] = "kindred.invitation-changed.v1"

    invitation_id: UUID
    customer_id: UUID
    event_id: UUID
    step: InvitationStep
    at: Moment
    seats: int = Field(default=1, ge=1, le=2)
    event_kind: EventKind
    event_starts_at: Moment
    event_ends_at: Moment
    themes: tuple[EventTheme, ...] = ()
    hospitality_value: float = Field(default=0, ge=0)
    manner: Manner = Manner.EMAIL
    decline_reason: DeclineReason | None = None
    source: FactSource = FactSource.SELF
