"""How a service recognises who asks."""

from pathlib import Path
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class SecuritySettings(BaseModel):
    """Where tokens and API keys come from. Without ``jwks`` and ``api_keys_file`` nobody can sign in.

    ``issuer`` and ``audience`` must be in each token. ``jwks`` is the path or https address of the keys that sign them.
    ``roles_claim`` and ``teams_claim`` may be dotted: ``realm_access.roles``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    issuer: str = Field(default="kindred-local", min_length=1)
    audience: str = Field(default="kindred", min_length=1)
    jwks: str | None = None
    api_keys_file: Path | None = None
    roles_claim: str = Field(default="roles", pattern=r"^[^.\s]+(\.[^.\s]+)*$")
    teams_claim: str = Field(default="teams", pattern=r"^[^.\s]+(\.[^.\s]+)*$")
    leeway_seconds: int = Field(default=10, ge=0, le=120)

    @field_validator("issuer", "audience")
    @classmethod
    def _not_blank(cls, value: str) -> str:
        if value != value.strip() or value == "*":
            raise ValueError("must name one issuer or audience exactly")
        return value

    @field_validator("jwks")
    @classmethod
    def _keys_over_a_safe_way(cls, value: str | None) -> str | None:
        if not value:
            return None
        address = urlsplit(value)
        if address.scheme == "http" and address.hostname not in LOOPBACK:
            raise ValueError("keys that sign tokens must be fetched over https")
        if address.username or address.password:
            raise ValueError("must not carry a password")
        if "://" in value and address.scheme not in ("http", "https"):
            raise ValueError("must be a path, an https address or http on this machine")
        return value
