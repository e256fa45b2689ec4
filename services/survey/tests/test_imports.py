import asyncio
import csv
import io
import json
import random
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from services.survey.tests.office import Json, Office

from kindred_common.contracts.identity import customer_id_of
from kindred_common.security.principals import Role

REAL_FILE = Path(__file__).parents[4] / "shared/data/young-people-survey/responses.csv"

INTERESTS = ["Music", "Opera", "Movies", "History", "Cars", "Art exhibitions"]
HEADING = [*INTERESTS, "Age", "Gender"]


def interest(heading: str) -> Json:
    theme = "-".join("".join(c if c.isalnum() else " " for c in heading.lower()).split())
    return {
        "question_id": theme,
        "kind": "interest",
        "theme": theme,
        "scale_min": 1,
        "scale_max": 5,
    }


def mapping(headings: list[str] = INTERESTS, **more: Any) -> Json:
    columns = {heading: interest(heading) for heading in headings}
    return {
        "name": "young-people",
        "answered_at": "2013-05-01T12:00:00Z",
        "columns": columns,
    } | more


def table(rows: list[list[object]], heading: list[str] = HEADING) -> bytes:
    file = io.StringIO()
    csv.writer(file, quoting=csv.QUOTE_MINIMAL).writerows([heading, *rows])
    return file.getvalue().encode()


def people(count: int) -> list[list[object]]:
    """Rows of the same shape as the real file, some cells empty."""
    chance = random.Random(7)  # noqa: S311 - repeatable, not secret
    return [
        [*(chance.choice([1, 2, 3, 4, 5, 5, ""]) for _ in INTERESTS), chance.randint(15, 30), "x"]
        for _ in range(count)
    ]


async def upload(
    office: Office, content: bytes, wanted: Json | None = None, **more: Any
) -> httpx.Response:
    data = {"mapping": json.dumps(wanted or mapping()), **more}
    files = {"file": ("answers.csv", content, "text/csv")}
    headers = office.signed(Role.PROGRAMME_MANAGER)
    return await office.client.post(
        "/v1/imports", data=data, files=files, headers=headers, timeout=60
    )


def counts(answer: httpx.Response) -> tuple[int, ...]:
    assert answer.status_code == 201, answer.text
    names = ("rows", "imported", "unchanged", "empty", "failed")
    return tuple(answer.json()[name] for name in names)


async def test_a_file_is_taken_in_once_one_record_a_person(office: Office) -> None:
    rows: list[list[object]] = [*people(1), [], *people(450)[1:], [""] * 8, []]
    dry = await upload(office, table(rows), dry_run="true")
    assert counts(dry) == (451, 450, 0, 1, 0)
    assert dry.json()["dry"]
    assert await office.outbox() == []
    assert counts(await upload(office, table(rows))) == (451, 450, 0, 1, 0)
    records = await office.outbox()
    assert len(records) == 450
    assert counts(await upload(office, table(rows))) == (451, 0, 450, 1, 0)
    assert await office.outbox() == records
    first = records[0]
    assert first["customer_id"] == str(customer_id_of("young-people", "1"))
    assert (first["source"], first["answered_at"]) == ("import", "2013-05-01T12:00:00Z")
    given = {i: cell for i, cell in zip(INTERESTS, rows[0], strict=False) if cell}
    assert [a["number"] for a in first["answers"]] == [float(str(v)) for v in given.values()]


@pytest.mark.parametrize(
    ("named", "moment"),
    [
        ("2013-12-31", "2013-12-31T00:00:00Z"),
        ("2013-12-31T12:00:00+01:00", "2013-12-31T11:00:00Z"),
    ],
)
async def test_all_answers_of_a_file_may_date_from_one_day_or_moment(
    office: Office, named: str, moment: str
) -> None:
    answer = await upload(office, table(people(2)), mapping(answered_at=named))
    assert counts(answer)[1] == 2
    given = {datetime.fromisoformat(one["answered_at"]) for one in await office.outbox()}
    assert given == {datetime.fromisoformat(moment)}


async def test_two_uploads_of_a_file_at_once_take_each_row_once(office: Office) -> None:
    content = table(people(300))
    answers = await asyncio.gather(*(upload(office, content) for _ in range(3)))
    assert sum(answer.json()["imported"] for answer in answers) == 300
    assert len(await office.outbox()) == 300


async def test_a_corrected_mapping_reads_the_file_anew(office: Office) -> None:
    content = table(people(20))
    await upload(office, content, mapping(INTERESTS[:2]))
    again = await upload(office, content, mapping(INTERESTS[:3]))
    assert counts(again)[1] > 0
    for record in (await office.outbox())[20:]:
        assert [a["question_id"] for a in record["answers"]] == ["movies"]


