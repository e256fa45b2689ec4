from copy import deepcopy
from typing import Annotated, ClassVar

import pytest
from pydantic import Field, StringConstraints

from kindred_common.contracts.compatibility import Change, Effect, breaks, compare
from kindred_common.contracts.record import Part, Record
from kindred_common.contracts.schemas import Schema, schema_of, schemas
from kindred_common.contracts.vocabulary import EventKind, Language

NAME = "kindred.sample.v1"
Word = Annotated[str, StringConstraints(max_length=10, pattern="^[a-z]+$")]


class Seat(Part):
    """A part that a list holds."""

    row: int = Field(ge=1, le=20)
    kind: Language = Language.DUTCH


class Sample(Record):
    """A record with every construct that contracts use."""

    record_type: ClassVar[str] = NAME

    word: Word
    count: int = Field(ge=0, le=100)
    share: float | None = None
    kind: EventKind = EventKind.SPORT
    seats: tuple[Seat, ...] = Field(default=(), max_length=5)
    notes: dict[str, int] = Field(default_factory=dict)


def sample() -> Schema:
    return schema_of(Sample)


def at(schema: Schema, *path: str) -> dict[str, object]:
    node: object = schema
    for step in path:
        assert isinstance(node, dict)
        node = node[step]
    assert isinstance(node, dict)
    return node


def differences(after: Schema, before: Schema | None = None) -> list[Change]:
    return compare({NAME: before or sample()}, {NAME: after})


def changed(*path: str, **keywords: object) -> Schema:
    """The sample with keywords set (None removes) in the schema at ``path``."""
    schema = deepcopy(sample())
    target = at(schema, *path)
    target.update(keywords)
    for keyword in [keyword for keyword, value in keywords.items() if value is None]:
        del target[keyword]
    return schema


COUNT, WORD, SEATS = ("properties", "count"), ("properties", "word"), ("properties", "seats")
ROW, KIND = ("$defs", "Seat", "properties", "row"), ("$defs", "EventKind")
NUMBER: Schema = {"type": "number"}

BREAKING = {
    "field removed": (("properties",), {"share": None}),
    "new required field": ((), {"properties": {**at(sample(), "properties"), "new": {"type": "string"}}, "required": ["word", "count", "new"]}),
    "existing field now required": ((), {"required": ["word", "count", "kind"]}),
    "type narrowed": (COUNT, {"type": "boolean"}),
    "number to integer": (("properties",), {"share": {"anyOf": [{"type": "integer"}, {"type": "null"}], "default": None}}),
    "null no longer allowed": (("properties",), {"share": {"type": "number", "default": None}}),
    "maximum lowered": (COUNT, {"maximum": 50}),
    "minimum raised": (COUNT, {"minimum": 1}),
    "limit added": (COUNT, {"exclusiveMaximum": 500}),
    "text shortened": (WORD, {"maxLength": 9}),
    "shortest text lengthened": (WORD, {"minLength": 1}),
    "list shortened": (SEATS, {"maxItems": 4}),
    "list must be filled": (SEATS, {"minItems": 1}),
    "pattern changed": (WORD, {"pattern": "^[A-Z]+$"}),
    "pattern added": (COUNT, {"pattern": "^1"}),
    "format added": (WORD, {"format": "uuid"}),
    "value removed": (KIND, {"enum": ["seminar", "workshop"]}),
    "values closed": (WORD, {"enum": ["a", "b"]}),
    "default changed": (("properties", "kind"), {"default": "dinner"}),
    "default gone": (("properties", "kind"), {"default": None}),
    "narrowed inside a list": (ROW, {"maximum": 10}),
    "required inside a list": (("$defs", "Seat"), {"required": ["row", "kind"]}),
    "removed inside a list": (("$defs", "Seat", "properties"), {"kind": None}),
    "other values in a map": (("properties", "notes"), {"additionalProperties": {"type": "string"}}),
    "unknown fields refused": ((), {"additionalProperties": False}),
    "an unknown keyword": (COUNT, {"multipleOf": 5}),
    "a keyword with schemas": (COUNT, {"not": {"$ref": "#/$defs/Seat"}}),
}  # fmt: skip

