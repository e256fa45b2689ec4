"""Rows as one array a column, the way a single statement takes many of them."""

from collections.abc import Iterable, Sequence
from typing import Any


def columns_of(rows: Iterable[Sequence[Any]], width: int) -> tuple[list[Any], ...]:
    """The rows turned: ``width`` lists, also when there are no rows."""
    columns: tuple[list[Any], ...] = tuple([] for _ in range(width))
    for row in rows:
        for column, value in zip(columns, row, strict=True):
            column.append(value)
    return columns


def unnest(types: Sequence[str], first: int = 1) -> str:
    """``unnest($1::uuid[], $2::text[])`` for these types, from parameter ``first`` on."""
    parts = (f"${place}::{kind}[]" for place, kind in enumerate(types, first))
    return f"unnest({', '.join(parts)})"
