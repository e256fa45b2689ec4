import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from kindred_common.contracts.examples import example_bodies, example_types, examples
from kindred_common.contracts.record import Record
from kindred_common.contracts.schemas import record_types, schema_of

MODELS = pytest.mark.parametrize("model", record_types().values(), ids=record_types())


def documents(model: type[Record]) -> dict[str, Any]:
    return {name: json.loads(body) for name, body in example_bodies(model.record_type).items()}


@MODELS
def test_every_record_type_has_a_smallest_and_a_fullest_example(model: type[Record]) -> None:
    smallest, *_ = (found := documents(model))["minimal"], found["full"]
    required = {name for name, field in model.model_fields.items() if field.is_required()}

    assert len(examples(model)) == len(found) >= 2
    assert required <= smallest.keys()
    assert model.from_json(example_bodies(model.record_type)["minimal"]) in examples(model)


@MODELS
def test_every_field_stands_in_some_example_and_no_example_has_another(model: type[Record]) -> None:
    shown = {field for document in documents(model).values() for field in document}

    assert shown == set(model.model_fields)


@MODELS
def test_examples_keep_their_schema_and_are_read_and_written_without_loss(
    model: type[Record],
) -> None:
    validator = Draft202012Validator(
        schema_of(model), format_checker=Draft202012Validator.FORMAT_CHECKER
    )
    for body in example_bodies(model.record_type).values():
        record = model.from_json(body)
        validator.validate(json.loads(body))
        validator.validate(json.loads(record.to_json()))
        assert model.from_json(record.to_json()) == record


def test_no_examples_are_left_of_types_that_no_longer_exist() -> None:
    assert example_types() == record_types().keys()


def test_an_unknown_type_has_no_examples() -> None:
    assert example_bodies("kindred.unknown.v1") == {}


def test_addresses_in_examples_belong_to_nobody() -> None:
    """RFC 2606 and the numbers set apart for fiction."""
    for record_type in record_types():
        for body in example_bodies(record_type).values():
            text = body.decode()
            assert all(part.split('"')[0].endswith(".example") for part in text.split("@")[1:])
            assert "+31" not in text or "+31 20 555 0" in text