CONSUMERS_FIRST = {
    "integer to number": (COUNT, {"type": "number"}),
    "another type allowed": (("properties",), {"share": {"anyOf": [NUMBER, {"type": "string"}, {"type": "null"}], "default": None}}),
    "value added": (KIND, {"enum": [*EventKind, "webinar"]}),
    "values opened": (KIND, {"enum": None}),
    "limit raised": (COUNT, {"maximum": 200}),
    "limit removed": (COUNT, {"minimum": None}),
    "longer text": (WORD, {"maxLength": 20}),
    "pattern removed": (WORD, {"pattern": None}),
    "no longer required": ((), {"required": ["word"]}),
}  # fmt: skip

ADDS = {
    "new optional field": (("properties",), {"new": {"type": "string", "default": ""}}),
    "new optional field inside a list": (("$defs", "Seat", "properties"), {"new": {"type": "string", "default": ""}}),
}  # fmt: skip


@pytest.mark.parametrize(("path", "keywords"), BREAKING.values(), ids=BREAKING)
def test_breaks(path: tuple[str, ...], keywords: dict[str, object]) -> None:
    assert breaks(differences(changed(*path, **keywords)))


@pytest.mark.parametrize(("path", "keywords"), CONSUMERS_FIRST.values(), ids=CONSUMERS_FIRST)
def test_asks_for_consumers_first(path: tuple[str, ...], keywords: dict[str, object]) -> None:
    found = differences(changed(*path, **keywords))

    assert {change.effect for change in found} == {Effect.CONSUMERS_FIRST}


@pytest.mark.parametrize(("path", "keywords"), ADDS.values(), ids=ADDS)
def test_adds(path: tuple[str, ...], keywords: dict[str, object]) -> None:
    found = differences(changed(*path, **keywords))

    assert [change.effect for change in found] == [Effect.ADDS]


def test_a_renamed_field_breaks() -> None:
    properties = dict(at(sample(), "properties"))
    properties["total"] = properties.pop("count")
    found = differences(changed(properties=properties, required=["word", "total"]))

    assert {change.path for change in breaks(found)} == {"count", "total"}


def test_another_format_breaks() -> None:
    before = changed(*WORD, format="uuid")

    assert breaks(differences(changed(*WORD, format="date-time"), before))
    assert breaks(differences(sample(), before))


def test_a_removed_type_breaks_and_a_new_one_does_not() -> None:
    removed = compare({NAME: sample()}, {})
    added = compare({}, {NAME: sample()})

    assert [(change.effect, change.record_type) for change in removed] == [(Effect.BREAKS, NAME)]
    assert [change.effect for change in added] == [Effect.ADDS]


def test_two_parts_of_one_shape_are_both_compared() -> None:
    part: Schema = {"type": "object", "properties": {"a": NUMBER}}
    other: Schema = {"type": "object", "properties": {"b": NUMBER}}
    narrowed: Schema = {"type": "object", "properties": {"b": {"type": "boolean"}}}
    before = changed("properties", word={"anyOf": [part, other]})
    after = changed("properties", word={"anyOf": [part, narrowed]})

    assert breaks(differences(after, before))


def test_words_for_readers_and_names_of_classes_may_change() -> None:
    schema = changed(title="Other", description="Said better.")
    at(schema, "properties", "count").update(description="How many.", examples=[3])
    definitions = at(schema, "$defs")
    definitions["Chair"] = definitions.pop("Seat")
    at(schema, *SEATS)["items"] = {"$ref": "#/$defs/Chair"}

    assert differences(schema) == []


def test_a_part_that_holds_itself_is_compared_once() -> None:
    tree: Schema = {
        "$defs": {"Tree": {"type": "object", "properties": {"below": {"$ref": "#/$defs/Tree"}}}},
        "$ref": "#/$defs/Tree",
    }

    assert differences(tree, deepcopy(tree)) == []


def test_the_worst_comes_first_and_is_told_in_one_line() -> None:
    schema = changed("properties", new={"type": "string", "default": ""}, share=None)
    first, *_ = differences(schema)

    assert str(first) == f"BREAKS: {NAME} share: the field was removed or renamed"


def test_the_real_contracts_equal_themselves() -> None:
    assert compare(schemas(), schemas()) == []
