"""Request bodies say what their documents say: no number in quotes, no 1 for true, no seconds for a moment."""

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import BaseModel, TypeAdapter

from kindred_common.contracts.vocabulary import Service
from kindred_common.db.settings import DatabaseSettings
from kindred_common.runtime.foundation import lay_foundation

SERVICES = [service for service in Service if service is not Service.OUTSIDE]
COERCED = frozenset({"int", "float", "bool"})
BESIDE = frozenset({"metadata", "serialization", "default", "ref"})
"""Parts of a schema that do not say what is read."""


@cache
def application(service: Service) -> FastAPI:
    definition = import_module(f"kindred_{service}.bootstrap").SERVICE
    nowhere = DatabaseSettings(url="postgresql://kindred@127.0.0.1:1/kindred")
    foundation = lay_foundation(service, definition.settings(database=nowhere))
    app: FastAPI = definition.assemble(foundation).app
    return app


def json_bodies(service: Service) -> Iterator[tuple[str | None, Any]]:
    """The type of each body that is read as JSON; forms are text, and read as such."""
    for context in iter_route_contexts(application(service).routes):
        route = context.original_route
        if isinstance(route, APIRoute) and route.body_field is not None:
            kind = route.body_field.field_info.annotation
            if not getattr(kind, "__name__", "").startswith("Body_"):
                yield context.path_format, kind


def loose(schema: Any, path: tuple[str, ...] = ()) -> Iterator[str]:
    """Where a schema takes a text for a number, or a number for a truth."""
    if isinstance(schema, dict):
        if schema.get("type") in COERCED and not schema.get("strict"):
            yield ".".join(path)
        for name, part in schema.items():
            if name not in BESIDE:
                yield from loose(part, (*path, name))
    elif isinstance(schema, list | tuple):
        for part in schema:
            yield from loose(part, path)


@pytest.mark.parametrize("service", SERVICES)
def test_no_body_takes_one_kind_of_value_for_another(service: Service) -> None:
    found = [
        f"{path}: {where}"
        for path, kind in json_bodies(service)
        for where in loose(TypeAdapter(kind).core_schema)
    ]

    assert found == []


def test_a_loose_field_would_be_found() -> None:
    class Loose(BaseModel):
        seats: int | None = None

    assert len(list(loose(TypeAdapter(Loose).core_schema))) == 1
