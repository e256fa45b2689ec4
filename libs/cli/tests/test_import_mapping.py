import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from kindred_cli.application import create_cli
from kindred_cli.errors import CommandError
from kindred_cli.imports.mapping import FileMapping, shipped
from kindred_cli.imports.table import AnsweredSurveys, people_in
from kindred_common.contracts.identity import customer_id_of

MINIMAL: dict[str, Any] = {
    "name": "made-up",
    "customers": {"fields": {"given_name": {"value": "Someone"}}},
    "answers": {
        "columns": {
            "Opera": {"question_id": "opera", "kind": "interest", "theme": "opera"},
            "Score": {"question_id": "score", "kind": "nps", "scale_min": 0},
        }
    },
}


def mapping(**changes: Any) -> FileMapping:
    return FileMapping.model_validate(MINIMAL | changes)


def table(text: str | bytes) -> AnsweredSurveys:
    return AnsweredSurveys("people.csv", text.encode() if isinstance(text, str) else text)


def test_the_mapping_of_the_young_people_survey_comes_with_kindred() -> None:
    assert "young-people-survey" in shipped()
    columns = FileMapping.read("young-people-survey").answers.columns
    themes = {heading: column.theme or "" for heading, column in columns.items()}
    assert len(themes) == len(set(themes.values())) == 60
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", theme) for theme in themes.values())
    assert themes["Classical music"] == "classical-music"
    assert themes["Economy Management"] == "finance"
    assert themes["Countryside, outdoors"] == "nature"


def test_old_answers_are_imported_with_their_date() -> None:
    sent = FileMapping.read("young-people-survey").of_answers()
    assert sent["answered_at"].startswith("2013-")


def test_special_categories_of_data_are_left_where_they_are() -> None:
    columns = FileMapping.read("young-people-survey").answers.columns
    assert not {"Religion", "Politics", "God", "Gender", "Weight"} & columns.keys()


def test_both_services_call_a_person_by_the_same_name() -> None:
    by_row = mapping()
    assert by_row.of_customers()["source"] == by_row.of_answers()["name"] == "made-up"
    assert "external_id" not in by_row.of_customers()["fields"]
    assert by_row.of_answers()["customer"] == {}
    by_cell = mapping(id_column="Id", delimiter=";")
    assert by_cell.of_customers()["fields"]["external_id"] == {"column": "Id"}
    assert by_cell.of_answers()["customer"] == {"column": "Id"}
    assert by_cell.of_customers()["delimiter"] == by_cell.of_answers()["delimiter"] == ";"


def test_what_only_the_services_understand_reaches_them_unchanged() -> None:
    sent = mapping().of_answers()["columns"]
    assert sent == MINIMAL["answers"]["columns"]


def test_people_are_known_by_their_row_and_by_what_they_answered() -> None:
    text = "Opera,Score,Else\n5,9,x\n\n,3,y\n"
    people = people_in(table(text), mapping())
    assert people == {
        1: (customer_id_of("made-up", "1"), frozenset({"opera"})),
        2: (customer_id_of("made-up", "2"), frozenset()),
    }


def test_people_are_known_by_the_cell_that_the_mapping_names() -> None:
    people = people_in(table("Id;Opera\nanna;4\n"), mapping(id_column="Id", delimiter=";"))
    assert people[1][0] == customer_id_of("made-up", "anna")


def test_cells_that_the_mapping_ignores_are_no_answers() -> None:
    column = MINIMAL["answers"]["columns"]["Opera"] | {"values": {"no idea": ""}}
    answers = {"columns": {"Opera": column}}
    assert people_in(table("Opera\nno idea\n"), mapping(answers=answers))[1][1] == frozenset()


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", 'Opera\n"5'])
def test_what_is_no_table_is_one_clear_line(content: str | bytes) -> None:
    with pytest.raises(CommandError, match="is not CSV in UTF-8"):
        people_in(table(content), mapping())


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"name": "Not A Name"}, "name: String should match"),
        ({"answers": {}}, "answers.columns: Field required"),
        ({"surprise": 1}, "surprise: Extra inputs"),
    ],
)
def test_a_wrong_mapping_is_one_clear_line(
    tmp_path: Path, changes: dict[str, Any], told: str
) -> None:
    file = tmp_path / "mapping.json"
    file.write_text(json.dumps(MINIMAL | changes))
    with pytest.raises(CommandError, match=re.escape(told)):
        FileMapping.read(str(file))


def test_a_missing_mapping_or_file_is_one_clear_line(tmp_path: Path) -> None:
    told = CliRunner().invoke(
        create_cli("import"), ["import", "x.csv", "--mapping", "nowhere.json"]
    )
    assert told.exit_code == 1
    assert "with Kindred come: young-people-survey" in told.stderr
    told = CliRunner().invoke(
        create_cli("import"),
        ["import", str(tmp_path / "x.csv"), "--mapping", "young-people-survey"],
    )
    assert told.exit_code == 1
    assert told.stderr.endswith("cannot be read: No such file or directory\n")
