"""Whatever arrives is either a record or malformed, and the reason never repeats a word of it."""

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from libs.common.tests.contracts.bodies import ALL_TYPES, envelope_for, raw, topic_of
from pydantic import ValidationError

from kindred_common.contracts.codec import RawRecord, Received, decode
from kindred_common.contracts.envelope import Headers, MalformedRecord, to_headers
from kindred_common.contracts.examples import example_bodies
from kindred_common.contracts.record import Record
from kindred_common.contracts.topics import TOPICS, Topic

CUSTOMER = "kindred.crm-customer.v1"
NAMES = st.sampled_from(
    [
        "ce_specversion",
        "ce_id",
        "ce_source",
        "ce_type",
        "ce_time",
        "ce_sequence",
        "CE_ID",
        "content-type",
    ]
)
BYTES = st.binary(max_size=40) | st.sampled_from(
    [
        b"1.0",
        CUSTOMER.encode(),
        b"2026-03-02T12:00:00Z",
        b"application/cloudevents+json",
        b"\xed\xa0\x80",
    ]
)
HEADERS = st.lists(st.tuples(NAMES | st.text(max_size=10), BYTES), max_size=8).map(tuple)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=15), inner, max_size=3),
)  # fmt: skip
FIRST, SECOND = "Jan.Jansen@prive.example", "Wim_Willem#park.example-"
DEEP = b'{"x":' + b"[" * 50_000 + b"]" * 50_000 + b"}"

UNREADABLE = {
    "nothing": b"",
    "no JSON": b"Jan Jansen",
    "no object": b'["Jan"]',
    "half": b'{"source": "crm"',
    "not UTF-8": b'{"source": "\xff"}',
    "UTF-16": '{"source": "crm"}'.encode("utf-16"),
    "a byte order mark": b'\xef\xbb\xbf{"source": "crm"}',
    "nested deeply": DEEP,
    "nested deeply, no end": b"[" * 200_000,
    "a huge number": b'{"max_distance_km": ' + b"9" * 100_000 + b"}",
    "a lone surrogate": b'{"source": "crm", "external_id": "\\ud800"}',
    "a bare control character": b'{"source": "crm", "external_id": "a\x00"}',
}
MALFORMED_FIELDS: dict[str, list[object]] = {
    "source": [None, 5, "", "Not A Name", "x" * 61, ["crm"], {"name": "crm"}],
    "external_id": [None, 5, "", "x" * 201, "a\x00b"],
    "given_name": [None, "", "   ", "x" * 201, "a\x00"],
    "email": ["no-at", "a b@c.example", "<a@b.example>", "a" * 65 + "@b.example", f"a@{'b' * 190}"],
    "language": ["de", "NL", 1, True],
    "formal": ["yes", 1, 0, "true"],
    "home": [{}, {"latitude": 91, "longitude": 0}, {"latitude": "52", "longitude": 4}, "52,4", []],
    "max_distance_km": [-1, 20_001, "60", True, float("nan"), float("inf"), 1e400],
    "norm": [{"stated_by": "nobody"}, {"stated_by": "self", "max_value": -1}],
}


def received_or_malformed(topic: Topic, record: RawRecord) -> Received[Record] | MalformedRecord:
    try:
        return decode(topic, record)
    except MalformedRecord as fault:
        return fault


def refused(record_type: str, body: object, headers: Headers | None = None) -> MalformedRecord:
    outcome = received_or_malformed(topic_of(record_type), raw(record_type, body, headers))
    assert isinstance(outcome, MalformedRecord)
    return outcome


@settings(max_examples=300)
@given(
    topic=st.sampled_from(TOPICS),
    key=st.none() | BYTES,
    value=st.none() | BYTES | JSON.map(lambda value: json.dumps(value).encode()),
    headers=HEADERS,
    timestamp_ms=st.integers(-(2**63), 2**63 - 1),
)
@example(topic=TOPICS[0], key=b"k", value=None, headers=(), timestamp_ms=2**63 - 1)
@example(topic=TOPICS[0], key=b"k", value=None, headers=(), timestamp_ms=-(2**63))
@example(topic=TOPICS[0], key=b"k", value=DEEP, headers=(), timestamp_ms=0)
@example(topic=TOPICS[0], key=b"k", value=b'{"data_base64": "\\u20ac"}', headers=(), timestamp_ms=0)
def test_any_bytes_at_all(
    topic: Topic, key: bytes | None, value: bytes | None, headers: Headers, timestamp_ms: int
) -> None:
    record = RawRecord(topic.name, 0, 0, key, value, headers, timestamp_ms)

    outcome = received_or_malformed(topic, record)
    assert outcome.topic is topic if isinstance(outcome, Received) else outcome.reason


