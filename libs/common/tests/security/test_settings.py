from pathlib import Path

import pytest
from pydantic import ValidationError

from kindred_common.security.settings import SecuritySettings


@pytest.mark.parametrize(
    "jwks",
    [
        "/etc/kindred/jwks.json",
        "https://login.example.com/keys",
        "http://127.0.0.1:8080/keys",
        "http://localhost/keys",
    ],
)
def test_keys_may_come_from_a_file_or_a_safe_address(jwks: str) -> None:
    assert SecuritySettings(jwks=jwks).jwks == jwks


@pytest.mark.parametrize(
    "wrong",
    [
        {"jwks": "http://login.example.com/keys"},
        {"jwks": "http://127.0.0.1.example.com/keys"},
        {"jwks": "https://user:secret@login.example.com/keys"},
        {"jwks": "ftp://login.example.com/keys"},
        {"issuer": ""},
        {"issuer": "*"},
        {"audience": ""},
        {"audience": " kindred"},
        {"roles_claim": ""},
        {"leeway_seconds": 3600},
        {"verify": False},
    ],
)
def test_insecure_combinations_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        SecuritySettings.model_validate(wrong)


def test_an_empty_address_means_none() -> None:
    assert SecuritySettings(jwks="", api_keys_file=Path("keys.json")).jwks is None
