"""Reads bearer tokens: who they name, if they are genuine."""

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, NamedTuple

from joserfc import jws, jwt
from joserfc._rfc7515.model import JWSAlgModel  # a type that joserfc does not export
from joserfc.errors import JoseError

from kindred_common.clock import Clock
from kindred_common.security.principals import Principal, known_roles
from kindred_common.security.settings import SecuritySettings
from kindred_common.security.signing_keys import PublicKey, SigningKeys

ALGORITHMS = ("ES256", "RS256", "EdDSA", "Ed25519")
TYPES = frozenset({"jwt", "at+jwt", "application/at+jwt"})
SCOPES_WITHOUT_COLON = frozenset({"operations"})
LONGEST_TOKEN = 8192
MOST_REMEMBERED = 1000


class _Registry(jws.JWSRegistry):
    """Takes EdDSA for what nearly every issuer means by it (RFC 9864), Ed25519, and nothing else."""

    def get_alg(self, name: str) -> JWSAlgModel:
        return super().get_alg("Ed25519" if name == "EdDSA" else name)


_REGISTRY = _Registry(algorithms=list(ALGORITHMS))


class InvalidToken(Exception):  # noqa: N818 - named for what the client sent
    """A token that proves nothing; the message says why, for our logs only, and quotes nothing of the token."""


class _Genuine(NamedTuple):
    """A token whose signature was verified; it need not be verified again while its issuer has the same key."""

    key_id: str
    key: PublicKey
    claims: Mapping[str, Any]
    principal: Principal


class TokenVerifier:
    """Checks signature, type, issuer, audience and times of a token and says whom it names."""

    def __init__(self, settings: SecuritySettings, keys: SigningKeys, clock: Clock) -> None:
        self._settings = settings
        self._keys = keys
        self._clock = clock
        self._genuine: OrderedDict[str, _Genuine] = OrderedDict()

    async def verify(self, token: str) -> Principal:
        """Whom the token names.

        Raises:
            InvalidToken: the token is not genuine, not for us or not of this time.
            KeysUnavailable: it cannot be judged now.
        """
        if len(token) > LONGEST_TOKEN:
            raise InvalidToken("too long")
        seen = self._genuine.get(token)
        key_id = seen.key_id if seen else _key_id(token)
        key = await self._keys.find(key_id)
        if key is None:
            raise InvalidToken("signed with an unknown key")
        if seen is None or seen.key is not key:
            claims = self._decoded(token, key)
            seen = _Genuine(key_id, key, claims, self._principal(claims))
            self._remember(token, seen)
        else:
            self._require_validity(seen.claims)
        return seen.principal

    def _decoded(self, token: str, key: PublicKey) -> Mapping[str, Any]:
        try:
            claims = jwt.decode(token, key, registry=_REGISTRY).claims
        except (JoseError, ValueError) as error:
            raise InvalidToken(type(error).__name__) from None
        self._require_validity(claims)
        return claims

    def _require_validity(self, claims: Mapping[str, Any]) -> None:
        """Checks issuer, audience and times, of which the times are another question at each request."""
        rules = jwt.JWTClaimsRegistry(
            now=int(self._clock.now().timestamp()),
            leeway=self._settings.leeway_seconds,
            iss={"essential": True, "value": self._settings.issuer},
            aud={"essential": True, "value": self._settings.audience},
            sub={"essential": True},
            exp={"essential": True},
        )
        try:
            rules.validate(dict(claims))
        except (JoseError, ValueError) as error:
            raise InvalidToken(type(error).__name__) from None

    def _remember(self, token: str, seen: "_Genuine") -> None:
        self._genuine[token] = seen
        if len(self._genuine) > MOST_REMEMBERED:
            self._genuine.popitem(last=False)

    def _principal(self, claims: Mapping[str, Any]) -> Principal:
        return Principal(
            subject=str(claims["sub"]),
            roles=known_roles(_names(claims, self._settings.roles_claim)),
            scopes=_scopes(claims),
            teams=frozenset(_names(claims, self._settings.teams_claim)),
            name=str(claims.get("name", "")),
        )


def _key_id(token: str) -> str:
    try:
        header = jws.extract_compact(token.encode()).headers()
    except (JoseError, ValueError) as error:
        raise InvalidToken(type(error).__name__) from None
    if str(header.get("typ", "")).lower() not in TYPES:
        raise InvalidToken("not an access token")
    if header.get("alg") not in ALGORITHMS:
        raise InvalidToken("algorithm not allowed")
    key_id = header.get("kid")
    if not isinstance(key_id, str) or not key_id:
        raise InvalidToken("names no key")
    return key_id


def _scopes(claims: Mapping[str, Any]) -> frozenset[str] | None:
    """None, no limit, if the token has no scope claim, or one that only speaks of what others give, as ``openid``."""
    if "scope" not in claims:
        return None
    named = _names(claims, "scope")
    ours = frozenset(name for name in named if ":" in name or name in SCOPES_WITHOUT_COLON)
    return ours if ours or not named else None


def _names(claims: Mapping[str, Any], path: str) -> list[str]:
    value: object = claims
    for step in path.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    if isinstance(value, str):
        return value.split()
    return [name for name in value if isinstance(name, str)] if isinstance(value, list) else []