@settings(max_examples=200)
@given(
    changes=st.dictionaries(
        st.sampled_from(["specversion", "id", "source", "type", "time", "subject", "correlationid",
                         "causationid", "traceparent", "sequence", "sourceversion", "data", "data_base64"]),
        JSON | st.sampled_from(["1.0", "0001-01-01T00:00:00+14:00", "2026-W10-1T00:00:00+00:00", "\ud800"]),
        max_size=3,
    ),
)  # fmt: skip
def test_structured_records_with_anything_in_any_attribute(changes: dict[str, object]) -> None:
    attributes = {
        n[3:]: c.decode() for n, c in to_headers(envelope_for(CUSTOMER)) if n[:3] == "ce_"
    }
    document: dict[str, object] = {**attributes, "data": json.loads(full(CUSTOMER)), **changes}

    outcome = received_or_malformed(topic_of(CUSTOMER), raw(CUSTOMER, document, headers=()))
    if isinstance(outcome, Received):
        texts = (outcome.envelope.id, outcome.envelope.source, outcome.envelope.subject)
        assert all("\x00" not in text and len(text) <= 500 for text in texts)
        assert all(text.encode() for text in texts[:2])


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
def test_unreadable_bodies(body: bytes) -> None:
    assert refused(CUSTOMER, body)
    assert refused(CUSTOMER, body, headers=())


@pytest.mark.parametrize(
    ("field", "wrong"),
    [(field, wrong) for field, all_wrong in MALFORMED_FIELDS.items() for wrong in all_wrong],
)
def test_a_field_that_breaks_the_contract_is_named(field: str, wrong: object) -> None:
    document = json.loads(full(CUSTOMER)) | {field: wrong}
    fault = refused(CUSTOMER, json.dumps(document).encode())

    zero = str(fault) == "data: holds a zero character"
    assert fault.field.split(".")[0] == field or zero


@pytest.mark.parametrize("moment", [
    "2026-03-02", "2026-03-02T12:00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00",
    "2026-02-30T00:00:00Z", "2026-03-02T25:00:00Z", "1899-12-31T23:59:59Z", "yesterday", "", 1_700_000_000, "1700000000", None,
])  # fmt: skip
def test_moments_that_no_database_or_zone_could_take(moment: object) -> None:
    transaction = "kindred.crm-transaction.v1"
    document = json.loads(full(transaction)) | {"at": moment}
    assert refused(transaction, document).field == "at"

    text = "" if moment is None else str(moment)
    headers = [(n, c) for n, c in to_headers(envelope_for(CUSTOMER)) if n != "ce_time"]
    assert refused(CUSTOMER, b"{}", (*headers, ("ce_time", text.encode()))).field == "time"


@pytest.mark.parametrize("name", ["id", "source", "type", "time", "specversion"])
def test_a_required_attribute_that_is_missing_is_named(name: str) -> None:
    headers = tuple((n, c) for n, c in to_headers(envelope_for(CUSTOMER)) if n != f"ce_{name}")
    fault = refused(CUSTOMER, full(CUSTOMER), headers)

    assert (fault.field, fault.reason) == (name, "attribute is missing")


@pytest.mark.parametrize("name", ["id", "source", "subject", "correlationid", "causationid"])
@pytest.mark.parametrize("wrong", [b"x" * 501, b"a\x00b", b"\xff"])
def test_an_attribute_that_no_database_could_take_is_named(name: str, wrong: bytes) -> None:
    headers = tuple((n, c) for n, c in to_headers(envelope_for(CUSTOMER)) if n != f"ce_{name}")
    fault = refused(CUSTOMER, full(CUSTOMER), (*headers, (f"ce_{name}", wrong)))

    assert fault.field in {name, f"ce_{name}"}


@pytest.mark.parametrize("wrong", ["-1", "1.5", "", "1e3", "9" * 19, "\u0663", "0x10", "1 "])
def test_a_version_that_is_no_whole_number_is_refused(wrong: str) -> None:
    headers = (*to_headers(envelope_for(CUSTOMER)), ("ce_sourceversion", wrong.encode()))

    assert refused(CUSTOMER, full(CUSTOMER), headers).field == "sourceversion"


@pytest.mark.parametrize("key", [None, b"", b"\xff", b"a\x00", b"x" * 501])
def test_a_key_that_no_database_could_take_is_refused(key: bytes | None) -> None:
    record = RawRecord(
        "crm-customers", 0, 0, key, full(CUSTOMER), to_headers(envelope_for(CUSTOMER)), 0
    )

    outcome = received_or_malformed(topic_of(CUSTOMER), record)
    assert isinstance(outcome, MalformedRecord)
    assert outcome.field == "key"