async def test_faults_are_shown_by_row_and_can_not_run_in_a_spreadsheet(office: Office) -> None:
    heading = ["=HYPERLINK(1)", "Opera"]
    wanted = mapping(["Opera"])
    wanted["columns"]["=HYPERLINK(1)"] = interest("music")
    rows: list[list[object]] = [[3, 3], [9, 3], [3, "much"], [3], [2, 2]]
    answer = await upload(office, table(rows, heading), wanted)
    assert counts(answer) == (5, 2, 0, 0, 3)
    body = answer.json()
    assert [(f["row"], f["column"]) for f in body["faults"]] == [
        (2, "=HYPERLINK(1)"),
        (3, "Opera"),
        (4, ""),
    ]
    assert "much" not in answer.text
    file = await office.get(body["faults_file"])
    assert file.headers["content-type"].startswith("text/csv")
    lines = [*csv.reader(io.StringIO(file.text))]
    assert lines[1] == ["2", "'=HYPERLINK(1)", "is outside the scale"]
    assert len(lines) == 4


async def test_customers_times_and_choices_come_from_columns(office: Office) -> None:
    heading = ["id", "when", "manner", "nps"]
    wanted = {
        "name": "tool",
        "customer": {"source": "crm", "column": "id"},
        "answered_at_column": "when",
        "columns": {
            "nps": {"question_id": "recommend", "kind": "nps"},
            "manner": {
                "question_id": "manner",
                "kind": "preference",
                "aspect": "manner",
                "values": {"by phone": "phone", "no wish": ""},
            },
        },
    }
    rows: list[list[object]] = [
        ["c-1", "2025-02-03T10:00:00+01:00", "by phone", 9],
        ["c-2", "2025-02-03 10:00", "no wish", 4],
        ["c-3", "yesterday", "by phone", 9],
        ["c-4", "0001-01-01", "by phone", 9],
        ["", "2025-02-03", "by phone", 9],
    ]
    answer = await upload(office, table(rows, heading), wanted)
    assert counts(answer) == (5, 2, 0, 0, 3)
    one, two = await office.outbox()
    assert one["customer_id"] == str(customer_id_of("crm", "c-1"))
    assert datetime.fromisoformat(one["answered_at"]) == datetime.fromisoformat("2025-02-03T09:00Z")
    assert [a["choice"] or a["number"] for a in one["answers"]] == [9.0, "phone"]
    assert [a["number"] for a in two["answers"]] == [4.0]


@pytest.mark.parametrize(
    ("content", "wanted", "field"),
    [
        (table([], ["Music"]), mapping(), "body.Opera"),
        (b"", mapping(), "body.file"),
        (b"\xff\xfe\x00", mapping(), "body.file"),
        (table(people(1)), mapping(columns={}), "body.mapping.columns"),
        (table(people(1)), mapping(colour="red"), "body.mapping.colour"),
        (table(people(1)), mapping(answered_at_column="Age"), "body.mapping"),
        (table(people(1)), mapping(answered_at="2013-02-30"), "body.mapping.answered_at"),
        (table(people(1)), mapping(answered_at="0001-01-01"), "body.mapping.answered_at"),
        (
            table(people(1)),
            mapping(columns={"Opera": {"question_id": "o", "kind": "text"}}),
            "body.columns.Opera.kind",
        ),
    ],
)
async def test_what_can_not_be_read_is_refused(
    office: Office, content: bytes, wanted: Json, field: str
) -> None:
    refused = await upload(office, content, wanted)
    assert refused.status_code == 422, refused.text
    assert refused.json()["errors"][0]["field"] == field
    assert await office.outbox() == []


async def test_only_some_may_import(office: Office) -> None:
    headers = office.signed(Role.ACCOUNT_MANAGER)
    refused = await office.client.post("/v1/imports", headers=headers)
    assert refused.status_code == 403


@pytest.mark.skipif(not REAL_FILE.exists(), reason="the real answers are not on this machine")
async def test_the_real_answers_of_1010_people(office: Office) -> None:
    content = REAL_FILE.read_bytes()
    heading = next(csv.reader(io.StringIO(content.decode())))
    headings = [*heading[: heading.index("Pets") + 1]]
    wanted = mapping(headings)
    answer = await upload(office, content, wanted)
    assert counts(answer) == (1010, 1010, 0, 0, 0)
    assert len(await office.outbox()) == 1010
    results = await office.get(f"/v1/surveys/{answer.json()['survey_id']}/results")
    assert len(results.json()["questions"]) == 63
