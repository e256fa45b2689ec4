"""Calendar messages by which mail programs enter, change and remove an appointment (RFC 5545, 5546, 6047)."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress

from kindred_outreach.adapters.timezones import timezone_of
from kindred_outreach.domain.letters import Mail
from kindred_outreach.domain.messages import Appointment

PRODUCT = "-//Kindred//Outreach//EN"


def method_of(appointment: Appointment) -> str:
    """REQUEST enters or changes the appointment, CANCEL removes it."""
    return "CANCEL" if appointment.cancelled else "REQUEST"


def calendar_message(mail: Mail, appointment: Appointment, organizer: str, now: datetime) -> bytes:
    """The calendar object for one guest, who is the only one it names.

    The organizer is the sender of the mail: programs ignore changes that come from anybody else.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method_of(appointment))
    year = appointment.starts_at.year
    calendar.add_component(timezone_of(ZoneInfo(appointment.zone), year - 1, year + 1))
    calendar.add_component(_event(mail, appointment, organizer, now))
    content: bytes = calendar.to_ical()
    return content


def _event(mail: Mail, appointment: Appointment, organizer: str, now: datetime) -> Event:
    starts, ends = _times(appointment)
    event = Event()
    event.add("uid", appointment.uid)
    event.add("sequence", appointment.sequence)
    event.add("dtstamp", now.replace(microsecond=0))
    event.add("dtstart", starts)
    event.add("dtend", ends)
    event.add("summary", appointment.title)
    if appointment.place_name:
        event.add("location", appointment.place_name)
    event.add("status", "CANCELLED" if appointment.cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if appointment.cancelled else "OPAQUE")
    event.add("organizer", _person(mail.sender_name, organizer))
    event.add("attendee", _guest(mail), encode=False)
    return event


def _times(appointment: Appointment) -> tuple[datetime, datetime]:
    """Start and end in the event's zone; in UTC when one falls in the hour that a night in autumn has twice.

    A local time without an offset means the first of the two hours.
    """
    zone = ZoneInfo(appointment.zone)
    starts, ends = (
        moment.astimezone(zone) for moment in (appointment.starts_at, appointment.ends_at)
    )
    if starts.fold or ends.fold:
        return starts.astimezone(UTC), ends.astimezone(UTC)
    return starts, ends


def _guest(mail: Mail) -> vCalAddress:
    guest = _person(mail.to_name, mail.to_address)
    guest.params["ROLE"] = "REQ-PARTICIPANT"
    guest.params["PARTSTAT"] = "ACCEPTED" if mail.accepted else "NEEDS-ACTION"
    guest.params["RSVP"] = "FALSE" if mail.accepted else "TRUE"
    return guest


def _person(name: str, address: str) -> vCalAddress:
    person = vCalAddress(f"mailto:{address}")
    person.params["CN"] = name.replace('"', "'")
    return person
