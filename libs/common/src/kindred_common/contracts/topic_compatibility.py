"""What a change of the topics does to those who read and write them, told from two AsyncAPI documents of ours."""

from collections.abc import Iterator, Mapping
from typing import cast

from kindred_common.contracts.compatibility import Change, Effect
from kindred_common.contracts.schemas import Schema

_LASTING = {
    "x-kindred-key": "its key changed, so records of one customer would lie on two partitions",
    "x-kindred-kind": "facts became state or state became facts",
}
"""Marks of a channel that are settled once it exists."""


def compare_topics(before: Schema, after: Schema) -> list[Change]:
    """The changes from one document to another that concern topics as such; payloads are compared elsewhere."""
    old, new = _channels(before), _channels(after)
    gone = [
        Change(name, "", Effect.BREAKS, "the topic was removed")
        for name in sorted(old.keys() - new.keys())
    ]
    added = [
        Change(name, "", Effect.ADDS, "a new topic") for name in sorted(new.keys() - old.keys())
    ]
    kept = [
        Change(name, "", Effect.BREAKS, what)
        for name in sorted(old.keys() & new.keys())
        for what in _broken(old[name], new[name])
    ]
    return [*gone, *kept, *added]


def _broken(before: Schema, after: Schema) -> Iterator[str]:
    for mark, what in _LASTING.items():
        if before.get(mark) != after.get(mark):
            yield what
    if _partitions(before) != _partitions(after):
        yield "its number of partitions changed, which moves keys and so their order"
    carried, carries = (
        cast("Mapping[str, object]", channel["messages"]) for channel in (before, after)
    )
    for name in sorted(carried.keys() - carries.keys()):
        yield f"it no longer carries {name}"


def _channels(document: Schema) -> dict[str, Schema]:
    return cast("dict[str, Schema]", document.get("channels", {}))


def _partitions(channel: Schema) -> object:
    bindings = cast("dict[str, Schema]", channel["bindings"])
    return bindings["kafka"]["partitions"]
