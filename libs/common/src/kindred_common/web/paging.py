"""Long lists in pages, by the place where the last page ended rather than by number."""

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Generic, TypeVar
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, Field

from kindred_common.web.problems import FieldError, Problem

Item = TypeVar("Item")
A = TypeVar("A")
B = TypeVar("B")

Limit = Annotated[int, Query(ge=1, le=200, description="Most items on a page.")]
Cursor = Annotated[
    str | None, Query(max_length=1000, description="`next_cursor` of the page before.")
]
DEFAULT_LIMIT = 50

Part = str | int | float | None
SortKey = tuple[Part, ...]


class Page(BaseModel, Generic[Item]):
    """A part of a list; ``next_cursor`` is missing on the last page."""

    items: list[Item]
    next_cursor: str | None = Field(default=None, description="Pass it as `cursor` to go on.")


def encode_cursor(*key: str | float | None) -> str:
    """An opaque name for the place after the item with this sort key."""
    return urlsafe_b64encode(json.dumps(key).encode()).rstrip(b"=").decode()


def decode_cursor(cursor: str, length: int) -> SortKey:
    """The sort key of ``length`` parts that a cursor names.

    Raises:
        Problem: 422 for a cursor that was not made here.
    """
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        key = json.loads(urlsafe_b64decode(padded.encode()))
    except (ValueError, binascii.Error, RecursionError):
        raise _wrong_cursor() from None
    if not isinstance(key, list) or len(key) != length:
        raise _wrong_cursor()
    if not all(map(_is_part, key)):
        raise _wrong_cursor()
    return tuple(key)


def _is_part(part: object) -> bool:
    return part is None or (isinstance(part, str | int | float) and not isinstance(part, bool))


def after(cursor: str | None, read: Callable[[Part], A]) -> A | None:
    """The place that a cursor of one part names, None for the first page; ``read`` makes it of that part.

    Raises:
        Problem: 422 for a cursor that was not made here: ``read`` refused it with a ValueError.
    """
    return None if cursor is None else _read(decode_cursor(cursor, 1)[0], read)


def after_two(
    cursor: str | None, read: Callable[[Part], A], and_read: Callable[[Part], B]
) -> tuple[A, B] | None:
    """The same of a cursor of two parts."""
    if cursor is None:
        return None
    one, other = decode_cursor(cursor, 2)
    return _read(one, read), _read(other, and_read)


def identity(part: Part) -> UUID:
    """A part that is an id."""
    return UUID(words(part))


def row_number(part: Part) -> int:
    """A part that is the number of a row."""
    if not isinstance(part, int) or not 0 <= part < 2**63:
        raise ValueError(part)
    return part


def moment(part: Part) -> datetime:
    """A part that is a moment, with its offset."""
    at = datetime.fromisoformat(words(part))
    if at.tzinfo is None:
        raise ValueError(part)
    return at


def words(part: Part) -> str:
    """A part that is a text as a table can hold it."""
    if not isinstance(part, str) or "\x00" in part:
        raise ValueError(part)
    return part


def _read(part: Part, read: Callable[[Part], A]) -> A:
    try:
        return read(part)
    except ValueError:
        raise _wrong_cursor() from None


def cut(rows: Sequence[Item], limit: int) -> tuple[Sequence[Item], Item | None]:
    """Splits ``limit + 1`` rows, asked for to see whether there are more, into a page and its last row if there are."""
    return (rows[:limit], rows[limit - 1]) if len(rows) > limit else (rows, None)


def _wrong_cursor() -> Problem:
    error = FieldError(field="query.cursor", reason="Not a cursor that was given out here")
    return Problem(422, "wrong-input", "The request is not as it should be", errors=[error])
