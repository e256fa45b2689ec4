"""Calendar messages by which mail programs enter, change and remove an appointment (RFC 5545, 5546, 6047)."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress

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
    calendar.add_component(_event(mail, appointment, organizer, now))
    around = appointment.starts_at.astimezone(ZoneInfo(appointment.zone)).date()
    calendar.add_missing_timezones(_year(around, -1), _year(around, 2))
    content: bytes = calendar.to_ical()
    return content


def _event(mail: Mail, appointment: Appointment, organizer: str, now: datetime) -> Event:
    zone = ZoneInfo(appointment.zone)
    event = Event()
    event.add("uid", appointment.uid)
    event.add("sequence", appointment.sequence)
    event.add("dtstamp", now.replace(microsecond=0))
    event.add("dtstart", appointment.starts_at.astimezone(zone))
    event.add("dtend", appointment.ends_at.astimezone(zone))
    event.add("summary", appointment.title)
    if appointment.place_name:
        event.add("location", appointment.place_name)
    event.add("status", "CANCELLED" if appointment.cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if appointment.cancelled else "OPAQUE")
    event.add("organizer", _person(mail.sender_name, organizer))
    event.add("attendee", _guest(mail), encode=False)
    return event


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


def _year(day: date, years: int) -> date:
    """The first of January some years on: a year's rules are enough for one appointment."""
    return date(day.year, 1, 1) + timedelta(days=366 * years)
