import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from time import monotonic

import httpx
import psutil
import pytest
from libs.cli.tests.test_launcher import free_base_port

from kindred_cli.launcher.addresses import Addresses
from kindred_cli.servers.databases import SERVICES
from kindred_cli.settings import inherited_environment

pytestmark = pytest.mark.timeout(400)  # starts everything there is; the machine may be busy


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return inherited_environment() | {"KINDRED_HOME": str(tmp_path / "home")}


@pytest.fixture
def system(tmp_path: Path, environment: dict[str, str]) -> Iterator[tuple[Addresses, Path]]:
    addresses, output = Addresses(free_base_port()), tmp_path / "output.txt"
    command = [sys.executable, "-m", "kindred_cli", "up", "--base-port", str(addresses.base_port)]
    with output.open("wb") as file:
        process = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT, env=environment)
    try:
        deadline = monotonic() + 300
        while "Kindred is up." not in output.read_text() and process.poll() is None:
            assert monotonic() < deadline, output.read_text()
            Event().wait(0.1)
        assert process.poll() is None, output.read_text()
        started = psutil.Process(process.pid).children(recursive=True)
        yield addresses, output
        process.terminate()
        assert process.wait(100) == 0
        assert not [one for one in started if one.is_running()]
    finally:
        process.kill()
        process.wait()


def kindred(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "kindred_cli", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_the_whole_system_comes_up_answers_and_goes(
    system: tuple[Addresses, Path], environment: dict[str, str]
) -> None:
    addresses, output = system
    status = kindred(environment, "status")
    assert status.returncode == 0, status.stdout
    assert status.stdout.count(" ready ") == len(SERVICES) + 1
    token = kindred(environment, "token").stdout.strip()
    for service in SERVICES:
        url = f"{addresses.url(service)}/v1/dead-letters"
        assert httpx.get(url).status_code == 401
        answer = httpx.get(url, headers={"Authorization": f"Bearer {token}"})
        assert answer.json() == {"items": [], "next_after": None}
    assert " died" not in output.read_text()