def test_a_type_that_belongs_elsewhere_is_refused() -> None:
    headers = to_headers(envelope_for("kindred.crm-account.v1"))

    assert refused(CUSTOMER, full("kindred.crm-account.v1"), headers).field == "type"


@pytest.mark.parametrize("record_type", ALL_TYPES)
def test_no_reason_depends_on_what_stood_in_the_body(record_type: str) -> None:
    """Two persons' data in the same place give the same words, wherever it stands."""
    document = json.loads(full(record_type))
    for path in every_place(document):
        first, second = (
            received_or_malformed(
                topic_of(record_type), raw(record_type, replaced(document, path, text))
            )
            for text in (FIRST, SECOND)
        )
        assert str(first) == str(second) or isinstance(first, Received)


@pytest.mark.parametrize(
    "name", ["specversion", "id", "source", "type", "time", "sequence", "sourceversion"]
)
@pytest.mark.parametrize("padding", ["", "\x00", "x" * 600])
def test_no_reason_depends_on_what_stood_in_an_attribute(name: str, padding: str) -> None:
    others = tuple((n, c) for n, c in to_headers(envelope_for(CUSTOMER)) if n != f"ce_{name}")
    first, second = (
        received_or_malformed(
            topic_of(CUSTOMER),
            raw(CUSTOMER, full(CUSTOMER), (*others, (f"ce_{name}", (text + padding).encode()))),
        )
        for text in (FIRST, SECOND)
    )

    assert str(first) == str(second) or isinstance(first, Received)


@pytest.mark.parametrize(
    "body", [f'{{"{FIRST}": ', f'"{FIRST}"', f'["{FIRST}"]', f'{{"{FIRST}": NaN}}']
)
def test_no_reason_repeats_what_could_not_be_read(body: str) -> None:
    for headers in (None, ()):
        assert "jansen" not in str(refused(CUSTOMER, body.encode(), headers)).lower()


@pytest.mark.parametrize("name", ["id", "source", "subject", "correlationid", "causationid"])
@pytest.mark.parametrize("wrong", ["\ud800", "a\x00", 1.5, True, ["x"], {"x": 1}])
def test_a_structured_attribute_that_is_no_text_is_named(name: str, wrong: object) -> None:
    attributes = {
        n[3:]: c.decode() for n, c in to_headers(envelope_for(CUSTOMER)) if n[:3] == "ce_"
    }
    document = {**attributes, "data": json.loads(full(CUSTOMER)), name: wrong}

    assert refused(CUSTOMER, document, headers=()).field == name


@pytest.mark.parametrize("record_type", ALL_TYPES)
@pytest.mark.parametrize("wrong", [float("nan"), float("inf"), float("-inf")])
def test_a_number_is_finite_wherever_it_stands(record_type: str, wrong: float) -> None:
    document = json.loads(full(record_type))
    for path in every_place(document):
        holder, last = reach(document, path)
        if isinstance(holder[last], int | float) and not isinstance(holder[last], bool):
            copy = deepcopy(document)
            holder, last = reach(copy, path)
            holder[last] = wrong
            assert refused(record_type, copy)


def full(record_type: str) -> bytes:
    return example_bodies(record_type)["full"]


def every_place(node: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    inner: list[tuple[str | int, object]] = []
    if isinstance(node, dict):
        inner = [*node.items()]
    elif isinstance(node, list):
        inner = [*enumerate(node)]
    below = [place for step, value in inner for place in every_place(value, (*path, step))]
    return [path, *below] if path else below


def reach(document: Any, path: tuple[str | int, ...]) -> tuple[Any, str | int]:
    """What holds the place, and the place's name in it."""
    for step in path[:-1]:
        document = document[step]
    return document, path[-1]


def replaced(document: dict[str, Any], path: tuple[str | int, ...], text: str) -> dict[str, Any]:
    """The document with the text as the value of a place, or as the name of a stranger among its fields."""
    copy = deepcopy(document)
    holder, last = reach(copy, path)
    holder[last] = {text: 1} | holder[last] if isinstance(holder[last], dict) else text
    return copy


@pytest.mark.parametrize("topic", [topic for topic in TOPICS if topic.external], ids=str)
def test_a_record_full_of_mistakes_is_put_aside_at_the_first(topic: Topic) -> None:
    """Half a million mistakes in a mebibyte would keep a consumer busy for seconds, for each such record."""
    for model in topic.records:
        lists = [n for n, f in model.model_fields.items() if "tuple" in str(f.annotation)]
        with pytest.raises(ValidationError) as raised:
            model.from_json(json.dumps({name: [{}] * 5_000 for name in lists}).encode())
        assert raised.value.error_count() <= 2 * len(model.model_fields)
