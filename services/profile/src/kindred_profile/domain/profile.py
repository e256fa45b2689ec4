"""The profile: all that is known of a customer, folded from his record and the facts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from kindred_profile.domain.consents import Permission, fold_permission
from kindred_profile.domain.customers import Account, Customer
from kindred_profile.domain.facts import Fact, standing
from kindred_profile.domain.interests import Interest, fold_interests
from kindred_profile.domain.norms import Norm, effective_norm
from kindred_profile.domain.preferences import (
    Loyalty,
    Preferences,
    fold_kinds,
    fold_last_attended,
    fold_loyalty,
    fold_preferences,
)


@dataclass(frozen=True, slots=True)
class Profile:
    """A customer as matching sees him; nothing in it changes by time alone."""

    customer: Customer
    account: Account | None
    interests: tuple[Interest, ...]
    kinds: tuple[tuple[str, float], ...]
    preferences: Preferences
    norm: Norm | None
    loyalty: Loyalty | None
    permission: Permission
    open_case: bool
    last_attended_at: datetime | None

    @property
    def active(self) -> bool:
        """Whether he takes part: a customer of an account that has ended does not."""
        return self.customer.active and (self.account is None or self.account.active)

    @property
    def manner(self) -> str | None:
        """How invitations reach him: his own wish before what is on record."""
        return self.preferences.manner or self.customer.manner

    @property
    def max_distance_km(self) -> float | None:
        """How far he comes: his own word before what is on record."""
        own = self.preferences.max_distance_km
        return self.customer.max_distance_km if own is None else own


def fold(
    customer: Customer, account: Account | None, facts: Iterable[Fact], *, open_case: bool
) -> Profile:
    """The profile that follows from the facts, whatever the order in which they arrived."""
    counting = standing(facts)
    preferences = fold_preferences(counting)
    public_sector = account is not None and account.public_sector
    return Profile(
        customer=customer,
        account=account,
        interests=fold_interests(counting),
        kinds=fold_kinds(counting),
        preferences=preferences,
        norm=effective_norm(preferences.own_norm, customer.norm, public_sector=public_sector),
        loyalty=fold_loyalty(counting),
        permission=fold_permission(counting, customer.legal_ground),
        open_case=open_case,
        last_attended_at=fold_last_attended(counting),
    )
