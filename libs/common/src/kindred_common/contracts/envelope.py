"""CloudEvents 1.0 over Kafka: binary mode out, binary and structured mode in.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md
"""

import base64
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from kindred_common.contracts.moment import in_utc, read_moment
from kindred_common.contracts.record import Cause

Headers = tuple[tuple[str, bytes], ...]

STRUCTURED = "application/cloudevents+json"
ATTRIBUTE_LIMIT = 500
"""Characters that an attribute may have; it is stored and indexed."""

_TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
_ATTRIBUTES = frozenset(
    {"specversion", "id", "source", "type", "time", "subject", "correlationid", "causationid"}
    | {"traceparent", "sequence", "sourceversion"}
)


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
    texts = dict(_read(headers))
    attributes = {name[3:]: text for name, text in texts.items() if name.startswith("ce_")}
    # A structured record may repeat its attributes as headers; the content type decides.
    if attributes and not texts.get("content-type", "").startswith("application/cloudevents"):
        return _envelope(attributes), value
    return _structured(value)


def _read(headers: Iterable[tuple[str, bytes]]) -> Iterable[tuple[str, str]]:
    """The headers that concern us as text; others are not ours to judge and may hold any bytes."""
    for name, content in headers:
        known = name.lower()
        if known == "content-type" or (known.startswith("ce_") and known[3:] in _ATTRIBUTES):
            yield known, _text(known, content)


def _text(name: str, content: bytes | None) -> str:
    try:
        return (content or b"").decode()
    except UnicodeDecodeError:
        raise MalformedRecord(name, "header is not UTF-8") from None


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
    return _envelope(dict(_attributes(fields))), _structured_body(fields)


def _attributes(fields: Mapping[str, object]) -> Iterable[tuple[str, str]]:
    """The attributes as text; one that is null counts as absent."""
    for name in _ATTRIBUTES & fields.keys():
        content = fields[name]
        if content is None:
            continue
        if isinstance(content, bool) or not isinstance(content, str | int):
            raise MalformedRecord(name, "attribute is neither text nor a whole number")
        yield name, str(content)


def _structured_body(fields: Mapping[str, object]) -> bytes | None:
    if "data_base64" in fields:
        try:
            return base64.b64decode(str(fields["data_base64"]), validate=True)
        except ValueError:
            raise MalformedRecord("data_base64", "is not base64") from None
    data = fields.get("data")
    try:
        return None if data is None else json.dumps(data).encode()
    except RecursionError:
        raise MalformedRecord("data", "is nested too deeply") from None


def _envelope(attributes: Mapping[str, str]) -> Envelope:
    if _required(attributes, "specversion") != "1.0":
        raise MalformedRecord("specversion", "must be 1.0")
    record_id = _required(attributes, "id")
    return Envelope(
        id=record_id,
        source=_required(attributes, "source"),
        type=_required(attributes, "type"),
        time=_time(_required(attributes, "time")),
        subject=_optional(attributes, "subject") or "",
        cause=Cause(
            correlation_id=_optional(attributes, "correlationid") or record_id,
            causation_id=_optional(attributes, "causationid"),
            traceparent=_traceparent(attributes),
        ),
        sequence=_whole_number(attributes, "sequence"),
        source_version=_whole_number(attributes, "sourceversion"),
    )


def _required(attributes: Mapping[str, str], name: str) -> str:
    text = _optional(attributes, name)
    if text is None:
        raise MalformedRecord(name, "attribute is missing")
    return text


def _optional(attributes: Mapping[str, str], name: str) -> str | None:
    """What is stored in Postgres later, so what Postgres cannot store is refused here."""
    text = attributes.get(name)
    if not text:
        return None
    if len(text) > ATTRIBUTE_LIMIT:
        raise MalformedRecord(name, f"attribute is longer than {ATTRIBUTE_LIMIT} characters")
    if "\x00" in text or not _encodable(text):
        raise MalformedRecord(name, "attribute holds a character that no text may hold")
    return text


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _traceparent(attributes: Mapping[str, str]) -> str | None:
    """A trace context that cannot be read starts no dispute: W3C Trace Context says to begin a new trace."""
    text = attributes.get("traceparent", "")
    return text if _TRACEPARENT.fullmatch(text) else None


def _time(text: str) -> datetime:
    try:
        moment = read_moment(text)
    except ValueError:
        raise MalformedRecord("time", "is not an RFC 3339 date and time with zone") from None
    try:
        return in_utc(moment)
    except ValueError as error:
        raise MalformedRecord("time", str(error)) from None


def _whole_number(attributes: Mapping[str, str], name: str) -> int | None:
    text = attributes.get(name)
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise MalformedRecord(name, "is not a whole number")
    return int(text)
