"""What can be read, by whom: account managers see their own and their teams' customers and nobody else's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from kindred_common.security.principals import Principal
from kindred_profile.application.ports import Identity
from kindred_profile.domain.customers import Account, Customer
from kindred_profile.domain.errors import UnknownAccount, UnknownCustomer


@dataclass(frozen=True, slots=True)
class CustomerView:
    """A customer with his account, as on record."""

    customer: Customer
    account: Account | None
    version: int


@dataclass(frozen=True, slots=True)
class AccountView:
    """An account as on record."""

    account: Account
    version: int


@dataclass(frozen=True, slots=True)
class ProfileView:
    """The published profile as canonical JSON, and its version."""

    content: str
    version: int


@dataclass(frozen=True, slots=True)
class TimedFact:
    """One line of a time line; ``id`` grows in the order of arrival."""

    id: int
    kind: str
    subject: str
    source: str
    observed_at: datetime
    recorded_at: datetime
    number: float | None
    choice: str | None
    confidence: float
    happened_at: datetime | None
    detail: str | None


@dataclass(frozen=True, slots=True)
class Sight:
    """How much of the customers a principal sees; ``everything`` or those of a manager and his teams."""

    everything: bool
    manager: str
    teams: tuple[str, ...]


class Readings(Protocol):
    """Reads what is there; sees to nothing else."""

    async def customer(self, customer_id: UUID) -> CustomerView | None: ...

    async def customers(
        self, sight: Sight, account_id: UUID | None, after: UUID | None, limit: int
    ) -> Sequence[CustomerView]:
        """Those behind ``after``, by id."""
        ...

    async def names(self, customer_id: UUID) -> Sequence[Identity]: ...

    async def account(self, account_id: UUID) -> AccountView | None: ...

    async def accounts(
        self, sight: Sight, after: UUID | None, limit: int
    ) -> Sequence[AccountView]: ...

    async def profile(self, customer_id: UUID) -> ProfileView | None: ...

    async def time_line(
        self,
        customer_id: UUID,
        kinds: Sequence[str],
        before: tuple[datetime, int] | None,
        limit: int,
    ) -> Sequence[TimedFact]:
        """The facts before a place, latest first; all kinds when none is named."""
        ...


def sight_of(principal: Principal) -> Sight:
    """What lists may show this principal."""
    return Sight(principal.sees_every_customer, principal.subject, tuple(sorted(principal.teams)))


async def see_customer(readings: Readings, principal: Principal, customer_id: UUID) -> CustomerView:
    """The customer, if the principal may see him.

    Raises:
        UnknownCustomer: there is nobody by this id, or not for this principal.
    """
    view = await readings.customer(customer_id)
    if view is None or not _visible(principal, view.account):
        raise UnknownCustomer
    return view


async def see_account(readings: Readings, principal: Principal, account_id: UUID) -> AccountView:
    """The account, if the principal may see it.

    Raises:
        UnknownAccount: there is none by this id, or not for this principal.
    """
    view = await readings.account(account_id)
    if view is None or not _visible(principal, view.account):
        raise UnknownAccount(account_id)
    return view


def _visible(principal: Principal, account: Account | None) -> bool:
    if account is None:
        return principal.sees_every_customer
    return principal.may_see(account.account_manager_id, account.team)
