"""import-linter's contracts hold, and would be found broken: pyproject.toml says which they are."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.architecture.sources import ROOT

LINT = Path(sys.executable).with_name("lint-imports")

SURVEY, COMMON = "services/survey/src/kindred_survey", "libs/common/src/kindred_common"
VIOLATIONS = {
    "Inside a service, dependencies point inward": (f"{SURVEY}/domain/seed_a.py", "import kindred_survey.adapters"),
    "Services never import each other": (f"{SURVEY}/adapters/seed_b.py", "import kindred_profile"),
    "libs/common knows no service and no command line": (f"{COMMON}/db/seed_c.py", "import kindred_survey"),
    "Inside libs/common": (f"{COMMON}/utils.py", ""),
    "The domain imports no I/O and no framework": (f"{SURVEY}/domain/seed_d.py", "import pydantic"),
    "Use cases see ports and record contracts, never a driver": (f"{SURVEY}/application/seed_e.py", "import httpx"),
    "Record contracts depend on Pydantic only": (f"{COMMON}/contracts/seed_f.py", "import aiokafka"),
    "Only tests import kindred_common.testing": (f"{SURVEY}/adapters/seed_g.py", "import kindred_common.testing.clocks"),
    "No cycles between siblings": (f"{COMMON}/clock.py", "import kindred_common.runtime.worker"),
}  # fmt: skip


def test_the_import_contracts_hold() -> None:
    done = lint(ROOT)

    assert done.returncode == 0, done.stdout[-3000:]
    assert all(f"{name} KEPT" in done.stdout for name in VIOLATIONS)
    assert done.stdout.count(" KEPT") == len(VIOLATIONS), "each contract needs a seeded violation"


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What import-linter says of a copy of our packages that breaks every contract once."""
    root = tmp_path_factory.mktemp("seeded")
    shutil.copy(ROOT / "pyproject.toml", root)
    for source in (*ROOT.glob("libs/*/src"), *ROOT.glob("services/*/src")):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(source, root / source.relative_to(ROOT), ignore=ignored)
    for path, text in VIOLATIONS.values():
        with (root / path).open("a") as file:
            file.write(f"\n{text}\n")
    return lint(root).stdout


@pytest.mark.parametrize("name", VIOLATIONS)
def test_a_seeded_violation_is_found(name: str, seeded: str) -> None:
    assert f"{name} BROKEN" in seeded


def lint(root: Path) -> subprocess.CompletedProcess[str]:
    sources = [str(path) for path in (*root.glob("libs/*/src"), *root.glob("services/*/src"))]
    starter = f"import sys; sys.path[:0] = {sources!r}; from importlinter.cli import lint_imports_command as run; run()"
    return subprocess.run(
        [sys.executable, "-c", starter, "--no-cache"],
        cwd=root, capture_output=True, text=True, check=False,
    )  # fmt: skip
