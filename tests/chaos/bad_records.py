"""Records that break their contract in every way we know, and what has to be said of each."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from tests.chaos.outside import Writing

from kindred_common.contracts.envelope import Envelope, Headers, to_headers
from kindred_common.contracts.examples import example_bodies
from kindred_common.contracts.record import Cause, Record
from kindred_common.contracts.topics import Kind, Topic

TOO_LARGE = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Bad:
    """A bad record, with the field and the beginning of the reason that must be given."""

    flaw: str
    writing: Writing
    field: str
    reason: str


@dataclass(frozen=True, slots=True)
class _Good:
    """A good record to spoil: of nobody, so that it would have no effect if it were taken."""

    topic: Topic
    model: type[Record]
    key: str
    body: Mapping[str, Any]
    envelope: Envelope

    @property
    def first_field(self) -> str:
        return next(n for n, field in self.model.model_fields.items() if field.is_required())

    def writing(
        self, body: object | None = None, value: bytes | None = None, **changed: str
    ) -> Writing:
        content = value if value is not None else json.dumps(body or self.body).encode()
        return Writing(self.topic, self.key.encode(), content, _headers(self.envelope, **changed))


def bad_records(topic: Topic, name: str, now: datetime) -> list[Bad]:
    """One record of each flaw that the topic can meet; ``name`` makes their ids and keys unlike any others."""
    flaws = [*_FLAWS, _no_version if topic.kind is Kind.STATE else _null]
    return [
        replace(flaw(_good(topic, f"{name}-{topic.name}-{n}", now)), flaw=flaw.__name__[1:])
        for n, flaw in enumerate(flaws)
    ]


def _good(topic: Topic, name: str, now: datetime) -> _Good:
    model = topic.records[0]
    body = json.loads(example_bodies(model.record_type)["minimal"])
    envelope = Envelope(
        id=name,
        source=f"spoiler-{name}",
        type=model.record_type,
        time=now,
        subject=name,
        cause=Cause(correlation_id=name),
        sequence=None if topic.external else 1,
        source_version=1 if topic.external else None,
    )
    return _Good(topic, model, name, body, envelope)


def _headers(envelope: Envelope, **changed: str) -> Headers:
    """The headers with some changed; those that become empty are left out."""
    headers = dict(to_headers(envelope)) | {
        f"ce_{name}": text.encode() for name, text in changed.items()
    }
    return tuple((name, content) for name, content in headers.items() if content)


def _not_json(good: _Good) -> Bad:
    return Bad("", good.writing(value=b'{"never": "closed'), "data", "is not JSON")


def _no_record_at_all(good: _Good) -> Bad:
    return Bad("", replace(good.writing(value=b"\xff\xfe"), headers=()), "value", "is not JSON")


def _wrong_type(good: _Good) -> Bad:
    body = {**good.body, good.first_field: {"what": "is this"}}
    return Bad("", good.writing(body), good.first_field, "")


def _missing_field(good: _Good) -> Bad:
    body = {name: value for name, value in good.body.items() if name != good.first_field}
    return Bad("", good.writing(body), good.first_field, "Field required")


def _too_large(good: _Good) -> Bad:
    value = json.dumps(good.body).encode() + b" " * TOO_LARGE
    return Bad("", good.writing(value=value), "value", "is larger than")


def _unknown_type(good: _Good) -> Bad:
    return Bad("", good.writing(type="kindred.unheard-of.v1"), "type", "is not carried by")


def _no_id(good: _Good) -> Bad:
    return Bad("", good.writing(id=""), "id", "attribute is missing")


def _time_without_zone(good: _Good) -> Bad:
    return Bad("", good.writing(time="2026-03-02T09:00:00"), "time", "is not an RFC 3339")


def _no_key(good: _Good) -> Bad:
    # The broker itself refuses records without a key on compacted topics, but an empty one passes.
    key = b"" if good.topic.kind is Kind.STATE else None
    return Bad("", replace(good.writing(), key=key), "key", "is missing")


def _no_version(good: _Good) -> Bad:
    writing = good.writing(sequence="", sourceversion="")
    return Bad("", writing, "sourceversion", "attribute is missing")


def _null(good: _Good) -> Bad:
    return Bad("", replace(good.writing(), value=None), "value", "is null on a topic of facts")


_FLAWS: tuple[Callable[[_Good], Bad], ...] = (
    _not_json,
    _no_record_at_all,
    _wrong_type,
    _missing_field,
    _too_large,
    _unknown_type,
    _no_id,
    _time_without_zone,
    _no_key,
)


def flaws_of(topics: Iterator[Topic] | tuple[Topic, ...], name: str, now: datetime) -> list[Bad]:
    """The bad records of several topics."""
    return [bad for topic in topics for bad in bad_records(topic, name, now)]
