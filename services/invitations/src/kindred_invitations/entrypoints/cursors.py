"""The places in lists that cursors name, checked: a cursor comes from outside."""

from datetime import datetime
from uuid import UUID

from kindred_common.web.paging import SortKey, decode_cursor
from kindred_common.web.problems import FieldError, Problem


def after_moment(cursor: str | None) -> tuple[datetime, UUID] | None:
    """The place in a list by time; raises 422 for a cursor that was not made here."""
    if cursor is None:
        return None
    moment, item = decode_cursor(cursor, 2)
    try:
        return datetime.fromisoformat(str(moment)), UUID(str(item))
    except ValueError:
        raise _wrong_cursor() from None


def after_name(cursor: str | None) -> tuple[str, UUID] | None:
    """The place in a list by name."""
    if cursor is None:
        return None
    name, item = decode_cursor(cursor, 2)
    if "\x00" in str(name):
        raise _wrong_cursor()
    return str(name), _id((item,))


def after_id(cursor: str | None) -> UUID | None:
    """The place in a list by id."""
    return None if cursor is None else _id(decode_cursor(cursor, 1))


def _id(key: SortKey) -> UUID:
    try:
        return UUID(str(key[0]))
    except ValueError:
        raise _wrong_cursor() from None


def _wrong_cursor() -> Problem:
    error = FieldError(field="query.cursor", reason="Not a cursor that was given out here")
    return Problem(422, "wrong-input", "The request is not as it should be", errors=[error])
