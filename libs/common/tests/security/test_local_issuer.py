import json
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from kindred_common.clock import SystemClock, new_id
from kindred_common.security.local_issuer import LocalIssuer
from kindred_common.security.principals import Role
from kindred_common.security.settings import SecuritySettings
from kindred_common.security.signing_keys import SigningKeys
from kindred_common.security.tokens import TokenVerifier


def opened(directory: Path) -> LocalIssuer:
    return LocalIssuer(
        directory, issuer="kindred-local", audience="kindred", clock=SystemClock(), ids=new_id
    )


def test_only_the_owner_can_read_the_private_key(tmp_path: Path) -> None:
    opened(tmp_path / "keys")

    mode = stat.S_IMODE((tmp_path / "keys" / "issuer.pem").stat().st_mode)
    assert mode == 0o600
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700


def test_the_published_keys_are_public(tmp_path: Path) -> None:
    issuer = opened(tmp_path / "keys")

    [key] = json.loads(issuer.jwks.read_text())["keys"]
    assert "d" not in key
    assert key["alg"] == "ES256"


async def test_tokens_outlive_the_issuer(tmp_path: Path) -> None:
    token = opened(tmp_path / "keys").issue("anna", [Role.VIEWER])
    again = opened(tmp_path / "keys")
    settings = SecuritySettings(jwks=str(again.jwks))
    verifier = TokenVerifier(settings, SigningKeys(str(again.jwks), SystemClock()), SystemClock())

    assert (await verifier.verify(token)).subject == "anna"


def test_processes_that_start_together_agree_on_one_key(tmp_path: Path) -> None:
    def identity(_: int) -> str:
        issuer = opened(tmp_path / "keys")
        return str(json.loads(issuer.jwks.read_text())["keys"][0]["kid"])

    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(identity, range(8)))) == 1
    assert sorted(path.name for path in (tmp_path / "keys").iterdir()) == [
        "issuer.pem",
        "jwks.json",
    ]
