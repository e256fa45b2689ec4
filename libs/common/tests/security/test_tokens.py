import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from kindred_common.security.local_issuer import LocalIssuer
from kindred_common.security.principals import Principal, Role
from kindred_common.security.settings import SecuritySettings
from kindred_common.security.signing_keys import KeysUnavailable, SigningKeys
from kindred_common.security.tokens import InvalidToken, TokenVerifier
from kindred_common.testing.clocks import FakeClock

Key = ECKey | OKPKey | RSAKey | OctKey


@pytest.fixture(scope="module")
def keys() -> dict[str, Key]:
    return {
        "ES256": ECKey.generate_key("P-256"),
        "RS256": RSAKey.generate_key(2048),
        "Ed25519": OKPKey.generate_key("Ed25519"),
        "HS256": OctKey.generate_key(256),
    }


@pytest.fixture
def verifier(tmp_path: Path, clock: FakeClock, keys: dict[str, Key]) -> TokenVerifier:
    public = [
        key.as_dict(private=False) | {"kid": name, "use": "sig"}
        for name, key in keys.items()
        if name != "HS256"
    ]
    path = tmp_path / "jwks.json"
    path.write_text(json.dumps({"keys": public}))
    settings = SecuritySettings(
        issuer="https://login.example.com",
        jwks=str(path),
        roles_claim="realm_access.roles",
    )
    return TokenVerifier(settings, SigningKeys(str(path), clock), clock)


def key_set(key: Key) -> str:
    return json.dumps({"keys": [key.as_dict(private=False) | {"kid": "ES256", "use": "sig"}]})


Signer = Callable[..., str]


@pytest.fixture
def sign(clock: FakeClock, keys: dict[str, Key]) -> Signer:
    def sign(alg: str = "ES256", *, header: dict[str, Any] | None = None, **claims: Any) -> str:
        now = int(clock.now().timestamp())
        usual = {
            "iss": "https://login.example.com",
            "aud": ["account", "kindred"],
            "sub": "anna",
            "exp": now + 300,
            "nbf": now,
            "iat": now,
            "realm_access": {"roles": ["viewer", "offline_access"]},
            "scope": "openid profile customers:read",
            "teams": ["north"],
            "name": "Anna",
        }
        body = {name: value for name, value in (usual | claims).items() if value is not None}
        head = {"alg": alg, "kid": alg, "typ": "at+jwt"} | (header or {})
        return jwt.encode(head, body, keys[alg], algorithms=[alg])

    return sign


@pytest.mark.parametrize("alg", ["ES256", "RS256", "Ed25519"])
async def test_a_genuine_token_names_its_principal(
    verifier: TokenVerifier, sign: Signer, alg: str
) -> None:
    assert await verifier.verify(sign(alg)) == Principal(
        subject="anna",
        roles=frozenset({Role.VIEWER}),
        scopes=frozenset({"customers:read"}),
        teams=frozenset({"north"}),
        name="Anna",
    )


@pytest.mark.parametrize(
    ("scope", "limit"),
    [
        (None, None),
        ("openid profile", None),
        ("openid customers:read", {"customers:read"}),
        ("operations", {"operations"}),
        (["customers:read"], {"customers:read"}),
        ("", set()),
        ("  ", set()),
        ([], set()),
        ({}, set()),
    ],
)
async def test_a_scope_claim_that_names_nothing_limits_to_nothing(
    verifier: TokenVerifier, sign: Signer, scope: object, limit: set[str] | None
) -> None:
    assert (await verifier.verify(sign(scope=scope))).scopes == limit


async def test_the_older_name_of_ed25519_is_understood(
    verifier: TokenVerifier, keys: dict[str, Key], sign: Signer
) -> None:
    header, payload, _ = sign("Ed25519").split(".")
    header = _encoded({"alg": "EdDSA", "kid": "Ed25519", "typ": "JWT"})
    key = keys["Ed25519"].private_key
    assert isinstance(key, Ed25519PrivateKey)
    signature = key.sign(f"{header}.{payload}".encode())
    token = f"{header}.{payload}.{urlsafe_b64encode(signature).rstrip(b'=').decode()}"

    assert (await verifier.verify(token)).subject == "anna"


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example.com"},
        {"iss": None},
        {"aud": "other"},
        {"aud": None},
        {"sub": None},
        {"sub": ""},
        {"exp": None},
        {"exp": "tomorrow"},
    ],
)
async def test_tokens_not_meant_for_us_are_refused(
    verifier: TokenVerifier, sign: Signer, claims: dict[str, Any]
) -> None:
    with pytest.raises(InvalidToken):
        await verifier.verify(sign(**claims))


