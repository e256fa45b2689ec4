"""Bodies that a record's JSON Schema allows, and raw records made of them."""

import json
import re
from datetime import UTC, datetime, timedelta, timezone
from typing import cast

from hypothesis import strategies as st

from kindred_common.contracts.codec import RawRecord
from kindred_common.contracts.envelope import Envelope, Headers, to_headers
from kindred_common.contracts.record import Cause
from kindred_common.contracts.schemas import Schema, schemas
from kindred_common.contracts.topics import TOPICS, Topic

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SCHEMAS = schemas()
ALL_TYPES = sorted(SCHEMAS)
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30)
_LARGEST = 2**53
_SPAN = datetime(1901, 1, 1), datetime(2199, 1, 1)  # noqa: DTZ001 - the strategy adds the zone
_ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(*_SPAN, timezones=_ZONES)


def topic_of(record_type: str) -> Topic:
    return next(topic for topic in TOPICS if topic.record(record_type))


def bodies_of(record_type: str) -> st.SearchStrategy[object]:
    schema = SCHEMAS[record_type]
    return _values(schema, schema)


def envelope_for(record_type: str, **changes: object) -> Envelope:
    attributes: dict[str, object] = {
        "id": "r-1", "source": "test", "type": record_type, "time": NOON, "subject": "k",
        "cause": Cause("c-1", "r-0", f"00-{'a' * 32}-{'b' * 16}-01"), "sequence": 4, "source_version": 9,
    }  # fmt: skip
    return Envelope(**(attributes | changes))  # type: ignore[arg-type]  # the test's own values


def raw(record_type: str, body: object, headers: Headers | None = None) -> RawRecord:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    topic = topic_of(record_type)
    return RawRecord(
        topic=topic.name,
        partition=0,
        offset=1,
        key=b"k",
        value=content,
        headers=to_headers(envelope_for(record_type)) if headers is None else headers,
        timestamp_ms=0,
    )


def _values(root: Schema, schema: Schema) -> st.SearchStrategy[object]:
    if isinstance(reference := schema.get("$ref"), str):
        definitions = cast("dict[str, Schema]", root["$defs"])
        return _values(root, definitions[reference.removeprefix("#/$defs/")])
    if isinstance(shapes := schema.get("anyOf"), list):
        return st.one_of([_values(root, shape) for shape in shapes])
    if isinstance(values := schema.get("enum"), list):
        return st.sampled_from(values)
    if schema["type"] in {"object", "array"}:
        return _objects(root, schema) if schema["type"] == "object" else _lists(root, schema)
    return _simple(schema)


def _simple(schema: Schema) -> st.SearchStrategy[object]:
    match schema["type"]:
        case "string":
            return _texts(schema)
        case "integer" | "number" as kind:
            return _numbers(schema, whole=kind == "integer")
        case "boolean":
            return st.booleans()
    return st.none()


def _lists(root: Schema, schema: Schema) -> st.SearchStrategy[object]:
    smallest = cast("int", schema.get("minItems", 0))
    items = _values(root, cast("Schema", schema["items"]))
    return st.lists(items, min_size=smallest, max_size=smallest + 2)


def _objects(root: Schema, schema: Schema) -> st.SearchStrategy[object]:
    if "properties" not in schema:
        content = _values(root, cast("Schema", schema["additionalProperties"]))
        return st.dictionaries(TEXT, content, max_size=3)
    properties = cast("dict[str, Schema]", schema["properties"])
    required = cast("list[str]", schema.get("required", []))
    fields = {name: _values(root, content) for name, content in properties.items()}
    return st.fixed_dictionaries(
        {name: fields[name] for name in required},
        optional={name: fields[name] for name in fields if name not in required},
    )


def _texts(schema: Schema) -> st.SearchStrategy[object]:
    if schema.get("format") == "uuid":
        return st.uuids().map(str)
    if schema.get("format") == "date-time":
        return MOMENTS.map(datetime.isoformat)
    shortest, longest = cast("int", schema.get("minLength", 0)), schema.get("maxLength", 30)
    pattern = cast("str", schema.get("pattern", ""))
    texts = _matching(pattern) if pattern.endswith("$") else TEXT
    return texts.filter(
        lambda t: shortest <= len(t) <= cast("int", longest) and bool(re.search(pattern, t))
    )


def _matching(pattern: str) -> st.SearchStrategy[str]:
    printable = st.characters(codec="ascii", min_codepoint=32)
    return st.from_regex(pattern.removesuffix("$") + r"\Z", alphabet=printable)


def _numbers(schema: Schema, *, whole: bool) -> st.SearchStrategy[object]:
    lowest = cast("float", schema.get("minimum", -_LARGEST))
    highest = cast("float", schema.get("maximum", _LARGEST))
    integers = st.integers(int(lowest), int(highest))
    return integers if whole else st.one_of(st.floats(lowest, highest), integers)
