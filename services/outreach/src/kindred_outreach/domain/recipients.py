"""The person behind a customer id, as far as a message needs him."""

import hashlib
import re
from dataclasses import dataclass
from uuid import UUID

NO_GROUND = "none"

_ADDRESS = re.compile(r"[^@\s<>\"(),:;\\]{1,64}@[^@\s<>\"(),:;\\]{1,189}")


@dataclass(frozen=True, slots=True)
class Recipient:
    """Name, addresses, language and account manager of a customer."""

    customer_id: UUID
    active: bool
    given_name: str
    family_name: str
    email: str | None
    phone: str | None
    language: str
    formal: bool
    legal_ground: str
    account_name: str | None
    account_manager_id: str | None
    account_manager_name: str | None
    account_manager_email: str | None
    team: str | None

    @property
    def full_name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def address(self) -> str | None:
        """The e-mail address, if it is one that a server can be told."""
        return self.email if self.email and _ADDRESS.fullmatch(self.email) else None


def address_hash(address: str) -> bytes:
    """What is kept of an address that bounced; case does not count."""
    return hashlib.sha256(address.strip().lower().encode()).digest()
