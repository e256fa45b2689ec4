"""What matching knows about customers and events: plain facts, as the records told them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Place:
    """A point on earth in WGS 84 degrees."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Interest:
    """How much a theme moves the customer: ``value`` and ``confidence`` 0..1 as of ``observed_at``."""

    theme: str
    value: float
    confidence: float
    observed_at: datetime


@dataclass(frozen=True, slots=True)
class Norm:
    """What the customer may accept: at most ``max_value`` cents per invitation, and whether only business content."""

    max_value: int | None
    business_only: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """The pseudonymous profile, as far as matching reads it. Weekdays count from 0, Monday."""

    id: UUID
    version: int
    active: bool = True
    may_be_invited: bool = True
    objected: bool = False
    open_case: bool = False
    account_id: UUID | None = None
    account_manager_id: str | None = None
    team: str | None = None
    account_value: float = 1.0
    public_sector: bool = False
    language: str = "nl"
    home: Place | None = None
    max_distance_km: float | None = None
    blocked_weekdays: tuple[int, ...] = ()
    interests: tuple[Interest, ...] = ()
    excluded_themes: tuple[str, ...] = ()
    kinds: tuple[tuple[str, float], ...] = ()
    companion_wish: str | None = None
    manner: str | None = None
    norm: Norm | None = None
    nps: int | None = None
    last_attended_at: datetime | None = None
    birth_year: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An event as it stands; ``cost`` is cents per head, ``weekdays`` the local days it touches (0 Monday)."""

    id: UUID
    open: bool = True
    kind: str
    themes: tuple[tuple[str, float], ...] = ()
    starts_at: datetime
    ends_at: datetime
    weekdays: tuple[int, ...] = ()
    place: Place | None = None
    languages: tuple[str, ...] = ("nl", "en")
    seats: int
    companion_allowed: bool = False
    cost: int = 0
    minimum_age: int = 0
