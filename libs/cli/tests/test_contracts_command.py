import json
import shutil
from pathlib import Path

from typer.testing import CliRunner, Result

from kindred_cli.application import create_cli
from kindred_common.contracts.export import ASYNCAPI, SCHEMAS


def contracts(*arguments: str) -> Result:
    return CliRunner().invoke(create_cli("contracts"), ["contracts", *arguments])


def test_exported_contracts_are_valid_and_the_second_export_changes_nothing(tmp_path: Path) -> None:
    exported = contracts("export", "--root", str(tmp_path))
    assert exported.exit_code == 0
    assert (tmp_path / ASYNCAPI).exists()
    assert contracts("export", "--root", str(tmp_path)).stdout == "0 files changed\n"
    assert "released types are kept" in contracts("validate", "--root", str(tmp_path)).stdout


def test_a_break_is_refused_by_both(tmp_path: Path) -> None:
    contracts("export", "--root", str(tmp_path))
    path = next((tmp_path / SCHEMAS).glob("*.json"))
    schema = json.loads(path.read_text())
    schema["properties"]["once_promised"] = {"type": "string"}
    path.write_text(json.dumps(schema))
    for command in ("export", "validate"):
        told = contracts(command, "--root", str(tmp_path))
        assert told.exit_code == 1
        assert "once_promised" in told.output


def test_stale_files_and_missing_ones_are_told(tmp_path: Path) -> None:
    contracts("export", "--root", str(tmp_path))
    (tmp_path / ASYNCAPI).write_text("{}")
    assert (
        "run make schemas: docs/asyncapi.json"
        in contracts("validate", "--root", str(tmp_path)).stderr
    )
    shutil.rmtree(tmp_path / SCHEMAS)
    assert "no schemas in" in contracts("validate", "--root", str(tmp_path)).stderr
