"""CloudEvents 1.0 over Kafka: binary mode out, binary and structured mode in.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md
"""

import base64
import binascii
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from kindred_common.contracts.record import Cause

Headers = tuple[tuple[str, bytes], ...]

STRUCTURED = "application/cloudevents+json"


class MalformedRecord(ValueError):  # noqa: N818 - named for what it tells the producer
    """A record that breaks its contract: ``field`` says where, ``reason`` why; neither repeats the value."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Envelope:
    """The attributes of one record.

    ``sequence`` counts the records of one key on one topic and is the version on state topics. ``source_version`` is the
    version that another system gives its own state.
    """

    id: str
    source: str
    type: str
    time: datetime
    subject: str
    cause: Cause
    sequence: int | None = None
    source_version: int | None = None


def to_headers(envelope: Envelope) -> Headers:
    """Kafka headers of the binary mode."""
    attributes: dict[str, str | None] = {
        "ce_specversion": "1.0",
        "ce_id": envelope.id,
        "ce_source": envelope.source,
        "ce_type": envelope.type,
        "ce_time": envelope.time.isoformat(),
        "ce_subject": envelope.subject,
        "ce_correlationid": envelope.cause.correlation_id,
        "ce_causationid": envelope.cause.causation_id,
        "ce_traceparent": envelope.cause.traceparent,
        "ce_sequence": None if envelope.sequence is None else str(envelope.sequence),
        "ce_sourceversion": None
        if envelope.source_version is None
        else str(envelope.source_version),
        "content-type": "application/json",
    }
    return tuple((name, value.encode()) for name, value in attributes.items() if value is not None)


def from_kafka(
    headers: Iterable[tuple[str, bytes]], value: bytes | None
) -> tuple[Envelope, bytes | None]:
    """Reads the envelope and the body of a record in either mode.

    Raises:
        MalformedRecord: an attribute is missing or does not fit its type.
    """
    texts = {name.lower(): _text(name, content) for name, content in headers}
    if any(name.startswith("ce_") for name in texts):
        return _envelope(
            {name[3:]: text for name, text in texts.items() if name.startswith("ce_")}
        ), value
    return _structured(value)


def _text(name: str, content: bytes | None) -> str:
    try:
        return (content or b"").decode()
    except UnicodeDecodeError:
        raise MalformedRecord(f"header {name}", "is not UTF-8") from None


def _structured(value: bytes | None) -> tuple[Envelope, bytes | None]:
    if value is None:
        raise MalformedRecord("value", "is null and there are no ce_ headers")
    try:
        document = json.loads(value)
    except (ValueError, RecursionError):
        raise MalformedRecord("value", "is not JSON") from None
    if not isinstance(document, dict):
        raise MalformedRecord("value", "is not a JSON object")
    fields = cast("dict[str, object]", document)
    attributes = {
        name: str(content)
        for name, content in fields.items()
        if name not in ("data", "data_base64")
    }
    return _envelope(attributes), _structured_body(fields)


def _structured_body(fields: Mapping[str, object]) -> bytes | None:
    if "data_base64" in fields:
        try:
            return base64.b64decode(str(fields["data_base64"]), validate=True)
        except binascii.Error:
            raise MalformedRecord("data_base64", "is not base64") from None
    data = fields.get("data")
    return None if data is None else json.dumps(data).encode()


def _envelope(attributes: Mapping[str, str]) -> Envelope:
    if (version := _required(attributes, "specversion")) != "1.0":
        raise MalformedRecord("specversion", f"must be 1.0, not {version[:10]}")
    record_id = _required(attributes, "id")
    return Envelope(
        id=record_id,
        source=_required(attributes, "source"),
        type=_required(attributes, "type"),
        time=_time(_required(attributes, "time")),
        subject=attributes.get("subject", ""),
        cause=Cause(
            correlation_id=attributes.get("correlationid") or record_id,
            causation_id=attributes.get("causationid"),
            traceparent=attributes.get("traceparent"),
        ),
        sequence=_whole_number(attributes, "sequence"),
        source_version=_whole_number(attributes, "sourceversion"),
    )


def _required(attributes: Mapping[str, str], name: str) -> str:
    text = attributes.get(name, "")
    if not text:
        raise MalformedRecord(name, "attribute is missing")
    if len(text) > 500 or "\x00" in text:
        raise MalformedRecord(name, "attribute is too long or holds a zero byte")
    return text


def _time(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise MalformedRecord("time", "is not an RFC 3339 time") from None
    if moment.tzinfo is None:
        raise MalformedRecord("time", "has no zone")
    return moment


def _whole_number(attributes: Mapping[str, str], name: str) -> int | None:
    text = attributes.get(name)
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise MalformedRecord(name, "is not a whole number")
    return int(text)
