"""Moments in time as records carry them: with a zone, and within a span in which every computation works."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime
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


Moment = Annotated[AwareDatetime, AfterValidator(_checked)]
"""RFC 3339 with zone; kept in UTC."""
