"""A time zone as calendars exchange it (RFC 5545 VTIMEZONE), for the years around an appointment.

icalendar can write them too, but puts the start of summer time an hour late: the local time of a change is to be told in
the offset before it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

_NONE = timedelta(0)


@dataclass(frozen=True, slots=True)
class _Change:
    """The moment from which another offset counts."""

    at: datetime
    before: timedelta
    after: timedelta
    name: str
    summer: bool

    @property
    def local(self) -> datetime:
        return (self.at + self.before).replace(tzinfo=None)


def timezone_of(zone: ZoneInfo, first_year: int, last_year: int) -> Timezone:
    """The zone's rules from the start of the first year to the end of the last."""
    timezone = Timezone()
    timezone.add("tzid", zone.key)
    start = datetime(first_year, 1, 1, tzinfo=UTC)
    for change in [_at(zone, start, start), *_changes(zone, start, last_year)]:
        timezone.add_component(_observance(change))
    return timezone


def _changes(zone: ZoneInfo, start: datetime, last_year: int) -> Iterator[_Change]:
    moment = start
    while moment.year <= last_year:
        following = moment + timedelta(days=1)
        if _offset(zone, moment) != _offset(zone, following):
            yield _at(zone, moment, _first_after(zone, moment, following))
        moment = following


def _first_after(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The first second of the new offset between two moments."""
    while after - before > timedelta(seconds=1):
        middle = (before + (after - before) / 2).replace(microsecond=0)
        if _offset(zone, middle) == _offset(zone, before):
            before = middle
        else:
            after = middle
    return after


def _at(zone: ZoneInfo, before: datetime, moment: datetime) -> _Change:
    local = moment.astimezone(zone)
    summer = (local.dst() or _NONE) > _NONE
    return _Change(
        moment, _offset(zone, before), _offset(zone, moment), local.tzname() or "", summer
    )


def _offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or _NONE


def _observance(change: _Change) -> TimezoneDaylight | TimezoneStandard:
    observance = TimezoneDaylight() if change.summer else TimezoneStandard()
    observance.add("dtstart", change.local)
    observance.add("tzoffsetfrom", change.before)
    observance.add("tzoffsetto", change.after)
    observance.add("tzname", change.name)
    return observance
