"""Speaks to a person in his language: words, dates, numbers and amounts."""

import gettext
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale, dates, numbers
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

SOURCE_LANGUAGE = "en"
DEFAULT_LANGUAGE = "nl"
AMSTERDAM = "Europe/Amsterdam"

LOCALES = {"nl": "nl_NL", "en": "en_GB"}
"""The languages we speak, and whose habits we follow in writing dates and numbers."""


def translatable(message: str) -> str:
    """Marks a text for translation where it stands; it is translated where it is shown."""
    return message


class Translator:
    """One language and time zone; made by :func:`translator`."""

    def __init__(self, language: str, zone: str) -> None:
        self.language = language
        self.zone = ZoneInfo(zone)
        self._locale = Locale.parse(LOCALES[language])
        self._catalogue = _catalogue(language)

    def gettext(self, message: str) -> str:
        """The message in this language; a message that is not translated stays English."""
        return self._catalogue.gettext(message) if message else ""

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        return self._catalogue.ngettext(singular, plural, number)

    def pgettext(self, context: str, message: str) -> str:
        return self._catalogue.pgettext(context, message)

    def format_date(self, moment: date | datetime, style: str = "full") -> str:
        """``full``: Thursday 3 December 2026; ``short`` and ``medium`` for lists."""
        day = moment.astimezone(self.zone).date() if isinstance(moment, datetime) else moment
        return dates.format_date(day, style, locale=self._locale)

    def format_time(self, moment: datetime) -> str:
        """Hours and minutes in the person's zone: 19:30."""
        return dates.format_time(moment.astimezone(self.zone), "HH:mm", locale=self._locale)

    def format_number(self, number: float | Decimal, decimals: int | None = None) -> str:
        """With as many ``decimals``, zeros too; without them as many as matter, three at most."""
        pattern = None if decimals is None else "#,##0." + "0" * decimals
        return numbers.format_decimal(number, pattern, locale=self._locale)

    def format_money(self, amount: Decimal, currency: str = "EUR") -> str:
        return numbers.format_currency(amount, currency, locale=self._locale)


@cache
def translator(language: str, zone: str = AMSTERDAM) -> Translator:
    """Speaks ``language``; a language we do not speak gives English.

    Raises:
        zoneinfo.ZoneInfoNotFoundError: there is no such zone.
    """
    return Translator(language if language in LOCALES else SOURCE_LANGUAGE, zone)


def choose_language(accept_language: str | None) -> str:
    """The best of our languages for an ``Accept-Language`` header: Dutch without one, English if it has neither."""
    if not accept_language:
        return DEFAULT_LANGUAGE
    wishes: list[tuple[float, str]] = []
    for wish in accept_language[:500].split(","):
        name, _, quality = wish.partition(";")
        language = name.strip().lower().partition("-")[0]
        if language in LOCALES:
            wishes.append((-_quality(quality), language))
    return min(wishes, key=lambda wish: wish[0])[1] if wishes else SOURCE_LANGUAGE


def _quality(text: str) -> float:
    try:
        return float(text.strip().removeprefix("q="))
    except ValueError:
        return 1.0


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    path = Path(__file__).with_name(f"{language}.po")
    if language == SOURCE_LANGUAGE:
        return gettext.NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language, domain="kindred"))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
