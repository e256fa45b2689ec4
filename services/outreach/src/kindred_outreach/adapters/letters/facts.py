"""When and where: what an event's message shows apart from its text."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kindred_common.i18n.translator import AMSTERDAM
from kindred_outreach.adapters.letters.speech import Speech
from kindred_outreach.domain.letters import Incomplete
from kindred_outreach.domain.messages import Message

TO = "\N{EN DASH}"


def event_data(message: Message) -> dict[str, str]:
    """What the request says, with what its calendar entry says filled in."""
    appointment = message.calendar
    if appointment is None:
        return dict(message.data)
    known = {
        "title": appointment.title,
        "starts_at": appointment.starts_at.isoformat(),
        "ends_at": appointment.ends_at.isoformat(),
        "zone": appointment.zone,
    }
    place = {"place_name": appointment.place_name} if appointment.place_name else {}
    return known | place | dict(message.data)


def zone_of(message: Message, data: Mapping[str, str]) -> str:
    """The event's time zone.

    Raises:
        Incomplete: there is no such zone.
    """
    if message.calendar is not None:
        _check_zone(message.calendar.zone)
    name = data.get("zone") or AMSTERDAM
    _check_zone(name)
    return name


def _check_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Incomplete("zone") from None


def moment(data: Mapping[str, str], name: str) -> datetime | None:
    """A moment in the data; None when it is not there.

    Raises:
        Incomplete: it is there but is no ISO 8601 time with a zone.
    """
    text = data.get(name)
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Incomplete(name) from None
    if found.tzinfo is None:
        raise Incomplete(name)
    return found


def when(speech: Speech, starts: datetime, ends: datetime | None) -> str:
    """Thursday 3 December 2026, 19:30 to 22:00; the end has its date when it is another day."""
    tell = speech.translator
    begin = f"{tell.format_date(starts)}, {tell.format_time(starts)}"
    if ends is None or ends <= starts:
        return begin
    if _same_evening(speech, starts, ends):
        return f"{begin}{TO}{tell.format_time(ends)}"
    return f"{begin} {TO} {tell.format_date(ends)}, {tell.format_time(ends)}"


def _same_evening(speech: Speech, starts: datetime, ends: datetime) -> bool:
    """Until five in the morning it is still the same evening."""
    zone = speech.translator.zone
    last = (ends - timedelta(hours=5)).astimezone(zone).date()
    return last <= starts.astimezone(zone).date()
