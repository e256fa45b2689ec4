"""Customers and accounts as they are on record, before anything was observed of them."""

from dataclasses import dataclass
from uuid import UUID

from kindred_profile.domain.norms import Norm


@dataclass(frozen=True, slots=True)
class Account:
    """A customer company; ``account_value`` weighs it against the others (1 is ordinary)."""

    id: UUID
    name: str
    account_value: float = 1.0
    public_sector: bool = False
    account_manager_id: str | None = None
    account_manager_name: str | None = None
    account_manager_email: str | None = None
    team: str | None = None
    active: bool = True


@dataclass(frozen=True, slots=True)
class Customer:
    """A contact at an account as CRM, an import or an account manager put him down.

    ``home`` is latitude and longitude in WGS 84 degrees. What he says himself beats ``manner`` and ``max_distance_km``.
    """

    id: UUID
    given_name: str
    family_name: str
    account_id: UUID | None = None
    email: str | None = None
    phone: str | None = None
    language: str = "nl"
    formal: bool = True
    buying_role: str | None = None
    legal_ground: str = "none"
    manner: str | None = None
    home: tuple[float, float] | None = None
    max_distance_km: float | None = None
    norm: Norm | None = None
    birth_year: int | None = None
    active: bool = True
