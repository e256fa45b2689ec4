"""API keys of other systems: long random texts, kept as hashes in a settings file."""

import hashlib
import hmac
import json
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter

from kindred_common.security.principals import Principal, Role

Randomness = Callable[[int], bytes]
"""Gives that many unpredictable bytes; in production :func:`secrets.token_bytes`."""

KEY_PREFIX = "kindred_"
LONGEST_KEY = 200


class ApiKeyEntry(BaseModel):
    """One line of the file: the hash of a key and what it opens. A key has at least one scope."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    roles: frozenset[Role] = Field(min_length=1)
    scopes: frozenset[str] = Field(min_length=1)
    teams: frozenset[str] = frozenset()
    expires_at: AwareDatetime | None = None


@dataclass(frozen=True, slots=True)
class NewApiKey:
    """A key, to be shown once, and what the file keeps of it."""

    key: str
    sha256: str


def new_api_key(randomness: Randomness = secrets.token_bytes) -> NewApiKey:
    """Makes a key of 256 random bits."""
    key = KEY_PREFIX + urlsafe_b64encode(randomness(32)).rstrip(b"=").decode()
    return NewApiKey(key, _hash(key))


class ApiKeys:
    """The keys that are accepted."""

    def __init__(self, entries: Sequence[ApiKeyEntry]) -> None:
        self._entries = tuple(entries)

    @classmethod
    def load(cls, path: Path | None) -> "ApiKeys":
        """Reads the settings file; without one no key is accepted.

        Raises:
            ValueError: the file is malformed, names a key twice or can be changed by everybody.
        """
        if path is None:
            return cls(())
        if path.stat().st_mode & 0o002:
            raise ValueError(f"{path.name} can be changed by everybody")
        entries = TypeAdapter(tuple[ApiKeyEntry, ...]).validate_python(json.loads(path.read_text()))
        if len({entry.name for entry in entries}) != len(entries):
            raise ValueError(f"{path.name} names a key twice")
        return cls(entries)

    def find(self, key: str, now: datetime) -> Principal | None:
        """Whom the key stands for; takes the same time wherever in the list the key stands."""
        if len(key) > LONGEST_KEY:
            return None
        offered = _hash(key)
        found: ApiKeyEntry | None = None
        for entry in self._entries:
            if hmac.compare_digest(entry.sha256, offered):
                found = entry
        if found is None or (found.expires_at is not None and found.expires_at <= now):
            return None
        return Principal(
            subject=f"api-key:{found.name}",
            roles=found.roles,
            scopes=found.scopes,
            teams=found.teams,
            name=found.name,
        )


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
