"""What each service's OpenAPI document shows: examples beside everything, and none that breaks its own schema."""

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from kindred_common.contracts.topics import TOPICS
from kindred_common.contracts.vocabulary import Service
from kindred_common.db.settings import DatabaseSettings
from kindred_common.runtime.foundation import lay_foundation

Json = dict[str, Any]

SERVICES = [service for service in Service if service is not Service.OUTSIDE]
RECORDS = {model.__name__ for topic in TOPICS for model in topic.records}
"""They have example payloads of their own, in the contracts."""


@cache
def document(service: Service) -> Json:
    """The document as a running service shows it; nothing has to run for that."""
    definition = import_module(f"kindred_{service}.bootstrap").SERVICE
    nowhere = DatabaseSettings(url="postgresql://kindred@127.0.0.1:1/kindred")
    foundation = lay_foundation(service, definition.settings(database=nowhere))
    shown: Json = definition.assemble(foundation).app.openapi()
    return shown


def answers_and_bodies(service: Service) -> Iterator[tuple[str, Json]]:
    """Each JSON schema that a route takes or gives when all goes well."""
    for path, routes in document(service)["paths"].items():
        for method, route in routes.items():
            name = f"{method.upper()} {path}"
            good = {code: r for code, r in route["responses"].items() if code.startswith("2")}
            for part in (*good.values(), route.get("requestBody", {})):
                schema = part.get("content", {}).get("application/json", {}).get("schema")
                if schema:
                    yield name, schema


def is_shown(service: Service, schema: Json, depth: int = 3) -> bool:
    """Whether the schema, or something that it is made of, stands beside an example."""
    if schema.get("$ref", "").rpartition("/")[2] in RECORDS:
        return True
    schema = resolved(service, schema)
    if schema.get("examples"):
        return True
    parts = [*schema.get("anyOf", []), *schema.get("properties", {}).values()]
    parts += [schema["items"]] if "items" in schema else []
    return depth > 0 and any(is_shown(service, part, depth - 1) for part in parts)


def resolved(service: Service, schema: Json) -> Json:
    if "$ref" not in schema:
        return schema
    found: Json = document(service)["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return found


def with_nulls(service: Service, schema: Json, example: Any) -> Any:
    """The example with the fields that are null in it: FastAPI leaves those out of the document."""
    schema = resolved(service, schema)
    if isinstance(example, list):
        return [with_nulls(service, schema.get("items", {}), one) for one in example]
    if not isinstance(example, dict):
        return example
    fields = schema.get("properties", {})
    absent = {n: None for n, field in fields.items() if {"type": "null"} in field.get("anyOf", [])}
    return absent | {
        name: with_nulls(service, of_something(fields.get(name, {})), value)
        for name, value in example.items()
    }


def of_something(field: Json) -> Json:
    """What a field holds when it is not null."""
    choices: list[Json] = field.get("anyOf", [field])
    return next(choice for choice in choices if choice != {"type": "null"})


@pytest.mark.parametrize("service", SERVICES)
def test_every_answer_and_body_stands_beside_an_example(service: Service) -> None:
    bare = [name for name, schema in answers_and_bodies(service) if not is_shown(service, schema)]

    assert bare == []


@pytest.mark.parametrize("service", SERVICES)
def test_no_example_breaks_the_schema_it_stands_beside(service: Service) -> None:
    shown = document(service)
    broken = []
    for name, schema in shown["components"]["schemas"].items():
        validator = Draft202012Validator(shown | schema)
        for example in schema.get("examples", []):
            full = with_nulls(service, schema, example)
            broken += [f"{name}: {fault.message}" for fault in validator.iter_errors(full)]

    assert broken == []
