"""Facts in Postgres: kept for ever, each once, however often it is told."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import repeat
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kindred_common.clock import Clock
from kindred_profile.adapters.arrays import columns_of, unnest
from kindred_profile.domain.facts import Fact

_COLUMNS = {
    "customer_id": "uuid",
    "kind": "text",
    "slot": "text",
    "subject": "text",
    "source": "text",
    "observed_at": "timestamptz",
    "record_id": "text",
    "correlation_id": "text",
    "number": "float8",
    "choice": "text",
    "confidence": "float8",
    "happened_at": "timestamptz",
    "themes": "jsonb",
    "detail": "jsonb",
}
_NAMES = ", ".join(_COLUMNS)
_TOLD = "customer_id, slot, subject, observed_at"

# A record that is published again has a new id but tells the same; the greater id stands, so the order of arrival does not
# matter. ``xmax`` is 0 for rows that were not there.
_ADD = f"""
INSERT INTO fact AS f ({_NAMES}, recorded_at)
SELECT {_NAMES}, ${len(_COLUMNS) + 1} FROM {unnest(list(_COLUMNS.values()))} AS new({_NAMES})
ON CONFLICT ({_TOLD}) DO UPDATE
   SET kind = excluded.kind, source = excluded.source, record_id = excluded.record_id,
       correlation_id = excluded.correlation_id, number = excluded.number, choice = excluded.choice,
       confidence = excluded.confidence, happened_at = excluded.happened_at, themes = excluded.themes,
       detail = coalesce(f.detail, '{{}}') || coalesce(excluded.detail, '{{}}')
 WHERE f.record_id < excluded.record_id
RETURNING {_TOLD}, xmax = 0 AS added
"""  # noqa: S608 - made of constants

# One row a customer with an array a column: three times as fast to read as a row a fact.
_READ = [name for name in _COLUMNS if name not in ("customer_id", "themes", "detail")]
_OF = f"""
SELECT customer_id, {", ".join(f"array_agg({name})" for name in _READ)}, array_agg(themes::text)
  FROM fact WHERE customer_id = ANY($1::uuid[]) GROUP BY customer_id
"""  # noqa: S608 - made of constants

_Told = tuple[UUID, str, str, Any]


class PostgresFacts:
    """The facts, on one transaction."""

    def __init__(self, connection: AsyncConnection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    async def add(self, facts: Sequence[Fact]) -> list[Fact]:
        told = _each_once(facts)
        if not told:
            return []
        rows = (_row(fact) for fact in told.values())
        parameters = (*columns_of(rows, len(_COLUMNS)), self._clock.now())
        result = await self._connection.exec_driver_sql(_ADD, parameters)
        return [told[tuple(row[:4])] for row in result if row.added]

    async def of(self, customer_ids: Collection[UUID]) -> Mapping[UUID, list[Fact]]:
        if not customer_ids:
            return {}
        rows = await self._connection.exec_driver_sql(_OF, (list(customer_ids),))
        return {row[0]: _facts(row) for row in rows}


def _each_once(facts: Iterable[Fact]) -> dict[_Told, Fact]:
    """One statement cannot write a row twice: of facts told twice the one with the greater record id."""
    told: dict[_Told, Fact] = {}
    for fact in facts:
        identity = (fact.customer_id, fact.slot, fact.subject, fact.observed_at)
        known = told.get(identity)
        if known is None or known.record_id < fact.record_id:
            told[identity] = fact
    return told


def _row(fact: Fact) -> tuple[Any, ...]:
    themes = json.dumps(dict(fact.themes)) if fact.themes else None
    return (*fact[:12], themes, fact.detail)


def _facts(row: Any) -> list[Fact]:
    customer_id, *columns, themes = row
    weighed = [() if text is None else _themes(text) for text in themes]
    return list(map(Fact._make, zip(repeat(customer_id), *columns, weighed, repeat(None))))


def _themes(text: str) -> tuple[tuple[str, float], ...]:
    weights: dict[str, float] = json.loads(text)
    return tuple(sorted(weights.items()))
