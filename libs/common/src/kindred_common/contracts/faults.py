"""Says what is wrong with a record's body without a word of what stands in it."""

from functools import cache

from pydantic import ValidationError

from kindred_common.contracts.record import Part

_SAFE = frozenset(
    {"missing", "int_type", "float_type", "string_type", "bool_type", "tuple_type", "dict_type"}
    | {"uuid_type", "enum", "literal_error", "finite_number", "moment_not_written_out"}
    | {"string_too_short", "string_too_long", "string_pattern_mismatch", "too_short", "too_long"}
    | {"greater_than", "greater_than_equal", "less_than", "less_than_equal", "moment_out_of_span"}
)
"""Kinds of error whose message is made of the contract alone; others may quote what they met."""

_TOLD_OTHERWISE = {
    "json_invalid": "is not JSON",
    "model_type": "Input should be an object",
    "uuid_parsing": "Input should be a UUID",
}


def first_fault(error: ValidationError) -> tuple[str, str]:
    """The first field at fault and the reason."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    kind = first["type"]
    reason = first["msg"] if kind in _SAFE else _TOLD_OTHERWISE.get(kind, "is not valid")
    return _path(first["loc"]), reason


def _path(location: tuple[int | str, ...]) -> str:
    """Where the fault is; a name that no contract knows comes from the record and is not repeated."""
    known = _field_names()
    return ".".join(str(p) if isinstance(p, int) or p in known else "*" for p in location) or "data"


@cache
def _field_names() -> frozenset[str]:
    return frozenset(name for model in _parts(Part) for name in model.model_fields)


def _parts(model: type[Part]) -> list[type[Part]]:
    return [model, *(below for child in model.__subclasses__() for below in _parts(child))]
