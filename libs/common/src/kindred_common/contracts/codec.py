"""From Kafka bytes to typed records and back: the one door through which records come in and go out."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Generic, TypeVar
from uuid import UUID

from pydantic import ValidationError

from kindred_common.contracts.envelope import Envelope, Headers, MalformedRecord, from_kafka
from kindred_common.contracts.faults import first_fault
from kindred_common.contracts.moment import in_utc
from kindred_common.contracts.record import Cause, Record
from kindred_common.contracts.topics import INGEST_LIMIT_BYTES, Kind, Topic

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ZERO_CHARACTER = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
"""A zero character as JSON writes it, but not an escaped backslash before the letters u0000. Postgres has no room for it."""

UNREADABLE = "kindred_unreadable"
"""A header of what stands for records that we did not take in whole; its content says why."""
TOO_MANY_HEADERS = b"headers"
UNFOLDS_TOO_FAR = b"batch"

R_co = TypeVar("R_co", bound=Record, covariant=True)


@dataclass(frozen=True, slots=True)
class RawRecord:
    """A record as it stands on a partition, unread."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers
    timestamp_ms: int


@dataclass(frozen=True, slots=True)
class Received(Generic[R_co]):
    """A record that keeps its contract; ``data`` None is a removal on a state topic."""

    topic: Topic
    key: str
    envelope: Envelope
    data: R_co | None

    def because(self) -> Cause:
        """The cause that records following from this one carry."""
        return Cause(
            correlation_id=self.envelope.cause.correlation_id,
            causation_id=self.envelope.id,
            traceparent=self.envelope.cause.traceparent,
        )


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A record to be published in the transaction that made it true; ``data`` None removes ``key`` from a state topic.

    ``id`` is given where a later act has to name this record as its cause; else the outbox gives one.
    """

    topic: Topic
    key: str
    data: Record | None
    cause: Cause
    id: UUID | None = None


def decode(topic: Topic, raw: RawRecord) -> Received[Record]:
    """Checks a record against the contract of its topic.

    Raises:
        MalformedRecord: with the first field that breaks it; the reason never repeats the value.
    """
    for name, content in raw.headers:
        if name == UNREADABLE:
            raise _unreadable(content)
    if raw.value is not None and len(raw.value) > INGEST_LIMIT_BYTES:
        raise MalformedRecord("value", f"is larger than {INGEST_LIMIT_BYTES} bytes")
    key = _key(raw.key)
    if raw.value is None:
        return _removal(topic, raw, key)
    envelope, body = from_kafka(raw.headers, raw.value)
    model = topic.record(envelope.type)
    if model is None:
        raise MalformedRecord("type", f"is not carried by {topic.name}")
    if body is None:
        raise MalformedRecord("data", "is missing")
    return Received(topic, key, envelope, _body(model, body))


def _unreadable(content: bytes) -> MalformedRecord:
    if content == TOO_MANY_HEADERS:
        return MalformedRecord("headers", "are too many or too large")
    return MalformedRecord("value", "is in a batch that cannot be unpacked, or unfolds too far")


def _key(key: bytes | None) -> str:
    if not key:
        raise MalformedRecord("key", "is missing")
    try:
        text = key.decode()
    except UnicodeDecodeError:
        raise MalformedRecord("key", "is not UTF-8") from None
    if "\x00" in text or len(text) > 500:
        raise MalformedRecord("key", "is too long or holds a zero byte")
    return text


def _removal(topic: Topic, raw: RawRecord, key: str) -> Received[Record]:
    if topic.kind is not Kind.STATE:
        raise MalformedRecord("value", "is null on a topic of facts")
    if _has_attributes(raw.headers):
        envelope, _ = from_kafka(raw.headers, None)
        return Received(topic, key, envelope, None)
    return Received(topic, key, _anonymous(topic, raw, key), None)


def _has_attributes(headers: Iterable[tuple[str, bytes]]) -> bool:
    return any(name.lower() == "ce_id" for name, _ in headers)


def _anonymous(topic: Topic, raw: RawRecord, key: str) -> Envelope:
    """Compaction tools and console producers send bare nulls: the position on the topic identifies them."""
    record_id = f"{topic.name}-{raw.partition}-{raw.offset}"
    return Envelope(
        id=record_id,
        source="outside",
        type=topic.records[0].record_type,
        time=_moment(raw.timestamp_ms),
        subject=key,
        cause=Cause(correlation_id=record_id),
    )


def _moment(timestamp_ms: int) -> datetime:
    try:
        return in_utc(_EPOCH + timedelta(milliseconds=timestamp_ms))
    except (ValueError, OverflowError):
        raise MalformedRecord("timestamp", "is too far off") from None


def _body(model: type[Record], body: bytes) -> Record:
    try:
        record = model.from_json(body)
    except ValidationError as error:
        raise MalformedRecord(*first_fault(error)) from None
    if _ZERO_CHARACTER.search(body):
        raise MalformedRecord("data", "holds a zero character")
    return record
