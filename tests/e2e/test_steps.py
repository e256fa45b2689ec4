import subprocess
import sys

import pytest

from kindred_cli.settings import inherited_environment
from kindred_common.testing.ports import free_port


@pytest.mark.parametrize("step", ["topics", "migrate"])
def test_a_step_whose_server_does_not_answer_says_so_in_one_line(step: str) -> None:
    nobody = f"127.0.0.1:{free_port()}"
    settings = {
        "KINDRED_KAFKA__BOOTSTRAP": nobody,
        "KINDRED_DATABASE__URL": f"postgresql://kindred@{nobody}/kindred",
    }

    ended = subprocess.run(
        [sys.executable, "-m", "kindred_profile", step],
        env=inherited_environment() | settings,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert ended.returncode == 1
    assert ended.stderr.startswith("kindred profile: ")
    assert ended.stderr.count("\n") == 1
