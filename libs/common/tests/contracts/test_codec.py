"""A record comes out of Kafka as it went in, whichever of the two modes brought it."""

import base64
import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from libs.common.tests.contracts.bodies import (
    ALL_TYPES,
    MOMENTS,
    NOON,
    TEXT,
    bodies_of,
    envelope_for,
    raw,
    topic_of,
)

from kindred_common.contracts.codec import RawRecord, decode
from kindred_common.contracts.envelope import (
    STRUCTURED,
    Envelope,
    Headers,
    MalformedRecord,
    from_kafka,
    to_headers,
)
from kindred_common.contracts.examples import examples
from kindred_common.contracts.record import Cause
from kindred_common.contracts.schemas import record_types
from kindred_common.contracts.survey import AnswersRecorded
from kindred_common.contracts.topics import (
    CRM_CUSTOMERS,
    INGEST_LIMIT_BYTES,
    SURVEY_ANSWERS,
    Kind,
)

ANSWERS = AnswersRecorded.record_type
ATTRIBUTE = TEXT.filter(bool)
ENVELOPES = st.builds(
    Envelope,
    id=ATTRIBUTE, source=ATTRIBUTE, type=ATTRIBUTE, time=MOMENTS, subject=TEXT,
    cause=st.builds(
        Cause, ATTRIBUTE, st.none() | ATTRIBUTE, st.none() | st.just(f"00-{'1' * 32}-{'2' * 16}-00"),
    ),
    sequence=st.none() | st.integers(0, 10**18 - 1), source_version=st.none() | st.integers(0, 10**18 - 1),
)  # fmt: skip


@settings(max_examples=50)
@given(envelope=ENVELOPES)
def test_attributes_survive_both_modes(envelope: Envelope) -> None:
    headers = to_headers(envelope)

    assert from_kafka(headers, b"{}") == (envelope, b"{}")
    assert from_kafka((), structured(headers, "{}")) == (envelope, b"{}")


@pytest.mark.parametrize("record_type", ALL_TYPES)
@settings(max_examples=5)
@given(data=st.data())
def test_a_record_survives_both_modes(record_type: str, data: st.DataObject) -> None:
    envelope = envelope_for(record_type)
    body = json.dumps(data.draw(bodies_of(record_type))).encode()
    record = record_types()[record_type].from_json(body)

    binary = decode(topic_of(record_type), raw(record_type, record.to_json()))
    value = structured(to_headers(envelope), record.to_json().decode())
    nested = decode(topic_of(record_type), raw(record_type, value, headers=()))
    assert binary.data == nested.data == record
    assert binary.envelope == nested.envelope == envelope


def test_the_content_type_decides_when_a_structured_record_repeats_its_attributes() -> None:
    headers = to_headers(envelope_for(ANSWERS))
    value = structured(headers, example())
    repeated = tuple((n, c) for n, c in headers if n != "content-type")
    content_type = ("content-type", f"{STRUCTURED}; charset=UTF-8".encode())

    received = decode(SURVEY_ANSWERS, raw(ANSWERS, value, headers=(*repeated, content_type)))
    assert received.data == examples(AnswersRecorded)[0]


def test_structured_data_may_be_base64_and_numbers_may_be_numbers() -> None:
    fields = json.loads(structured(to_headers(envelope_for(ANSWERS)), "{}"))
    del fields["data"]
    fields |= {"data_base64": base64.b64encode(example().encode()).decode(), "sequence": 4}

    received = decode(SURVEY_ANSWERS, raw(ANSWERS, json.dumps(fields).encode(), headers=()))
    assert received.data == examples(AnswersRecorded)[0]
    assert received.envelope.sequence == 4


def test_an_attribute_that_is_null_is_absent() -> None:
    fields = json.loads(structured(to_headers(envelope_for(ANSWERS)), example()))
    nothing = dict.fromkeys(("subject", "causationid", "correlationid", "sequence", "traceparent"))

    envelope, _ = from_kafka((), json.dumps(fields | nothing).encode())
    assert (envelope.subject, envelope.sequence) == ("", None)
    assert envelope.cause == Cause(correlation_id="r-1")


def test_headers_of_others_may_hold_anything() -> None:
    strange = (("X-B3", b"\xff\x00"), ("ce_unknown", b"\xfe"), ("", b""))
    headers = (*to_headers(envelope_for(ANSWERS)), *strange)

    assert decode(SURVEY_ANSWERS, raw(ANSWERS, example().encode(), headers)).envelope.id == "r-1"


def test_an_unreadable_trace_begins_a_new_one() -> None:
    cause = Cause("c", None, "not a trace")
    headers = to_headers(envelope_for(ANSWERS, cause=cause))

    assert decode(SURVEY_ANSWERS, raw(ANSWERS, example().encode(), headers)).because() == Cause(
        correlation_id="c", causation_id="r-1", traceparent=None
    )


def test_moments_are_kept_in_utc() -> None:
    east = NOON.astimezone(timezone(timedelta(hours=5)))
    envelope, _ = from_kafka(to_headers(envelope_for(ANSWERS, time=east)), b"{}")

    assert (envelope.time, envelope.time.tzinfo) == (NOON, UTC)


def test_null_removes_from_a_topic_of_state() -> None:
    bare = RawRecord("crm-customers", 2, 7, b"crm:C-1", None, (), 1_000)
    named = RawRecord(
        "crm-customers",
        2,
        7,
        b"crm:C-1",
        None,
        to_headers(envelope_for("kindred.crm-customer.v1")),
        0,
    )

    anonymous = decode(CRM_CUSTOMERS, bare)
    assert (anonymous.data, anonymous.key) == (None, "crm:C-1")
    assert anonymous.envelope.id == "crm-customers-2-7"
    assert anonymous.envelope.time == datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)
    assert decode(CRM_CUSTOMERS, named).envelope.source_version == 9


def test_null_on_a_topic_of_facts_is_malformed() -> None:
    assert SURVEY_ANSWERS.kind is Kind.FACT
    with pytest.raises(MalformedRecord, match="null on a topic of facts"):
        decode(SURVEY_ANSWERS, RawRecord("survey-answers", 0, 0, b"k", None, (), 0))


def test_the_limit_of_size_is_exact() -> None:
    body = example().encode()
    largest = body + b" " * (INGEST_LIMIT_BYTES - len(body))

    assert decode(SURVEY_ANSWERS, raw(ANSWERS, largest)).data is not None
    with pytest.raises(MalformedRecord, match="larger than 1048576 bytes"):
        decode(SURVEY_ANSWERS, raw(ANSWERS, largest + b" "))


def test_a_backslash_before_u0000_is_no_zero_character() -> None:
    assert decode(SURVEY_ANSWERS, raw(ANSWERS, with_question("a\\u0000"))).data is not None
    with pytest.raises(MalformedRecord, match="zero character"):
        decode(SURVEY_ANSWERS, raw(ANSWERS, with_question("a\x00")))


def example() -> str:
    return examples(AnswersRecorded)[0].to_json().decode()


def with_question(identity: str) -> bytes:
    document = json.loads(example())
    document["answers"][0]["question_id"] = identity
    return json.dumps(document).encode()


def structured(headers: Headers, body: str) -> bytes:
    attributes = {n[3:]: c.decode() for n, c in headers if n.startswith("ce_")}
    attributes["datacontenttype"] = "application/json"
    return json.dumps(attributes | {"data": json.loads(body)}).encode()
