import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from tests.architecture import services
from tests.architecture.sources import ROOT

from kindred_common.contracts.vocabulary import Service

FOLDERS = sorted(
    path for path in (ROOT / "services").iterdir() if (path / "pyproject.toml").exists()
)
NAMES = {folder.name for folder in FOLDERS}


def test_the_services_of_the_contracts_are_those_that_exist() -> None:
    assert {service.value for service in Service if service is not Service.OUTSIDE} == NAMES


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_service_is_complete(folder: Path) -> None:
    assert services.missing_parts(folder) == []


def test_what_a_service_lacks_is_found(tmp_path: Path) -> None:
    complete = tmp_path / "new"
    for name in services.NEEDED:
        path = complete / name.format(package="kindred_new")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch() if path.suffix else path.mkdir()
    for folder in ("migrations", "tests"):
        (complete / folder / "some.py").touch()
    project = complete / "pyproject.toml"
    project.write_text('[project]\nname = "kindred-new"\ndependencies = ["kindred-common"]\n')
    assert services.missing_parts(complete) == []

    project.write_text('[project]\nname = "kindred-old"\ndependencies = []\n')
    assert len(services.missing_parts(complete)) == 2
    (complete / "tests" / "some.py").unlink()
    assert services.missing_parts(complete) == ["new: nothing in tests"]
    (complete / "README.md").unlink()
    assert "new: no README.md" in services.missing_parts(complete)


def test_the_tools_look_at_every_service() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())

    assert services.unknown_to_tools(NAMES, settings) == []
    assert len(services.unknown_to_tools({"new"}, settings)) == 3


def test_compose_starts_and_migrates_every_service() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())

    assert services.missing_in_compose(NAMES, compose) == []


def test_a_service_that_compose_does_not_know_or_no_longer_has_is_found() -> None:
    compose = {"services": {"old": {"build": {"args": {"SERVICE": "old"}}}, "kafka": {}}}

    assert services.missing_in_compose({"new"}, compose) == [
        "new is not in docker-compose.yml",
        "new-migrate is not in docker-compose.yml",
        "docker-compose.yml builds old, which does not exist",
    ]


def test_the_postgres_of_compose_makes_a_database_for_every_service() -> None:
    script = (ROOT / "deploy/postgres-init.sh").read_text()

    assert services.missing_in_first_start(NAMES, script) == []
    assert services.missing_in_first_start({"new"}, "for service in old; do\n") == [
        "no database for new",
        "a database for old, which does not exist",
    ]


def test_compose_understands_its_file_and_the_settings_that_go_with_it(tmp_path: Path) -> None:
    docker = shutil.which("docker")
    if docker is None or not succeeds([docker, "compose", "version"]):
        pytest.skip("no docker compose on this machine")
    example = ROOT / "deploy/compose.env.example"
    filled = tmp_path / "filled.env"
    filled.write_text(re.sub(r"^(\w+)=$", r"\1=something", example.read_text(), flags=re.MULTILINE))
    compose = [docker, "compose", "--project-directory", str(ROOT), "--env-file"]

    assert succeeds([*compose, str(filled), "config", "--quiet"])
    assert not succeeds([*compose, str(example), "config", "--quiet"])  # no passwords yet


def succeeds(command: list[str]) -> bool:
    """Whether it ends well, without a word of warning."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode == 0 and not done.stderr


def test_compose_gives_services_only_settings_that_they_have() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())

    assert services.unknown_settings(compose) == []


def test_a_setting_that_a_service_does_not_have_is_found() -> None:
    compose = {
        "services": {
            "survey": {
                "build": {"args": {"SERVICE": "survey"}},
                "environment": {"KINDRED_HTTP__PORT": "1", "KINDRED_SMTP__HOST": "mail"},
            }
        }
    }

    assert services.unknown_settings(compose) == ["survey: KINDRED_SMTP__HOST"]
