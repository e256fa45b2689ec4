"""The public keys that sign tokens, from a file or an identity provider."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypedDict, cast

import httpx
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from kindred_common.clock import Clock
from kindred_common.observability.logging import get_logger

PublicKey = ECKey | OKPKey | RSAKey

REFETCH_AFTER = timedelta(seconds=30)
"""A key that is not known makes us look again, but not more often than this."""

TRUSTED_FOR = timedelta(minutes=10)
"""A key that its issuer withdrew is refused at the latest after this."""

LARGEST_SET = 256 * 1024

_log = get_logger(__name__)


class KeysUnavailable(Exception):  # noqa: N818 - a state, not a mistake
    """The keys have never been read, so no token can be judged: a reason to say 503, not 401."""


class InsecureKeys(ValueError):  # noqa: N818 - named for what is wrong with them
    """A key set that must not be trusted, such as one that holds private keys."""


class _KeyMembers(TypedDict, total=False):
    kty: str
    kid: str
    use: str
    d: str


class SigningKeys:
    """Finds a public key by its id; reads the set again when it is old or the id is new."""

    def __init__(self, location: str, clock: Clock) -> None:
        self._read = _reader(location)
        self._clock = clock
        self._keys: dict[str, PublicKey] = {}
        self._asked_at: datetime | None = None
        self._read_at: datetime | None = None
        self._lock = asyncio.Lock()

    async def find(self, key_id: str) -> PublicKey | None:
        """The key, or None when the issuer has no such key.

        Raises:
            KeysUnavailable: the set could not be read even once.
        """
        if self._outdated() or key_id not in self._keys:
            await self._refresh()
        if self._read_at is None:
            raise KeysUnavailable
        return self._keys.get(key_id)

    def _outdated(self) -> bool:
        return self._read_at is None or self._clock.now() - self._read_at > TRUSTED_FOR

    async def _refresh(self) -> None:
        async with self._lock:
            now = self._clock.now()
            if self._asked_at is not None and now - self._asked_at < REFETCH_AFTER:
                return
            self._asked_at = now
            try:
                self._keys = public_keys(await self._read())
                self._read_at = now
            except (OSError, httpx.HTTPError, ValueError):
                _log.warning("signing keys could not be read", exc_info=True)


def public_keys(document: bytes) -> dict[str, PublicKey]:
    """The usable keys of a JWKS document by their ids.

    Raises:
        InsecureKeys: the document holds a private key.
        ValueError: it is not a JWKS document.
    """
    content = json.loads(document)
    members = content.get("keys") if isinstance(content, dict) else None
    if not isinstance(members, list):
        raise ValueError("not a JWKS document")
    keys: dict[str, PublicKey] = {}
    for member in cast("list[_KeyMembers]", members):
        if "d" in member:
            raise InsecureKeys("the key set holds a private key")
        key = _public_key(member)
        if key is not None:
            keys[member["kid"]] = key
    return keys


def _public_key(member: _KeyMembers) -> PublicKey | None:
    types: dict[str, type[ECKey] | type[OKPKey] | type[RSAKey]] = {
        "EC": ECKey,
        "OKP": OKPKey,
        "RSA": RSAKey,
    }
    kind = types.get(member.get("kty", ""))
    if kind is None or not member.get("kid") or member.get("use", "sig") != "sig":
        return None
    try:
        return kind.import_key(cast("dict[str, str | list[str]]", member))
    except (JoseError, ValueError):
        return None


def _reader(location: str) -> Callable[[], Awaitable[bytes]]:
    if location.startswith(("http://", "https://")):
        return lambda: _fetch(location)
    return lambda: asyncio.to_thread(Path(location).read_bytes)


async def _fetch(address: str) -> bytes:
    async with httpx.AsyncClient(timeout=5.0, follow_redirects=False) as client:
        answer = await client.get(address)
        answer.raise_for_status()
        if len(answer.content) > LARGEST_SET:
            raise ValueError("the key set is too large")
        return answer.content
