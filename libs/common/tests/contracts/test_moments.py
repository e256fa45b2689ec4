"""Moments in records from outside: RFC 3339 with a zone and nothing else, whatever a parser might guess."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from libs.common.tests.contracts.bodies import (
    MOMENTS,
    SCHEMAS,
    TEXT,
    envelope_for,
    raw,
    topic_of,
)

from kindred_common.contracts.codec import decode
from kindred_common.contracts.envelope import Headers, MalformedRecord, to_headers
from kindred_common.contracts.examples import example_bodies
from kindred_common.contracts.schemas import Schema
from kindred_common.contracts.topics import TOPICS

Place = tuple[str | int, ...]


def is_no_moment(text: str) -> bool:
    """Chance writes moments too."""
    try:
        return datetime.fromisoformat(text.upper()).tzinfo is None
    except ValueError:
        return True


NO_MOMENTS: st.SearchStrategy[object] = st.one_of(
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.integers().map(str),
    st.floats().map(str),
    st.dates().map(lambda day: day.isoformat()),
    st.times(timezones=st.just(UTC)).map(lambda time: time.isoformat()),
    st.datetimes().map(lambda moment: moment.isoformat()),
    MOMENTS.map(lambda moment: moment.isoformat(sep=" ")),
    MOMENTS.map(lambda moment: moment.strftime("%Y%m%dT%H%M%S%z")),
    MOMENTS.map(lambda moment: moment.strftime("%G-W%V-%uT%H:%M:%SZ")),
    MOMENTS.map(lambda moment: moment.strftime("%Y-%m-%dT%H:%MZ")),
    MOMENTS.map(lambda moment: f"{moment.isoformat()}\n"),
    MOMENTS.map(lambda moment: moment.timestamp()),
    MOMENTS.map(lambda moment: f"{moment.timestamp():.0f}"),
    MOMENTS.map(lambda moment: f"{moment.timestamp() * 1000:.0f}"),
    TEXT.filter(is_no_moment),
)


def places(root: Schema, schema: Schema, path: Place = ()) -> Iterator[Place]:
    """Where a record's schema has moments."""
    if isinstance(reference := schema.get("$ref"), str):
        definitions = cast("dict[str, Schema]", root["$defs"])
        schema = definitions[reference.removeprefix("#/$defs/")]
    if schema.get("format") == "date-time":
        yield path
    for shape in cast("list[Schema]", schema.get("anyOf", [])):
        yield from places(root, shape, path)
    for name, inner in cast("dict[str, Schema]", schema.get("properties", {})).items():
        yield from places(root, inner, (*path, name))
    if isinstance(items := schema.get("items"), dict):
        yield from places(root, items, (*path, 0))


EXTERNAL = [
    (model.record_type, place)
    for topic in TOPICS
    if topic.external
    for model in topic.records
    for place in places(SCHEMAS[model.record_type], SCHEMAS[model.record_type])
]
of_every_external_topic = pytest.mark.parametrize(("record_type", "place"), EXTERNAL, ids=str)


def with_moment(record_type: str, place: Place, moment: object) -> Any:
    document = json.loads(example_bodies(record_type)["full"])
    holder = document
    for step in place[:-1]:
        holder = holder[step]
    holder[place[-1]] = moment
    return document


def written(moment: datetime, digits: str, small: bool, zulu: bool) -> str:
    """The moment in one of the ways that RFC 3339 allows."""
    at = moment.astimezone(UTC) if zulu else moment
    text = at.strftime("%Y-%m-%dT%H:%M:%S") + (f".{digits}" if digits else "")
    offset = "Z" if zulu else at.isoformat()[-6:]
    return f"{text}{offset}".lower() if small else f"{text}{offset}"


def test_all_topics_that_have_moments_are_looked_at() -> None:
    assert {record_type for record_type, _ in EXTERNAL} == {
        "kindred.crm-event.v1",
        "kindred.crm-transaction.v1",
        "kindred.external-answers.v1",
        "kindred.external-response.v1",
    }


@of_every_external_topic
@settings(max_examples=200)
@given(wrong=NO_MOMENTS)
def test_what_is_not_written_out_is_refused_by_its_field(
    record_type: str, place: Place, wrong: object
) -> None:
    body = with_moment(record_type, place, wrong)

    with pytest.raises(MalformedRecord) as fault:
        decode(topic_of(record_type), raw(record_type, body))

    assert fault.value.field == ".".join(map(str, place))
    assert fault.value.reason == "Input should be an RFC 3339 date and time with zone"


@of_every_external_topic
@settings(max_examples=50)
@given(
    moment=MOMENTS,
    digits=st.text("0123456789", max_size=12),
    small=st.booleans(),
    zulu=st.booleans(),
)
def test_what_is_written_out_is_the_moment_it_says(
    record_type: str, place: Place, moment: datetime, digits: str, small: bool, zulu: bool
) -> None:
    body = with_moment(record_type, place, written(moment, digits, small, zulu))

    data = decode(topic_of(record_type), raw(record_type, body)).data

    read = json.loads(data.to_json() if data else b"{}")
    for step in place:
        read = read[step]
    fraction = timedelta(microseconds=int(digits[:6].ljust(6, "0")))
    assert datetime.fromisoformat(read) == moment.replace(microsecond=0) + fraction


@settings(max_examples=200)
@given(wrong=NO_MOMENTS.map(str).filter(bool))
def test_the_time_of_a_record_is_written_out_too(wrong: str) -> None:
    event = "kindred.crm-event.v1"

    with pytest.raises(MalformedRecord) as fault:
        decode(topic_of(event), raw(event, example_bodies(event)["full"], headers_at(event, wrong)))

    assert fault.value.field == "time"


def headers_at(record_type: str, time: str) -> Headers:
    others = [(n, c) for n, c in to_headers(envelope_for(record_type)) if n != "ce_time"]
    return (*others, ("ce_time", time.encode()))
