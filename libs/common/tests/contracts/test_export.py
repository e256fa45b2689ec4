import subprocess
import sys
from pathlib import Path

import pytest

from kindred_common.contracts.compatibility import breaks, compare
from kindred_common.contracts.export import (
    ASYNCAPI,
    SCHEMAS,
    BreakingContracts,
    contract_files,
    stale_contracts,
    write_contracts,
)
from kindred_common.contracts.schemas import as_text, parse_schema, read_schemas, schemas

ROOT = Path(__file__).parents[4]
SCRIPT = ROOT / "scripts/check-contracts"
ANSWERS = SCHEMAS / "kindred.answers-recorded.v1.json"


def test_the_written_contracts_are_up_to_date() -> None:
    assert stale_contracts(ROOT) == [], "run make schemas and commit what it writes"


def test_nothing_is_written_of_types_that_no_longer_exist() -> None:
    assert read_schemas(ROOT / SCHEMAS).keys() == schemas().keys()


def test_the_models_keep_the_written_contracts() -> None:
    broken = breaks(compare(read_schemas(ROOT / SCHEMAS), schemas()))

    assert broken == [], "make a new record type (.v2) and leave this one as it is"


def test_an_empty_folder_gets_everything_once(tmp_path: Path) -> None:
    written = write_contracts(tmp_path)

    assert {ANSWERS, ASYNCAPI} < set(written) == contract_files().keys()
    assert write_contracts(tmp_path) == []


def test_only_what_is_out_of_date_is_written(tmp_path: Path) -> None:
    write_contracts(tmp_path)
    described = parse_schema((tmp_path / ANSWERS).read_bytes()) | {"description": "Old words."}
    (tmp_path / ANSWERS).write_text(as_text(described))

    assert stale_contracts(tmp_path) == [ANSWERS]
    assert write_contracts(tmp_path) == [ANSWERS]


def test_a_break_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    released = released_with_one_more_field(tmp_path)

    with pytest.raises(BreakingContracts, match="mood: the field was removed"):
        write_contracts(tmp_path)
    assert (tmp_path / ANSWERS).read_text() == released


def test_a_break_of_topics_is_refused_too(tmp_path: Path) -> None:
    write_contracts(tmp_path)
    text = (tmp_path / ASYNCAPI).read_text()
    (tmp_path / ASYNCAPI).write_text(text.replace('"partitions": 12', '"partitions": 6'))

    with pytest.raises(BreakingContracts, match="number of partitions changed"):
        write_contracts(tmp_path)


def test_the_script_passes_what_is_committed() -> None:
    done = check("--against", str(ROOT / SCHEMAS))

    assert (done.returncode, done.stdout) == (0, "")


def test_the_script_fails_on_a_break(tmp_path: Path) -> None:
    released_with_one_more_field(tmp_path)

    done = check("--against", str(tmp_path / SCHEMAS))
    assert done.returncode == 1
    assert "BREAKS: kindred.answers-recorded.v1 mood" in done.stdout


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="a copy without history")
def test_the_script_reads_what_git_knows() -> None:
    assert check("--since", "HEAD").stderr == ""
    assert "knows no revision no-such" in check("--since", "no-such").stderr


def released_with_one_more_field(folder: Path) -> str:
    write_contracts(folder)
    schema = parse_schema((folder / ANSWERS).read_bytes())
    fields = schema["properties"]
    assert isinstance(fields, dict)
    text = as_text(schema | {"properties": fields | {"mood": {"type": "string"}}})
    (folder / ANSWERS).write_text(text)
    return text


def check(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SCRIPT), *arguments], capture_output=True, text=True, check=False
    )
