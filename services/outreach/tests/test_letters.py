import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po
from services.outreach.tests.office import CONCERT, recipient, request

import kindred_common.i18n
from kindred_common.contracts.vocabulary import MessagePurpose
from kindred_common.i18n.extraction import texts, untranslated
from kindred_outreach.adapters.letters.layout import as_html, as_text
from kindred_outreach.adapters.letters.writer import TEMPLATES, TemplateLetters
from kindred_outreach.domain.letters import Incomplete, Letter
from kindred_outreach.domain.messages import Appointment

LETTERS = TemplateLetters("Van Dijk Techniek", "Havenstraat 12, Rotterdam")
WAY_OUT = "http://127.0.0.1/u/AbCdEfGhIjKlMnOpQrStUv"
SOURCES = Path(__file__).parents[1] / "src"


def write(purpose: str, language: str = "nl", *, formal: bool = True, **changes: Any) -> Letter:
    message = request(purpose=purpose, **changes)
    return LETTERS.write(message, recipient(language=language, formal=formal), WAY_OUT)


@pytest.mark.parametrize("purpose", list(MessagePurpose))
@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("formal", [True, False])
def test_every_purpose_can_be_written(purpose: str, language: str, formal: bool) -> None:
    letter = write(purpose, language, formal=formal)
    text, html = as_text(letter), as_html(letter, "Van Dijk Techniek")
    assert letter.subject
    assert "\n" not in letter.subject
    assert WAY_OUT in text
    assert WAY_OUT in html
    assert "%(" not in text
    assert "None" not in text
    assert not re.search(r"\n{3,}", text)
    for paragraph in (*letter.before, *letter.after):
        assert paragraph.split()[-1] in text


def test_formal_and_informal_dutch() -> None:
    formal, informal = write("event_invitation"), write("event_invitation", formal=False)
    assert formal.greeting == "Geachte Anna Jansen,"
    assert informal.greeting == "Beste Anna,"
    for letter, other in ((formal, r"\b(je|jij|jou|jouw)\b"), (informal, r"(?<!/)\b(u|uw)\b(?!/)")):
        assert not re.search(other, as_text(letter), re.IGNORECASE)


def test_every_dutch_text_of_letters_has_both_tones() -> None:
    """A text that says "u" must have a variant that says "je"."""
    path = Path(kindred_common.i18n.__file__).with_name("nl.po")
    with path.open("rb") as file:
        catalogue = read_po(file, locale="nl")
    sources = {text.message for text in texts([TEMPLATES, TEMPLATES.parent])}
    for source in sources:
        formal = catalogue.get(source)
        informal = catalogue.get(source, context="informal")
        if formal is not None and re.search(r"\b(u|uw)\b", str(formal.string), re.IGNORECASE):
            assert informal is not None, source
            assert not re.search(r"\b(u|uw)\b", str(informal.string), re.IGNORECASE)


def test_everything_is_translated() -> None:
    assert untranslated([SOURCES]) == []


@pytest.mark.parametrize(
    ("purpose", "changes", "variable"),
    [
        ("event_invitation", {"data": {"starts_at": "2026-12-03T19:30:00+01:00"}}, "title"),
        ("event_invitation", {"data": {"title": "x"}}, "starts_at"),
        ("event_invitation", {"data": CONCERT | {"starts_at": "soon"}}, "starts_at"),
        ("event_invitation", {"data": CONCERT | {"starts_at": "2026-12-03T19:30"}}, "starts_at"),
        ("event_invitation", {"data": CONCERT | {"zone": "../etc/passwd"}}, "zone"),
        ("event_invitation", {"link": None}, "link"),
        ("survey_invitation", {"data": {}}, "title"),
        ("no_such_purpose", {}, "purpose"),
    ],
)
def test_what_is_missing_is_named(purpose: str, changes: dict[str, Any], variable: str) -> None:
    with pytest.raises(Incomplete) as missing:
        write(purpose, **changes)
    assert missing.value.variable == variable


def test_what_was_asked_is_shown_and_never_run() -> None:
    title = '<script>alert(1)</script> {{ 7 * 7 }} %s\nBcc: x@y.nl "5%"'
    letter = write("event_invitation", data=CONCERT | {"title": title})
    html = as_html(letter, "A & B")
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "{{ 7 * 7 }}" in html
    assert "\n" not in letter.subject


def test_when_and_where_come_from_the_calendar_too() -> None:
    entry = Appointment(
        uid="x",
        sequence=0,
        cancelled=False,
        title="Seminar",
        starts_at=datetime.fromisoformat("2026-12-03T18:00:00+00:00"),
        ends_at=datetime.fromisoformat("2026-12-03T20:00:00+00:00"),
        zone="Europe/Amsterdam",
        place_name="Utrecht",
    )
    letter = write("event_confirmation", "en", calendar=entry, data={})
    assert letter.facts == (
        ("When", "Thursday, 3 December 2026, 19:00\N{EN DASH}21:00"),
        ("Where", "Utrecht"),
    )


@pytest.mark.parametrize(
    ("ends", "shown"),
    [
        ("2026-12-04T01:30:00+01:00", "Thursday, 3 December 2026, 19:30\N{EN DASH}01:30"),
        (
            "2026-12-05T17:00:00+01:00",
            "Thursday, 3 December 2026, 19:30 \N{EN DASH} Saturday, 5 December 2026, 17:00",
        ),
        ("2026-12-03T19:30:00+01:00", "Thursday, 3 December 2026, 19:30"),
    ],
)
def test_how_long_it_lasts(ends: str, shown: str) -> None:
    letter = write("event_invitation", "en", data=CONCERT | {"ends_at": ends})
    assert dict(letter.facts)["When"] == shown


@pytest.mark.parametrize("purpose", ["event_confirmation", "event_cancellation"])
def test_no_word_of_a_calendar_that_is_not_attached(purpose: str) -> None:
    assert "agenda" not in as_text(write(purpose))
    assert "agenda" not in write(purpose).preview
