"""Example payloads of every record type, for the tests of those who write them and of those who read them.

They live in the package (`payloads/<record type>/<name>.json`) and tell one story; nobody in it is real.
"""

from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TypeVar

from kindred_common.contracts.record import Record

R = TypeVar("R", bound=Record)


def examples(model: type[R]) -> list[R]:
    """Every example of a record type, the smallest that is allowed and the fullest among them."""
    return [model.from_json(body) for body in example_bodies(model.record_type).values()]


@cache
def example_bodies(record_type: str) -> dict[str, bytes]:
    """The examples of a record type as they travel, by name; none when the type is unknown."""
    folder = _folder() / record_type
    if not folder.is_dir():
        return {}
    found = [(item.name.removesuffix(".json"), item) for item in folder.iterdir()]
    return {name: item.read_bytes() for name, item in sorted(found, key=lambda pair: pair[0])}


def example_types() -> frozenset[str]:
    """The record types that have examples."""
    return frozenset(item.name for item in _folder().iterdir())


def _folder() -> Traversable:
    return files("kindred_common.contracts") / "payloads"
