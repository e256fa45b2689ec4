import json
from copy import deepcopy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from libs.common.tests.contracts.bodies import ALL_TYPES, SCHEMAS, bodies_of
from pydantic import ValidationError

from kindred_common.contracts.examples import example_bodies
from kindred_common.contracts.schemas import DIALECT, parse_schema, record_types

TYPES = pytest.mark.parametrize("record_type", ALL_TYPES)
WRONG = [None, True, -1, 10**30, "", "x" * 600, [], {}, ["x"], {"x": 1}, "2026-13-40T00:00:00Z"]


@TYPES
def test_a_schema_is_one_of_json_schema_2020_12_and_says_what_it_is_about(record_type: str) -> None:
    schema = SCHEMAS[record_type]

    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == DIALECT
    assert schema["$id"] == f"urn:kindred:{record_type}"
    assert schema["title"] == record_types()[record_type].__name__
    assert str(schema["description"]).endswith((".", ":"))
    assert "``" not in json.dumps(schema)


@TYPES
@settings(max_examples=10)
@given(data=st.data())
def test_what_the_schema_allows_is_read(record_type: str, data: st.DataObject) -> None:
    """Other systems build to the schema: the model may not refuse what it allows."""
    body = data.draw(bodies_of(record_type))
    model = record_types()[record_type]

    record = model.from_json(json.dumps(body).encode())
    assert model.from_json(record.to_json()) == record


@TYPES
def test_what_the_schema_forbids_is_not_read(record_type: str) -> None:
    """Each field of the fullest example in turn gets each wrong value: model and schema agree on it."""
    schema, model = SCHEMAS[record_type], record_types()[record_type]
    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    example = json.loads(example_bodies(record_type)["full"])
    for field in example:
        for wrong in WRONG:
            document = deepcopy(example) | {field: wrong}
            if not validator.is_valid(document):
                with pytest.raises(ValidationError):
                    model.from_json(json.dumps(document).encode())


@pytest.mark.parametrize("text", ["[]", "1", "not JSON"])
def test_a_schema_that_is_no_object_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"JSON|Expecting"):
        parse_schema(text)
