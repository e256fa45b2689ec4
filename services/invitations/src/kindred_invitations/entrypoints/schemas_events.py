"""Events as the API speaks of them."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StringConstraints,
)
from pydantic.config import JsonDict

from kindred_common.contracts.invitations import EventTheme
from kindred_common.contracts.moment import Moment
from kindred_common.contracts.profile import Place
from kindred_common.contracts.vocabulary import EventKind, Language
from kindred_invitations.domain.event import Event, EventDetails

EXAMPLE: JsonDict = {
    "kind": "sport",
    "title": "Ajax - PSV from the business lounge",
    "themes": [{"theme": "football", "weight": 1.0}],
    "starts_at": "2026-10-03T18:45:00Z",
    "ends_at": "2026-10-03T21:30:00Z",
    "zone": "Europe/Amsterdam",
    "place_name": "Johan Cruijff ArenA, Amsterdam",
    "place": {"latitude": 52.3143, "longitude": 4.9419},
    "languages": ["nl", "en"],
    "seats": 24,
    "companion_allowed": True,
    "hospitality_value": 145.0,
    "minimum_age": 18,
}

Text200 = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]


class EventIn(BaseModel):
    """An event as its planners describe it."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    kind: EventKind
    title: Text200
    themes: tuple[EventTheme, ...] = Field(default=(), max_length=50, fail_fast=True)
    starts_at: Moment
    ends_at: Moment
    zone: str = Field(default="Europe/Amsterdam", max_length=60, description="IANA time zone.")
    place_name: Text200 | None = None
    place: Place | None = None
    languages: tuple[Language, ...] = Field(
        default=(Language.DUTCH, Language.ENGLISH), min_length=1, max_length=10, fail_fast=True
    )
    seats: StrictInt = Field(ge=0, le=1_000_000)
    companion_allowed: StrictBool = Field(
        default=False, description="Whether a guest may bring someone, who takes a second seat."
    )
    hospitality_value: StrictFloat = Field(
        default=0,
        ge=0,
        le=1_000_000,
        allow_inf_nan=False,
        description="Euro per head, all included.",
    )
    minimum_age: StrictInt = Field(
        default=0, ge=0, le=100, description="Nobody younger is proposed; 0 is none."
    )


STANDING: JsonDict = EXAMPLE | {
    "id": "0198a6c2-7d10-7c55-9a3e-2f4f1f0e8a21",
    "version": 7,
    "edition": 2,
    "open": True,
    "seats_to_allocate": 9,
    "source": None,
    "external_id": None,
}


class EventOut(EventIn):
    """An event as it stands in the catalogue."""

    model_config = ConfigDict(extra="ignore", json_schema_extra={"examples": [STANDING]})

    id: UUID
    version: int = Field(description="Rises with every change, given seats included.")
    edition: int = Field(description="Rises when its planners change it; the ETag.")
    open: bool
    seats_to_allocate: int = Field(description="Seats not given to guests yet.")
    source: str | None = Field(description="The system that plans it, when not this one.")
    external_id: str | None

    @classmethod
    def of(cls, event: Event) -> Self:
        details = event.details
        return cls(
            **{
                name: getattr(details, name)
                for name in EventDetails.__dataclass_fields__
                if name not in ("themes", "place")
            },
            themes=tuple(EventTheme(theme=name, weight=share) for name, share in details.themes),
            place=None
            if details.place is None
            else Place(latitude=details.place[0], longitude=details.place[1]),
            id=event.id,
            version=event.version,
            edition=event.edition,
            open=event.open,
            seats_to_allocate=event.seats_to_allocate,
            source=event.source,
            external_id=event.external_id,
        )


class EventName(BaseModel):
    """An event as it is mentioned."""

    event_id: UUID
    title: str
    kind: str
    starts_at: datetime
    zone: str
