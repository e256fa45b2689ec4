import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet
from typer.testing import CliRunner, Result

from kindred_cli.application import create_cli
from kindred_cli.launcher.addresses import Addresses
from kindred_cli.launcher.home import Home
from kindred_common.clock import new_id
from kindred_common.messaging.kafka import create_admin
from kindred_common.messaging.settings import KafkaSettings
from kindred_common.messaging.topic_admin import ALL


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("KINDRED_HOME", str(tmp_path / "home"))
    return Home(tmp_path / "home")


def kindred(*arguments: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(create_cli(), arguments, input=typed)


def test_a_token_is_signed_by_the_key_that_the_services_trust(home: Home) -> None:
    printed = kindred("token", "--role", "account_manager", "--subject", "anna", "--team", "north")
    keys = KeySet.import_key_set(json.loads(home.issuer().jwks.read_text()))
    claims = jwt.decode(printed.stdout.strip(), keys, algorithms=["ES256"]).claims
    assert claims["sub"] == "anna"
    assert claims["roles"] == ["account_manager"]
    assert claims["teams"] == ["north"]


def test_status_names_what_does_not_answer(home: Home) -> None:
    home.folder.mkdir()
    home.remember(Addresses(base_port=1100))
    told = kindred("status")
    assert told.exit_code == 1
    assert [line.split()[0] for line in told.stdout.splitlines()] == [
        *("survey", "profile", "matching", "invitations", "outreach", "feedback", "profile")
    ]
    assert "NOT READY  http://127.0.0.1:1101  does not answer" in told.stdout


def test_an_unreachable_service_is_one_clear_line(home: Home) -> None:
    home.folder.mkdir()
    home.remember(Addresses(base_port=1100))
    told = kindred("republish", "survey")
    assert told.exit_code == 1
    assert told.stderr.startswith("kindred: survey does not answer at http://127.0.0.1:1101")
    assert len(told.stderr.splitlines()) == 1


def test_what_is_no_service_is_refused() -> None:
    told = kindred("dead-letters", "list", "outside")
    assert told.exit_code == 2
    assert "one of survey, profile" in told.stderr.replace("\n", " ")


@pytest.mark.usefixtures("home")
def test_a_foreign_system_wants_a_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KINDRED_URL", "https://kindred.example/{service}")
    told = kindred("republish", "survey")
    assert told.stderr == "kindred: KINDRED_URL needs a KINDRED_TOKEN\n"


def test_the_topic_plan_is_a_script_with_every_topic(tmp_path: Path) -> None:
    script = tmp_path / "plan.sh"
    script.write_text(kindred("topics", "plan").stdout)
    assert subprocess.run(["sh", "-n", str(script)], check=False).returncode == 0
    for topic in ALL:
        assert f"--topic {topic.name} " in script.read_text()


def test_the_topic_plan_for_programs_gives_each_service_its_topics_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("KINDRED_KAFKA__PREFIX", "acme-")
    plan = json.loads(kindred("topics", "plan", "--json").stdout)
    rights = {
        rule["name"]: rule["operations"]
        for rule in plan["access"]
        if rule["principal"] == "kindred-matching" and rule["resource"] == "topic"
    }
    assert rights["acme-customer-profiles"] == ["Read", "Describe"]
    assert rights["acme-customer-matches"] == ["Write", "Describe"]
    assert "acme-customer-details" not in rights


@pytest.fixture
def new_cluster(kafka_server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[KafkaSettings]:
    settings = KafkaSettings(bootstrap=kafka_server, prefix=f"t{new_id().hex[-10:]}-")
    monkeypatch.setenv("KINDRED_KAFKA__BOOTSTRAP", settings.bootstrap)
    monkeypatch.setenv("KINDRED_KAFKA__PREFIX", settings.prefix)
    yield settings
    asyncio.run(delete_topics(settings))


async def delete_topics(settings: KafkaSettings) -> None:
    admin = create_admin(settings)
    await admin.start()
    await admin.delete_topics([settings.name(topic) for topic in ALL])
    await admin.close()


@pytest.mark.usefixtures("new_cluster")
def test_applying_topics_twice_changes_nothing() -> None:
    first = kindred("topics", "apply")
    assert first.stdout.count(" made") == len(ALL)
    second = kindred("topics", "apply")
    assert second.stdout.count(" is there") == len(ALL)


@pytest.mark.usefixtures("new_cluster")
def test_what_is_published_can_be_followed() -> None:
    kindred("topics", "apply")
    told = kindred("publish", "crm-customers", typed='crm:1\t{"specversion":"1.0"}\n\ncrm:2\t{}\n')
    assert told.stdout.startswith("2 published to crm-customers")
    shown = kindred("follow", "crm-customers", "--no-stay").stdout.splitlines()
    assert sorted(shown) == ['crm:1\t\t{"specversion":"1.0"}', "crm:2\t\t{}"]


def test_publish_refuses_what_it_cannot_read_and_what_is_ours() -> None:
    told = kindred("publish", "crm-customers", typed="no tab\n")
    assert told.stderr == "kindred: line 1 has no tab between key and record\n"
    ours = kindred("publish", "customer-profiles", typed="")
    assert ours.stderr == "kindred: customer-profiles is written by our services only\n"


def test_a_cluster_that_is_away_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KINDRED_KAFKA__BOOTSTRAP", "127.0.0.1:1")
    told = kindred("topics", "apply")
    assert told.exit_code == 1
    assert told.stderr.startswith("kindred: Kafka at 127.0.0.1:1: ")


def test_the_module_is_the_same_command() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "kindred_cli", "--help"], capture_output=True, text=True, check=True
    )
    for name in ("up", "status", "token", "topics", "db", "dead-letters", "republish"):
        assert name in told.stdout
