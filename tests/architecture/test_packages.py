from dataclasses import replace

import pytest
from tests.architecture import packages
from tests.architecture.packages import Package
from tests.architecture.sources import Source, python_sources

from kindred_common.contracts.vocabulary import Service

PACKAGES = packages.workspace()
SERVICES = {f"kindred-{service}" for service in Service if service is not Service.OUTSIDE}


def test_every_package_is_looked_at() -> None:
    assert set(PACKAGES) == {"kindred-common", "kindred-cli", *SERVICES}
    for package in PACKAGES.values():
        assert any(map(package.ships, python_sources()))


@pytest.mark.parametrize("package", PACKAGES.values(), ids=lambda package: package.name)
def test_a_package_declares_what_it_imports(package: Package) -> None:
    assert list(packages.undeclared(package, PACKAGES, python_sources())) == []


def test_an_import_that_is_not_declared_is_found() -> None:
    survey = PACKAGES["kindred-survey"]
    text = (
        "import sqlalchemy.orm\n\ndef work():\n    from numba import njit\n\nimport kindred_cli\n"
    )
    sources = [
        Source("services/survey/src/kindred_survey/some.py", text),
        Source("services/survey/migrations/versions/0001.py", "import pytest\n"),
        Source("services/survey/tests/test_some.py", "import pytest\n"),
    ]

    assert sorted(packages.undeclared(survey, PACKAGES, sources)) == [
        "services/survey/migrations/versions/0001.py:1: pytest",
        "services/survey/src/kindred_survey/some.py:4: numba",
        "services/survey/src/kindred_survey/some.py:6: kindred_cli",
    ]
    alone = replace(survey, needs=frozenset({"fastapi"}))
    assert "services/survey/src/kindred_survey/some.py:1: sqlalchemy" in packages.undeclared(
        alone, PACKAGES, sources
    )


def test_only_the_command_line_finds_services_by_name_and_its_extra_declares_them() -> None:
    """`kindred up` imports their migrations and starts their processes; it is installed without them for all else."""
    by_name = {
        package.name
        for package in PACKAGES.values()
        if list(packages.imports_by_name(package, python_sources()))
    }

    assert by_name == {"kindred-cli"}
    assert PACKAGES["kindred-cli"].extras == {"services": SERVICES}
