"""Moments in time as records and requests carry them: written out with a zone, and within a span in which every computation works."""

import re
from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BeforeValidator
from pydantic_core import PydanticCustomError

_FIRST = datetime(1900, 1, 1, tzinfo=UTC)
_END = datetime(2200, 1, 1, tzinfo=UTC)

_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME = r"[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?"
_ZONE = r"(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
_RFC_3339 = re.compile(f"{_DAY}T{_TIME}{_ZONE}", re.IGNORECASE)


def read_moment(text: str) -> datetime:
    """The moment that a text gives by RFC 3339; what is finer than a microsecond is cut off.

    Raises:
        ValueError: it is no RFC 3339 date and time with zone, or there is no such day or time.
    """
    if _RFC_3339.fullmatch(text) is None:
        raise ValueError("is not an RFC 3339 date and time with zone")
    return datetime.fromisoformat(text.upper())


def in_utc(moment: datetime) -> datetime:
    """The same moment in UTC.

    Raises:
        ValueError: it lies so far off that databases, zones or sums with it would fail.
    """
    if not _FIRST <= moment < _END:
        raise ValueError("should lie between the years 1900 and 2200")
    return moment.astimezone(UTC)


def _written_out(value: object) -> object:
    if isinstance(value, datetime):
        return value
    try:
        return read_moment(value if isinstance(value, str) else "")
    except ValueError:
        raise PydanticCustomError(
            "moment_not_written_out", "Input should be an RFC 3339 date and time with zone"
        ) from None


def _checked(moment: datetime) -> datetime:
    try:
        return in_utc(moment)
    except ValueError:
        raise PydanticCustomError(
            "moment_out_of_span", "Input should lie between the years 1900 and 2200"
        ) from None


Moment = Annotated[AwareDatetime, BeforeValidator(_written_out), AfterValidator(_checked)]
"""RFC 3339 with zone; kept in UTC. Seconds since 1970 are refused: beside milliseconds nobody can tell which is meant."""
