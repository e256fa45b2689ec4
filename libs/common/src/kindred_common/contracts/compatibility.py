"""What a change of the record contracts does to those who read and write records.

Records stay on their topics for more than a year and services are deployed one by one. So new consumers must read old
records, and old consumers must read new ones. A schema is compared keyword by keyword; a keyword this module does not
know breaks when it changes, so that nothing passes because it was not thought of.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import cast

from kindred_common.contracts.schemas import Schema

_ANNOTATIONS = frozenset(
    {"$schema", "$id", "$comment", "$defs", "title", "description", "examples", "deprecated"}
)
_RESOLVED = frozenset({"$ref", "anyOf", "oneOf"})
_LOWER_LIMITS = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_UPPER_LIMITS = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_COMPARED = frozenset(
    {"type", "properties", "required", "items", "additionalProperties", "enum", "const"}
    | {"default", *_LOWER_LIMITS, *_UPPER_LIMITS}
)
_NO_DEFAULT = object()


class Effect(StrEnum):
    """What a change asks of others."""

    BREAKS = "breaks"
    """Records or consumers that exist stop working: it needs a new record type, ``.v2``."""
    CONSUMERS_FIRST = "consumers first"
    """Allowed, but a consumer that is not yet deployed with it refuses what producers may now write."""
    ADDS = "adds"
    """Nobody notices."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two versions of a record type; ``path`` is empty for the type as a whole."""

    record_type: str
    path: str
    effect: Effect
    what: str

    def __str__(self) -> str:
        place = f"{self.record_type} {self.path}".strip()
        return f"{self.effect.upper()}: {place}: {self.what}"


def compare(before: Mapping[str, Schema], after: Mapping[str, Schema]) -> list[Change]:
    """Every change from one set of schemas (by record type) to another, what breaks first."""
    changes = [*_types(before, after)]
    for name in sorted(before.keys() & after.keys()):
        comparison = _Comparison(before[name], after[name])
        found = comparison.schemas("", before[name], after[name])
        changes.extend(Change(name, path, effect, what) for path, effect, what in found)
    return sorted(changes, key=lambda change: list(Effect).index(change.effect))


def breaks(changes: Sequence[Change]) -> list[Change]:
    """Those of the changes that must not be made."""
    return [change for change in changes if change.effect is Effect.BREAKS]


def _types(before: Mapping[str, Schema], after: Mapping[str, Schema]) -> Iterator[Change]:
    for name in sorted(before.keys() - after.keys()):
        yield Change(name, "", Effect.BREAKS, "the record type was removed")
    for name in sorted(after.keys() - before.keys()):
        yield Change(name, "", Effect.ADDS, "a new record type")


_Found = Iterator[tuple[str, Effect, str]]


class _Comparison:
    """Compares two schemas of one record type, each with its own definitions."""

    def __init__(self, before: Schema, after: Schema) -> None:
        self._before = before
        self._after = after
        self._under_way: set[tuple[int, int]] = set()

    def schemas(self, path: str, before: Schema, after: Schema) -> _Found:
        """The changes of a value that may have several shapes (``X | None``), shape by shape."""
        old, new = _shapes(self._before, before), _shapes(self._after, after)
        if "integer" in old and "number" in new and "number" not in old and "integer" not in new:
            yield path, Effect.CONSUMERS_FIRST, "may now be a broken number"
            old = {("number" if kind == "integer" else kind): old[kind] for kind in old}
        for kind in sorted(old.keys() | new.keys()):
            if kind not in new:
                yield path, Effect.BREAKS, f"may no longer be {kind}"
            elif kind not in old:
                yield path, Effect.CONSUMERS_FIRST, f"may now be {kind}"
            else:
                yield from self._shape(path, old[kind], new[kind])

    def _shape(self, path: str, before: Schema, after: Schema) -> _Found:
        pair = (id(before), id(after))
        if pair in self._under_way:
            return
        self._under_way.add(pair)
        yield from self._fields(path, before, after)
        yield from self._nested(path, before, after)
        yield from _values(path, before, after)
        yield from _limits(path, before, after)
        yield from _others(path, before, after)
        self._under_way.discard(pair)

    def _fields(self, path: str, before: Schema, after: Schema) -> _Found:
        old, new = _properties(before), _properties(after)
        needed_before, needed_after = _required(before), _required(after)
        for name in sorted(old.keys() | new.keys()):
            place = f"{path}.{name}".lstrip(".")
            if name not in new:
                yield place, Effect.BREAKS, "the field was removed or renamed"
            elif name in old:
                yield from _need(place, name in needed_before, name in needed_after)
                if name not in needed_before | needed_after:
                    yield from _default(place, old[name], new[name])
                yield from self.schemas(place, old[name], new[name])
            elif name in needed_after:
                yield place, Effect.BREAKS, "a new field is required"
            else:
                yield place, Effect.ADDS, "a new optional field"

    def _nested(self, path: str, before: Schema, after: Schema) -> _Found:
        for keyword, place in (("items", f"{path}[]"), ("additionalProperties", f"{path}.*")):
            old, new = before.get(keyword, True), after.get(keyword, True)
            if isinstance(old, dict) and isinstance(new, dict):
                yield from self.schemas(place, old, new)
            elif old is not new:
                narrower = new is False or (old is True and isinstance(new, dict))
                yield _change(place, narrower=narrower, what=f"{keyword} changed")


