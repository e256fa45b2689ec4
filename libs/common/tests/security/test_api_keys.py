import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from kindred_common.security.api_keys import ApiKeys, new_api_key
from kindred_common.security.principals import Principal, Role
from kindred_common.testing.clocks import FakeClock


def written(path: Path, *entries: dict[str, Any]) -> Path:
    usual = {"roles": ["system"], "scopes": ["answers:write"]}
    path.write_text(json.dumps([usual | entry for entry in entries]))
    path.chmod(0o600)
    return path


def test_a_key_opens_what_the_file_says(tmp_path: Path, clock: FakeClock) -> None:
    crm, tickets = new_api_key(), new_api_key()
    path = written(
        tmp_path / "keys.json",
        {"name": "crm", "sha256": crm.sha256},
        {"name": "tickets", "sha256": tickets.sha256},
    )
    keys = ApiKeys.load(path)

    assert keys.find(crm.key, clock.now()) == Principal(
        "api-key:crm", frozenset({Role.SYSTEM}), frozenset({"answers:write"}), name="crm"
    )
    found = keys.find(tickets.key, clock.now())
    assert found is not None
    assert found.name == "tickets"
    assert keys.find(crm.sha256, clock.now()) is None
    assert keys.find("", clock.now()) is None
    assert keys.find("é" * 300, clock.now()) is None


def test_a_key_has_256_random_bits() -> None:
    asked: list[int] = []

    def randomness(count: int) -> bytes:
        asked.append(count)
        return b"\x01" * count

    assert new_api_key(randomness).key == "kindred_" + "AQEB" * 10 + "AQE"
    assert asked == [32]


def test_a_key_expires(tmp_path: Path, clock: FakeClock) -> None:
    key = new_api_key()
    until = (clock.now() + timedelta(days=1)).isoformat()
    path = written(
        tmp_path / "keys.json", {"name": "crm", "sha256": key.sha256, "expires_at": until}
    )
    keys = ApiKeys.load(path)

    assert keys.find(key.key, clock.now())
    clock.advance(timedelta(days=1))
    assert keys.find(key.key, clock.now()) is None


@pytest.mark.parametrize(
    "entry",
    [
        {"name": "crm", "sha256": "short"},
        {"name": "crm", "sha256": "a" * 64, "scopes": []},
        {"name": "crm", "sha256": "a" * 64, "roles": []},
        {"name": "crm", "sha256": "a" * 64, "roles": ["god"]},
        {"name": "crm", "sha256": "a" * 64, "key": "kindred_x"},
        {"name": "crm", "sha256": "a" * 64, "expires_at": "2026-01-01T00:00:00"},
    ],
)
def test_a_malformed_entry_is_refused(tmp_path: Path, entry: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r".*"):
        ApiKeys.load(written(tmp_path / "keys.json", entry))


def test_a_name_stands_for_one_key(tmp_path: Path) -> None:
    entry = {"name": "crm", "sha256": "a" * 64}

    with pytest.raises(ValueError, match="twice"):
        ApiKeys.load(written(tmp_path / "keys.json", entry, entry))


def test_a_file_that_everybody_can_change_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "keys.json")
    path.chmod(0o666)

    with pytest.raises(ValueError, match="everybody"):
        ApiKeys.load(path)


def test_without_a_file_no_key_is_accepted(clock: FakeClock) -> None:
    assert ApiKeys.load(None).find("kindred_x", clock.now()) is None
