from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar
from services.outreach.tests.office import MONDAY, mail_of

from kindred_outreach.adapters.calendars import calendar_message
from kindred_outreach.adapters.mime import Sender, compose
from kindred_outreach.adapters.timezones import timezone_of
from kindred_outreach.domain.letters import Letter, Mail
from kindred_outreach.domain.messages import Appointment

GOLDEN = Path(__file__).parent / "golden"
ORGANIZER = "relations@kindred.example"


def appointment(starts: str, ends: str, **changes: Any) -> Appointment:
    values: dict[str, Any] = {
        "uid": "0199a0c8-0000-7000-8000-0000000000ff@kindred.example",
        "sequence": 0,
        "cancelled": False,
        "title": "Museumnacht; rondleiding, borrel",
        "starts_at": datetime.fromisoformat(starts),
        "ends_at": datetime.fromisoformat(ends),
        "zone": "Europe/Amsterdam",
        "place_name": "Rijksmuseum, Museumstraat 1, Amsterdam",
    }
    return Appointment(**values | changes)


def mail(entry: Appointment, *, accepted: bool = True) -> Mail:
    letter = Letter(
        language="nl",
        subject="Bevestigd",
        preview="",
        greeting="Beste Anna,",
        before=(),
        facts=(),
        after=(),
        action=None,
        link=None,
        closing="Groet,",
        signature=(),
        footer="",
        unsubscribe_label="",
        unsubscribe_link=None,
    )
    name, address = 'Anna "Ans" Jansen', "anna@customer.example"
    return Mail(UUID(int=1), name, address, "Pieter (Kindred)", None, letter, entry, accepted)


WINTER = appointment("2026-12-03T19:30:00+01:00", "2026-12-03T22:15:00+01:00")
AUTUMN_NIGHT = appointment("2026-10-24T22:00:00+02:00", "2026-10-25T03:30:00+01:00")
TWICE = appointment("2026-10-25T00:30:00+02:00", "2026-10-25T02:30:00+01:00")
SPRING_NIGHT = appointment("2026-03-29T01:30:00+01:00", "2026-03-29T03:30:00+02:00")
MOVED = appointment(
    "2026-12-04T19:30:00+01:00", "2026-12-04T22:15:00+01:00", sequence=1, place_name=None
)
CANCELLED = appointment(
    "2026-12-04T19:30:00+01:00", "2026-12-04T22:15:00+01:00", sequence=2, cancelled=True
)


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        ("confirmed", WINTER),
        ("moved", MOVED),
        ("cancelled", CANCELLED),
        ("autumn-night", AUTUMN_NIGHT),
        ("hour-that-comes-twice", TWICE),
        ("spring-night", SPRING_NIGHT),
    ],
)
def test_golden(name: str, entry: Appointment) -> None:
    made = calendar_message(mail(entry), entry, ORGANIZER, MONDAY)
    assert made == (GOLDEN / f"{name}.ics").read_bytes()


@pytest.mark.parametrize("entry", [WINTER, AUTUMN_NIGHT, TWICE, SPRING_NIGHT])
def test_a_calendar_program_reads_the_same_moments(entry: Appointment) -> None:
    made = calendar_message(mail(entry), entry, ORGANIZER, MONDAY)
    event: Any = Calendar.from_ical(made).walk("VEVENT")[0]
    assert event["dtstart"].dt == entry.starts_at
    assert event["dtend"].dt == entry.ends_at
    assert all(len(line) <= 75 for line in made.split(b"\r\n"))


def test_a_guest_sees_no_other_guest() -> None:
    made = calendar_message(mail(WINTER), WINTER, ORGANIZER, MONDAY).decode()
    assert made.count("ATTENDEE") == 1
    assert "PARTSTAT=ACCEPTED" in made


@pytest.mark.parametrize(
    "name", ["Europe/Amsterdam", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"]
)
def test_the_zone_we_write_tells_the_right_time(name: str) -> None:
    """Every hour of a year, computed from the written rules as a calendar program does."""
    zone = ZoneInfo(name)
    observances: list[Any] = list(timezone_of(zone, 2025, 2027).subcomponents)
    rules = sorted(
        (
            (rule["dtstart"].dt - rule["tzoffsetfrom"].td).replace(tzinfo=UTC),
            rule["tzoffsetto"].td,
        )
        for rule in observances
    )
    for hour in range(365 * 24):
        moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hour)
        offset = [offset for since, offset in rules if since <= moment][-1]
        assert offset == moment.astimezone(zone).utcoffset()


def test_mail_programs_find_the_calendar_as_alternative_and_as_file() -> None:
    sender = Sender("Kindred", ORGANIZER)
    read = mail_of(compose(mail(CANCELLED), sender, MONDAY))
    kinds = [part.get_content_type() for part in read.walk()]
    assert kinds == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
    ]
    calendar = next(part for part in read.walk() if part.get_content_type() == "text/calendar")
    assert calendar["content-type"].params == {"charset": "utf-8", "method": "CANCEL"}
    file = next(iter(read.iter_attachments()))
    assert file.get_filename() == "cancel.ics"
    assert b"METHOD:CANCEL\r\n" in file.get_content()
