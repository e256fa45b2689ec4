"""Signs tokens where there is no identity provider: the default set-up, demonstrations and tests."""

import json
from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from joserfc import jwt
from joserfc.jwk import ECKey

from kindred_common.clock import Clock, Ids
from kindred_common.security.principals import Role
from kindred_common.whole_files import drafted

PRIVATE_KEY = "issuer.pem"
PUBLIC_KEYS = "jwks.json"


class LocalIssuer:
    """Issues tokens with a key of its own, kept in a directory; services read ``jwks`` beside it."""

    def __init__(
        self, directory: Path, *, issuer: str, audience: str, clock: Clock, ids: Ids
    ) -> None:
        """Opens the directory; makes it and the key on first use. Only the owner can read the private key."""
        self._issuer = issuer
        self._audience = audience
        self._clock = clock
        self._ids = ids
        self._key = _open_key(directory)
        self.jwks = directory / PUBLIC_KEYS
        _write_public(self.jwks, self._key)

    def issue(
        self,
        subject: str,
        roles: Iterable[Role],
        *,
        teams: Iterable[str] = (),
        scopes: Iterable[str] = (),
        ttl: timedelta = timedelta(hours=8),
    ) -> str:
        """A token that names ``subject`` until ``ttl`` has passed."""
        now = int(self._clock.now().timestamp())
        claims: dict[str, object] = {
            "iss": self._issuer,
            "aud": self._audience,
            "sub": subject,
            "iat": now,
            "nbf": now,
            "exp": now + int(ttl.total_seconds()),
            "jti": str(self._ids()),
            "roles": sorted(roles),
            "teams": sorted(teams),
        }
        if listed := sorted(scopes):
            claims["scope"] = " ".join(listed)
        header = {"alg": "ES256", "typ": "at+jwt", "kid": self._key.thumbprint()}
        return jwt.encode(header, claims, self._key, algorithms=["ES256"])


def _open_key(directory: Path) -> ECKey:
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = directory / PRIVATE_KEY
    if not path.exists():
        _keep(path, ECKey.generate_key("P-256", private=True).as_pem(private=True))
    return ECKey.import_key(path.read_bytes())


def _keep(path: Path, pem: bytes) -> None:
    """Writes the key whole or not at all; if another process was first, its key stands."""
    with drafted(path, pem) as draft, suppress(FileExistsError):
        path.hardlink_to(draft)


def _write_public(path: Path, key: ECKey) -> None:
    public = key.as_dict(private=False) | {"kid": key.thumbprint(), "use": "sig", "alg": "ES256"}
    text = json.dumps({"keys": [public]}, indent=1)
    if path.exists() and path.read_text() == text:
        return
    with drafted(path, text.encode()) as draft:
        draft.chmod(0o644)
        draft.replace(path)
