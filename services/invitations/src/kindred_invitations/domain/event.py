"""An event in the catalogue: what it is, when and where, and how many of its seats are given."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from kindred_invitations.domain.errors import EventClosed, TooEarly, WrongEvent

CHECK_IN_OPENS = timedelta(hours=24)
"""How long before the start attendance can be reported: badges are handed out the evening before."""


class CancelledBy(StrEnum):
    """Who called an event off."""

    PEOPLE = "people"
    OTHER_SYSTEM = "other_system"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventDetails:
    """What its planners decide about an event.

    ``themes`` are names with weights 0..1; ``place`` is latitude and longitude in WGS 84 degrees; ``zone`` an IANA name;
    ``hospitality_value`` euro per head, all included; ``minimum_age`` 0 is none.
    """

    kind: str
    title: str
    themes: tuple[tuple[str, float], ...] = ()
    starts_at: datetime
    ends_at: datetime
    zone: str
    place_name: str | None = None
    place: tuple[float, float] | None = None
    languages: tuple[str, ...] = ()
    seats: int
    companion_allowed: bool = False
    hospitality_value: float = 0.0
    minimum_age: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An event as it stands.

    ``version`` rises with every change, given seats included; ``edition`` only when its planners change something.
    ``held`` seats are given to guests. ``source`` and ``external_id`` name it in the system that plans it, if another does.
    """

    id: UUID
    details: EventDetails
    version: int = 1
    edition: int = 1
    open: bool = True
    cancelled_by: CancelledBy | None = None
    held: int = 0
    source: str | None = None
    external_id: str | None = None

    @property
    def seats_to_allocate(self) -> int:
        """The seats that are free to be given."""
        return max(0, self.details.seats - self.held)

    def takes_guests(self, now: datetime) -> bool:
        """Whether invitations can be given, accepted and declined."""
        return self.open and now < self.details.starts_at


def check_details(details: EventDetails) -> None:
    """Refuses a description that cannot be.

    Raises:
        WrongEvent: with the field and the reason.
    """
    if details.ends_at <= details.starts_at:
        raise WrongEvent("ends_at", "is not after starts_at")
    if not _is_zone(details.zone):
        raise WrongEvent("zone", "is not an IANA time zone")
    if len({name for name, _ in details.themes}) < len(details.themes):
        raise WrongEvent("themes", "names a theme twice")


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def require_open(event: Event, now: datetime) -> None:
    """Refuses what can only be done before the event begins.

    Raises:
        EventClosed: it is cancelled or has begun.
    """
    if not event.takes_guests(now):
        raise EventClosed


def require_check_in(event: Event, now: datetime) -> None:
    """Refuses reports of attendance before anybody can have come.

    Raises:
        EventClosed: it is cancelled.
        TooEarly: it is more than a day ahead.
    """
    if not event.open:
        raise EventClosed
    if now < event.details.starts_at - CHECK_IN_OPENS:
        raise TooEarly


def calendar_differs(before: EventDetails, after: EventDetails) -> bool:
    """Whether what stands in a guest's calendar is no longer right."""
    return any(
        getattr(before, name) != getattr(after, name)
        for name in ("title", "starts_at", "ends_at", "zone", "place_name")
    )
