"""Which record caused which, as a tree."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from kindred_cli.demo.show.telling import short
from kindred_cli.demo.show.words import in_short
from kindred_cli.following import Seen


def tree(records: Sequence[Seen]) -> list[str]:
    """One line a record under the record that caused it.

    What has no cause among the records stands at the left: there somebody outside began something.
    """
    known = {record.id for record in records}
    children: dict[str | None, list[Seen]] = defaultdict(list)
    for record in records:
        cause = record.caused_by if record.caused_by in known else None
        children[cause].append(record)
    return [line for root in children[None] for line in _lines(root, children, "", "")]


def follow_back(records: Iterable[Seen], last: Seen) -> Sequence[Seen]:
    """The record, what caused it, what caused that, and so on, as far as the records go."""
    by_id = {record.id: record for record in records}
    way = [last]
    while (before := by_id.get(way[-1].caused_by or "")) is not None:
        way.append(before)
    return way


def _lines(
    record: Seen,
    children: Mapping[str | None, Sequence[Seen]],
    first: str,
    rest: str,
) -> Iterator[str]:
    received = record.received
    yield f"{first}{received.topic.name} {short(record.id)}  {in_short(received.data)}"
    below = children.get(record.id, [])
    for number, child in enumerate(below, 1):
        last = number == len(below)
        yield from _lines(
            child, children, rest + ("└ " if last else "├ "), rest + ("  " if last else "│ ")
        )
