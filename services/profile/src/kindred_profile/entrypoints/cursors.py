"""Pages of the lists that are ordered by id."""

from collections.abc import Callable, Sequence
from typing import TypeVar
from uuid import UUID

from kindred_common.web.paging import cut

V = TypeVar("V")


def cut_by_id(
    found: Sequence[V], limit: int, id_of: Callable[[V], UUID]
) -> tuple[Sequence[V], UUID | None]:
    """The page, and the id to go on from if there is more."""
    page, last = cut(found, limit)
    return page, None if last is None else id_of(last)