async def test_tokens_have_their_time(
    verifier: TokenVerifier, sign: Signer, clock: FakeClock
) -> None:
    token = sign()
    later = sign(nbf=int(clock.now().timestamp()) + 60)

    with pytest.raises(InvalidToken):
        await verifier.verify(later)
    clock.advance(timedelta(seconds=309))
    assert await verifier.verify(token)
    clock.advance(timedelta(seconds=2))
    with pytest.raises(InvalidToken):
        await verifier.verify(token)


async def test_a_token_seen_before_is_judged_anew_by_time_and_key(
    tmp_path: Path, clock: FakeClock, sign: Signer, keys: dict[str, Key]
) -> None:
    path = tmp_path / "changing.json"
    settings = SecuritySettings(issuer="https://login.example.com", jwks=str(path))
    path.write_text(key_set(keys["ES256"]))
    verifier = TokenVerifier(settings, SigningKeys(str(path), clock), clock)
    short, long = sign(), sign(exp=int(clock.now().timestamp()) + 3600)
    assert await verifier.verify(short) == await verifier.verify(short)
    assert await verifier.verify(long)

    clock.advance(timedelta(seconds=400))
    with pytest.raises(InvalidToken):
        await verifier.verify(short)
    assert await verifier.verify(long)

    path.write_text(key_set(ECKey.generate_key("P-256")))
    clock.advance(timedelta(minutes=11))
    with pytest.raises(InvalidToken):
        await verifier.verify(long)


@pytest.mark.parametrize(
    "header",
    [{"typ": "JOSE"}, {"typ": None}, {"typ": "dpop+jwt"}, {"kid": "unknown"}, {"kid": None}],
)
async def test_other_types_and_keys_are_refused(
    verifier: TokenVerifier, sign: Signer, header: dict[str, Any]
) -> None:
    head, payload, signature = sign().split(".")
    changed = {"alg": "ES256", "kid": "ES256", "typ": "at+jwt"} | header
    head = _encoded({name: value for name, value in changed.items() if value is not None})

    with pytest.raises(InvalidToken):
        await verifier.verify(f"{head}.{payload}.{signature}")


async def test_unsigned_and_shared_secret_tokens_are_refused(
    verifier: TokenVerifier, sign: Signer
) -> None:
    _, payload, _ = sign().split(".")
    unsigned = _encoded({"alg": "none", "kid": "ES256", "typ": "JWT"}) + f".{payload}."
    shared = sign("HS256", header={"kid": "ES256"})

    for token in (unsigned, shared):
        with pytest.raises(InvalidToken, match="algorithm"):
            await verifier.verify(token)


async def test_a_token_cannot_be_verified_with_a_key_of_another_kind(
    verifier: TokenVerifier, sign: Signer
) -> None:
    with pytest.raises(InvalidToken):
        await verifier.verify(sign("ES256", header={"kid": "RS256"}))


@pytest.mark.parametrize(
    "token", ["", "a", "a.b", "a.b.c", "é.é.é", "....", "x" * 9000, "eyJhbGciOiJFUzI1NiJ9..x"]
)
async def test_rubbish_is_refused(verifier: TokenVerifier, token: str) -> None:
    with pytest.raises(InvalidToken):
        await verifier.verify(token)


async def test_a_changed_token_is_refused(verifier: TokenVerifier, sign: Signer) -> None:
    header, _, signature = sign().split(".")
    _, other, _ = sign(sub="bert", realm_access={"roles": ["administrator"]}).split(".")

    with pytest.raises(InvalidToken):
        await verifier.verify(f"{header}.{other}.{signature}")


async def test_keys_never_read_are_not_the_clients_fault(
    tmp_path: Path, clock: FakeClock, issuer: LocalIssuer
) -> None:
    missing = str(tmp_path / "missing.json")
    verifier = TokenVerifier(SecuritySettings(jwks=missing), SigningKeys(missing, clock), clock)

    with pytest.raises(KeysUnavailable):
        await verifier.verify(issuer.issue("anna", [Role.VIEWER]))


def _encoded(header: dict[str, Any]) -> str:
    return urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=").decode()
