"""The changes that a what-if question may suppose."""

from abc import ABC, abstractmethod
from typing import Annotated, Any, Literal
from uuid import UUID
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    model_validator,
)
from pydantic_core import PydanticCustomError

from kindred_common.clock import Ids
from kindred_common.contracts.invitations import EventListed, EventTheme
from kindred_common.contracts.moment import Moment
from kindred_common.contracts.profile import Place
from kindred_common.contracts.vocabulary import EventKind, Language
from kindred_common.i18n.translator import AMSTERDAM
from kindred_matching.application.records import event_of, weekdays
from kindred_matching.domain.supposing import (
    Cancelled,
    Limited,
    Moved,
    Organised,
    Seats,
    Supposition,
    Wished,
)
from kindred_matching.domain.wishes import WishKind

CUSTOMER = "0197a2f4-5c00-7d10-8a3e-1f2b3c4d5e6f"
EVENT = "0197a2f4-6d11-7e21-9b4f-2a3c4d5e6f70"
_EVENING = {"starts_at": "2026-06-11T16:00:00Z", "ends_at": "2026-06-11T19:00:00Z"}


def _known_zone(zone: str) -> str:
    if zone not in available_timezones():
        raise PydanticCustomError("unknown_zone", "Input should be an IANA time zone")
    return zone


Zone = Annotated[str, AfterValidator(_known_zone), Field(max_length=60)]


def _shown(**example: Any) -> ConfigDict:
    return ConfigDict(extra="forbid", json_schema_extra={"examples": [example]})


class SeatsChange(BaseModel):
    """The event has so many seats, those that were given included."""

    model_config = _shown(change="seats", event_id=EVENT, seats=40)

    change: Literal["seats"]
    event_id: UUID
    seats: StrictInt = Field(ge=0, le=100_000)

    def supposed(self, ids: Ids) -> Supposition:  # noqa: ARG002 - it is no new thing
        return Seats(self.event_id, self.seats)


class _Timed(BaseModel):
    starts_at: Moment
    ends_at: Moment
    zone: Zone = Field(default=AMSTERDAM, description="Tells which days of the week it touches.")

    @model_validator(mode="after")
    def _ends_later(self) -> "_Timed":
        if self.ends_at <= self.starts_at:
            raise PydanticCustomError("no_length", "Input should end after it begins")
        return self


class MoveChange(_Timed):
    """The event takes place at another time."""

    model_config = _shown(change="move", event_id=EVENT, **_EVENING)

    change: Literal["move"]
    event_id: UUID

    def supposed(self, ids: Ids) -> Supposition:  # noqa: ARG002 - it is no new thing
        days = weekdays(self.starts_at, self.ends_at, self.zone)
        return Moved(self.event_id, self.starts_at, self.ends_at, days)


class CancelChange(BaseModel):
    """The event does not take place."""

    model_config = _shown(change="cancel", event_id=EVENT)

    change: Literal["cancel"]
    event_id: UUID

    def supposed(self, ids: Ids) -> Supposition:  # noqa: ARG002 - it is no new thing
        return Cancelled(self.event_id)


class PairChange(BaseModel):
    """The pair is proposed as far as rules, agenda and seats allow, or never."""

    model_config = _shown(change="pin", customer_id=CUSTOMER, event_id=EVENT)

    change: Literal["pin", "forbid"]
    customer_id: UUID
    event_id: UUID

    def supposed(self, ids: Ids) -> Supposition:  # noqa: ARG002 - it is no new thing
        return Wished(self.event_id, self.customer_id, WishKind(self.change))


class EventChange(_Timed):
    """Another event is on offer; without a place nobody finds it too far."""

    model_config = _shown(
        change="event",
        kind="culture",
        themes=[{"theme": "opera", "weight": 1.0}],
        place={"latitude": 52.09, "longitude": 5.12},
        seats=20,
        companion_allowed=True,
        cost=75.0,
        **_EVENING,
    )

    change: Literal["event"]
    kind: EventKind
    themes: tuple[EventTheme, ...] = Field(default=(), max_length=20)
    place: Place | None = None
    seats: StrictInt = Field(ge=0, le=100_000)
    companion_allowed: StrictBool = False
    cost: StrictFloat = Field(default=0, ge=0, le=1e6, description="Euro per head.")
    minimum_age: StrictInt = Field(default=0, ge=0, le=100, description="0 is none.")
    languages: tuple[Language, ...] = (Language.DUTCH, Language.ENGLISH)

    def supposed(self, ids: Ids) -> Supposition:
        listed = EventListed(
            event_id=ids(),
            version=1,
            open=True,
            kind=self.kind,
            title="",
            themes=self.themes,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            zone=self.zone,
            place=self.place,
            languages=self.languages,
            seats=self.seats,
            seats_to_allocate=self.seats,
            companion_allowed=self.companion_allowed,
            hospitality_value=self.cost,
            minimum_age=self.minimum_age,
        )
        return Organised(event_of(listed))


class _Limit(BaseModel, ABC):
    """Another limit for everybody."""

    def supposed(self, ids: Ids) -> Supposition:  # noqa: ARG002 - it is no new thing
        return self.limits()

    @abstractmethod
    def limits(self) -> Limited:
        """The limit as the engine knows it, in cents where it is money."""


class CapChange(_Limit):
    """Every customer may have so many open invitations."""

    model_config = _shown(change="cap", invitations=2)

    change: Literal["cap"]
    invitations: StrictInt = Field(ge=1, le=100)

    def limits(self) -> Limited:
        return Limited(cap=self.invitations)


class HospitalityChange(_Limit):
    """Every customer may have hospitality of so many euro in a calendar year."""

    model_config = _shown(change="hospitality", euro_per_year=250.0)

    change: Literal["hospitality"]
    euro_per_year: StrictFloat = Field(ge=0, le=1e6)

    def limits(self) -> Limited:
        return Limited(hospitality_per_year=round(self.euro_per_year * 100))


class BudgetChange(_Limit):
    """The hospitality of all events on offer may cost so many euro together, what was given included."""

    model_config = _shown(change="budget", euro=25_000.0)

    change: Literal["budget"]
    euro: StrictFloat = Field(ge=0, le=1e9)

    def limits(self) -> Limited:
        return Limited(budget=round(self.euro * 100))


class AccountGuestsChange(_Limit):
    """So many guests of one account may come to an event, those who were given seats included."""

    model_config = _shown(change="account_guests", guests=2)

    change: Literal["account_guests"]
    guests: StrictInt = Field(ge=1, le=100_000)

    def limits(self) -> Limited:
        return Limited(per_account=self.guests)


class AccountHospitalityChange(_Limit):
    """All customers of an account may have hospitality of so many euro together in a calendar year."""

    model_config = _shown(change="account_hospitality", euro_per_year=2_000.0)

    change: Literal["account_hospitality"]
    euro_per_year: StrictFloat = Field(ge=0, le=1e9)

    def limits(self) -> Limited:
        return Limited(account_hospitality_per_year=round(self.euro_per_year * 100))


Change = Annotated[
    SeatsChange
    | MoveChange
    | CancelChange
    | PairChange
    | EventChange
    | CapChange
    | HospitalityChange
    | BudgetChange
    | AccountGuestsChange
    | AccountHospitalityChange,
    Field(discriminator="change"),
]
