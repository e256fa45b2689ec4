"""import-linter's contracts hold, and would be found broken: pyproject.toml says which they are."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.architecture.sources import ROOT

LINT = Path(sys.executable).with_name("lint-imports")

VIOLATIONS = {
    "pure-domain": ("services/survey/src/kindred_survey/domain/seeded.py", "import pydantic"),
    "io-free-application": ("services/survey/src/kindred_survey/application/seeded.py", "import httpx"),
    "services-independent": ("services/survey/src/kindred_survey/adapters/seeded.py", "import kindred_profile"),
    "common-below-services": ("libs/common/src/kindred_common/db/seeded.py", "import kindred_survey"),
    "common-layers": ("libs/common/src/kindred_common/utils.py", ""),
    "contracts-pure": ("libs/common/src/kindred_common/contracts/seeded.py", "import aiokafka"),
    "testing-protected": ("services/survey/src/kindred_survey/adapters/seeded.py", "import kindred_common.testing.clocks"),
    "service-layers": ("services/survey/src/kindred_survey/domain/seeded.py", "import kindred_survey.adapters"),
}  # fmt: skip


def test_the_import_contracts_hold() -> None:
    done = lint(ROOT)

    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.parametrize("contract", VIOLATIONS)
def test_a_seeded_violation_is_found(contract: str, tmp_path: Path) -> None:
    path, text = VIOLATIONS[contract]
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for source in (*ROOT.glob("libs/*/src"), *ROOT.glob("services/*/src")):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(source, tmp_path / source.relative_to(ROOT), ignore=ignored)
    (tmp_path / path).write_text(text + "\n")

    done = lint(tmp_path, "--contract", contract)
    assert done.returncode == 1
    assert "seeded" in done.stdout or "utils" in done.stdout


def lint(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    sources = [str(path) for path in (*root.glob("libs/*/src"), *root.glob("services/*/src"))]
    starter = f"import sys; sys.path[:0] = {sources!r}; from importlinter.cli import lint_imports_command as run; run()"
    return subprocess.run(
        [sys.executable, "-c", starter, "--no-cache", *arguments],
        cwd=root, capture_output=True, text=True, check=False,
    )  # fmt: skip
