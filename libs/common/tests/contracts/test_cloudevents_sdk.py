"""Our parser is our own; the CloudEvents project's SDK is the witness that it speaks their language."""

import json
from typing import Any

import pytest
from cloudevents.core.bindings.kafka import (
    KafkaMessage,
    from_kafka,
    to_binary,
    to_structured,
)
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from libs.common.tests.contracts.bodies import ALL_TYPES, NOON, envelope_for, topic_of

from kindred_common.contracts.codec import RawRecord, Received, decode
from kindred_common.contracts.envelope import to_headers
from kindred_common.contracts.examples import example_bodies
from kindred_common.contracts.record import Record
from kindred_common.contracts.schemas import record_types

TYPES = pytest.mark.parametrize("record_type", ALL_TYPES)
TRACE = f"00-{'a' * 32}-{'b' * 16}-01"


@TYPES
def test_the_sdk_reads_what_we_write(record_type: str) -> None:
    body = example_bodies(record_type)["full"]
    record = record_types()[record_type].from_json(body)
    headers = dict(to_headers(envelope_for(record_type)))
    event = from_kafka(KafkaMessage(headers, b"k", record.to_json()), JSONFormat())

    assert event.get_specversion() == "1.0"
    assert (event.get_id(), event.get_source(), event.get_type()) == ("r-1", "test", record_type)
    assert (event.get_time(), event.get_subject()) == (NOON, "k")
    assert event.get_datacontenttype() == "application/json"
    assert event.get_extension("sequence") == "4"
    assert event.get_extension("sourceversion") == "9"
    assert event.get_extension("correlationid") == "c-1"
    assert event.get_extension("causationid") == "r-0"
    assert event.get_extension("traceparent") == TRACE
    assert event.get_data() == json.loads(record.to_json())


@TYPES
@pytest.mark.parametrize("write", [to_binary, to_structured])
def test_we_read_what_the_sdk_writes(record_type: str, write: Any) -> None:
    body = example_bodies(record_type)["full"]
    received = read(record_type, write(event(record_type, json.loads(body)), JSONFormat()))

    assert received.data == record_types()[record_type].from_json(body)
    assert received.envelope == envelope_for(record_type)


@pytest.mark.parametrize("write", [to_binary, to_structured])
def test_extensions_of_others_are_no_hindrance(write: Any) -> None:
    record_type = "kindred.crm-customer.v1"
    body = json.loads(example_bodies(record_type)["minimal"])
    extended = event(record_type, body, partitionkey="crm:C-1001", dataschema="urn:x", tenant="a")

    assert read(record_type, write(extended, JSONFormat())).envelope.id == "r-1"


def event(record_type: str, data: object, **extensions: str) -> CloudEvent:
    attributes = {
        "id": "r-1", "source": "test", "type": record_type, "time": NOON, "subject": "k",
        "datacontenttype": "application/json", "sequence": "4", "sourceversion": "9",
        "correlationid": "c-1", "causationid": "r-0", "traceparent": TRACE,
    }  # fmt: skip
    return CloudEvent(attributes=attributes | extensions, data=data)  # type: ignore[arg-type]  # any JSON


def read(record_type: str, message: KafkaMessage) -> Received[Record]:
    headers = tuple(message.headers.items())
    topic = topic_of(record_type)
    return decode(topic, RawRecord(topic.name, 0, 0, b"k", message.value, headers, 0))
