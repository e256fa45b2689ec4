"""Cursors of the lists that are ordered by id."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from kindred_common.web.paging import cut, decode_cursor
from kindred_common.web.problems import FieldError, Problem

V = TypeVar("V")


def after_id(cursor: str | None) -> UUID | None:
    """The id after which the page begins."""
    if cursor is None:
        return None
    (text,) = decode_cursor(cursor, 1)
    try:
        return UUID(str(text))
    except ValueError:
        raise _wrong() from None


def before_place(cursor: str | None) -> tuple[datetime, int] | None:
    """The place in a time line before which the page begins."""
    if cursor is None:
        return None
    moment, number = decode_cursor(cursor, 2)
    try:
        place = datetime.fromisoformat(str(moment)), int(str(number))
    except ValueError:
        raise _wrong() from None
    if place[0].tzinfo is None or not 0 <= place[1] < 2**63:
        raise _wrong()
    return place


def cut_by_id(
    found: Sequence[V], limit: int, id_of: Callable[[V], UUID]
) -> tuple[Sequence[V], UUID | None]:
    """The page, and the id to go on from if there is more."""
    page, last = cut(found, limit)
    return page, None if last is None else id_of(last)


def _wrong() -> Problem:
    error = FieldError(field="query.cursor", reason="Not a cursor that was given out here")
    return Problem(422, "wrong-input", "The request is not as it should be", errors=[error])