def _shapes(root: Schema, schema: Schema) -> dict[str, Schema]:
    """The alternatives of a schema by what tells them apart: type and format, then order."""
    shapes: dict[str, Schema] = {}
    for shape in _alternatives(root, schema):
        kind = same = _kind(shape)
        number = 1
        while kind in shapes:
            number += 1
            kind = f"{same} number {number}"
        shapes[kind] = shape
    return shapes


def _alternatives(root: Schema, schema: Schema) -> Iterator[Schema]:
    resolved = _resolve(root, schema)
    alternatives = resolved.get("anyOf") or resolved.get("oneOf")
    if not isinstance(alternatives, list):
        yield resolved
        return
    for alternative in alternatives:
        yield from _alternatives(root, cast("Schema", alternative))


def _resolve(root: Schema, schema: Schema) -> Schema:
    while isinstance(reference := schema.get("$ref"), str):
        definitions = cast("dict[str, Schema]", root["$defs"])
        schema = definitions[reference.removeprefix("#/$defs/")]
    return schema


def _kind(schema: Schema) -> str:
    kind, form = schema.get("type", "anything"), schema.get("format")
    return f"{kind} ({form})" if form else str(kind)


def _properties(schema: Schema) -> dict[str, Schema]:
    return cast("dict[str, Schema]", schema.get("properties", {}))


def _required(schema: Schema) -> frozenset[str]:
    return frozenset(cast("list[str]", schema.get("required", [])))


def _need(path: str, before: bool, after: bool) -> _Found:
    if after and not before:
        yield path, Effect.BREAKS, "the field has become required"
    if before and not after:
        yield path, Effect.CONSUMERS_FIRST, "the field has become optional"


def _default(path: str, before: Schema, after: Schema) -> _Found:
    if before.get("default", _NO_DEFAULT) != after.get("default", _NO_DEFAULT):
        yield path, Effect.BREAKS, "the default changed, so an absent field means something else"


def _values(path: str, before: Schema, after: Schema) -> _Found:
    old, new = _allowed(before), _allowed(after)
    if old is None or new is None:
        if old != new:
            yield _change(path, narrower=old is None, what="the closed set of values changed")
        return
    if gone := sorted(old - new):
        yield path, Effect.BREAKS, f"values were removed: {', '.join(gone)}"
    if added := sorted(new - old):
        yield path, Effect.CONSUMERS_FIRST, f"values were added: {', '.join(added)}"


def _allowed(schema: Schema) -> frozenset[str] | None:
    if "const" in schema:
        return frozenset({str(schema["const"])})
    values = schema.get("enum")
    return frozenset(map(str, values)) if isinstance(values, list) else None


def _limits(path: str, before: Schema, after: Schema) -> _Found:
    for keyword in (*_LOWER_LIMITS, *_UPPER_LIMITS):
        sign = 1 if keyword in _LOWER_LIMITS else -1
        old, new = _limit(before, keyword, sign), _limit(after, keyword, sign)
        if old != new:
            yield _change(path, narrower=new > old, what=f"{keyword} changed")


def _limit(schema: Schema, keyword: str, sign: int) -> float:
    """How tight the limit is: more is tighter, none is loosest."""
    limit = schema.get(keyword)
    return sign * limit if isinstance(limit, int | float) else float("-inf")


def _others(path: str, before: Schema, after: Schema) -> _Found:
    seen = _ANNOTATIONS | _RESOLVED | _COMPARED
    for keyword in sorted((before.keys() | after.keys()) - seen):
        old, new = before.get(keyword), after.get(keyword)
        if isinstance(old or new, dict | list):
            yield path, Effect.BREAKS, f"{keyword} holds schemas, which this check cannot compare"
        elif old != new:
            yield _change(path, narrower=new is not None, what=f"{keyword} changed")


def _change(path: str, *, narrower: bool, what: str) -> tuple[str, Effect, str]:
    if narrower:
        return path, Effect.BREAKS, f"{what}: what was allowed no longer is"
    return path, Effect.CONSUMERS_FIRST, f"{what}: more is allowed than before"
