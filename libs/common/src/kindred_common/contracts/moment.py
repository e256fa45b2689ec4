"""Moments in time as records carry them: with a zone, and within a span in which every computation works."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BeforeValidator
from pydantic_core import PydanticCustomError

_FIRST = datetime(1900, 1, 1, tzinfo=UTC)
_END = datetime(2200, 1, 1, tzinfo=UTC)


def in_utc(moment: datetime) -> datetime:
    """The same moment in UTC.

    Raises:
        ValueError: it lies so far off that databases, zones or sums with it would fail.
    """
    if not _FIRST <= moment < _END:
        raise ValueError("should lie between the years 1900 and 2200")
    return moment.astimezone(UTC)


def _checked(moment: datetime) -> datetime:
    try:
        return in_utc(moment)
    except ValueError:
        raise PydanticCustomError(
            "moment_out_of_span", "Input should lie between the years 1900 and 2200"
        ) from None


def _written_out(value: object) -> object:
    if isinstance(value, datetime) or (isinstance(value, str) and value[4:5] == "-"):
        return value
    raise PydanticCustomError("moment_not_written_out", "Input should be a date and time with zone")


Moment = Annotated[AwareDatetime, AfterValidator(_checked)]
"""RFC 3339 with zone; kept in UTC."""

WrittenMoment = Annotated[Moment, BeforeValidator(_written_out)]
"""A moment in a request. Seconds since 1970 are refused: beside milliseconds nobody can tell which is meant."""
