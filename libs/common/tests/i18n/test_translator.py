from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from kindred_common.i18n.translator import choose_language, translator

EVENING = datetime(2026, 7, 2, 22, 30, tzinfo=UTC)


def test_words_are_spoken_in_both_languages() -> None:
    assert translator("nl").gettext("This is over") == "Deze pagina is gesloten"
    assert translator("en").gettext("This is over") == "This is over"
    assert translator("fr").gettext("This is over") == "This is over"
    assert translator("nl").gettext("") == ""


def test_dates_and_times_are_those_of_the_zone() -> None:
    dutch = translator("nl")

    assert dutch.format_date(EVENING) == "vrijdag 3 juli 2026"
    assert dutch.format_time(EVENING) == "00:30"
    assert dutch.format_date(date(2026, 7, 2), "medium") == "2 jul 2026"
    assert translator("en").format_date(EVENING, "long") == "3 July 2026"
    london = translator("en", "Europe/London")
    assert (london.format_date(EVENING, "long"), london.format_time(EVENING)) == (
        "2 July 2026",
        "23:30",
    )


def test_numbers_and_amounts_are_written_as_people_do() -> None:
    dutch, english = translator("nl"), translator("en")

    assert (dutch.format_number(1234.5), english.format_number(1234.5)) == ("1.234,5", "1,234.5")
    assert (dutch.format_number(0.9, 2), english.format_number(0.9, 2)) == ("0,90", "0.90")
    assert english.format_number(1234.567, 2) == "1,234.57"
    assert dutch.format_money(Decimal("49.5")) == "€\N{NO-BREAK SPACE}49,50"
    assert english.format_money(Decimal("49.5")) == "€49.50"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "nl"),
        ("", "nl"),
        ("nl", "nl"),
        ("nl-BE,nl;q=0.9", "nl"),
        ("en-US,en;q=0.9,nl;q=0.8", "en"),
        ("de-DE,nl;q=0.7,en;q=0.3", "nl"),
        ("de-DE,fr", "en"),
        ("nl;q=0,en;q=0.1", "en"),
        ("*", "en"),
        (";;;,,q=", "en"),
        ("en;q=nonsense", "en"),
    ],
)
def test_the_language_is_the_best_of_ours(header: str | None, language: str) -> None:
    assert choose_language(header) == language
