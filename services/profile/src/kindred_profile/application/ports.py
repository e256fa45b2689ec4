"""What the use cases need from the world: rows that can be locked, and a way to publish, all in one transaction."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol
from uuid import UUID

from kindred_common.contracts.codec import Outgoing
from kindred_profile.domain.customers import Account, Customer
from kindred_profile.domain.facts import Fact
from kindred_profile.domain.found import Found


@dataclass(frozen=True, slots=True)
class Known:
    """A customer whose row this transaction has locked.

    ``profile`` and ``details`` are what was last published of him, as canonical JSON; None before the first time.
    ``look_at`` is when the sweep will look at his facts.
    """

    customer: Customer
    version: int
    profile_version: int
    profile: str | None
    details: str | None
    look_at: datetime | None


@dataclass(frozen=True, slots=True)
class Kept:
    """What is to be remembered of a customer after publishing."""

    customer_id: UUID
    profile_version: int
    profile: str
    details: str
    look_at: datetime | None


@dataclass(frozen=True, slots=True)
class KnownAccount:
    """An account whose row this transaction has locked."""

    account: Account
    version: int


class Identity(NamedTuple):
    """The name under which another system knows a customer or an account."""

    source: str
    external_id: str


@dataclass(frozen=True, slots=True)
class Ticket:
    """A business transaction of an account, or of one customer of it, as last reported."""

    identity: Identity
    account_id: UUID
    customer_id: UUID | None
    kind: str
    happened_at: datetime
    amount: float | None
    complaint: bool
    open: bool
    observed_at: datetime
    record_id: str


class Customers(Protocol):
    """The rows of customers. Rows are always locked in the order of their ids, accounts before customers."""

    async def lock(self, asked: Collection[UUID]) -> Mapping[UUID, Known]:
        """Those that exist, by the id asked for, which may be an alias."""
        ...

    async def of_accounts(self, account_ids: Collection[UUID]) -> frozenset[UUID]:
        """Who is at these accounts now."""
        ...

    async def make(self, ids: Collection[UUID]) -> frozenset[UUID]:
        """Makes empty rows where there are none; tells which are new."""
        ...

    async def save(self, customers: Sequence[Customer]) -> None:
        """Writes records over locked rows and raises their versions."""
        ...

    async def keep(self, kept: Sequence[Kept]) -> None: ...

    async def lock_due(self, now: datetime, limit: int) -> Sequence[Known]:
        """Those that the sweep should look at; rows that others hold are left for the next time."""
        ...

    async def look_again(self, moments: Mapping[UUID, datetime | None]) -> None: ...


class Accounts(Protocol):
    """The rows of accounts."""

    async def find(self, ids: Collection[UUID]) -> Mapping[UUID, Account]: ...

    async def hold(self, ids: Collection[UUID]) -> Mapping[UUID, Account]:
        """Those that exist, kept from changing until the end of the transaction."""
        ...

    async def lock(self, ids: Collection[UUID]) -> Mapping[UUID, KnownAccount]: ...

    async def make(self, ids: Collection[UUID]) -> frozenset[UUID]: ...

    async def save(self, accounts: Sequence[Account]) -> None: ...


class Facts(Protocol):
    """What was observed, kept for ever."""

    async def add(self, facts: Sequence[Fact]) -> list[Fact]:
        """Keeps the facts; returns those that are new. A fact told again replaces itself."""
        ...

    async def of(self, customer_ids: Collection[UUID]) -> Mapping[UUID, list[Fact]]: ...


class Identities(Protocol):
    """Which ids other systems' names stand for: a derived id, unless the name is an alias of another."""

    async def customers(self, names: Collection[Identity]) -> Mapping[Identity, UUID]: ...

    async def accounts(self, names: Collection[Identity]) -> Mapping[Identity, UUID]: ...

    async def name_customers(self, names: Mapping[Identity, UUID]) -> None: ...

    async def name_accounts(self, names: Mapping[Identity, UUID]) -> None: ...


class Tickets(Protocol):
    """Business transactions as other systems report them."""

    async def put(self, tickets: Sequence[Ticket]) -> None:
        """Keeps the latest state of each."""
        ...

    async def open_cases(self, customers: Collection[Customer]) -> frozenset[UUID]:
        """Which of these have an open complaint, of their own or of their whole account."""
        ...


class Awaited(Protocol):
    """Invitations that were sent and wait for a response, for the response rate."""

    async def sent(self, invitations: Mapping[UUID, tuple[UUID, datetime]]) -> None:
        """Waits for each until the moment given with its customer."""
        ...

    async def answered(self, invitations: Mapping[UUID, UUID]) -> frozenset[UUID]:
        """Ends the waiting; tells which responses count: the first, in time."""
        ...

    async def expired(self, now: datetime, limit: int) -> Mapping[UUID, tuple[UUID, datetime]]:
        """Ends the waiting for those that got no response in time."""
        ...


class Requests(Protocol):
    """What was asked for once is not asked for again."""

    async def enter(self, found: Sequence[Found], now: datetime) -> list[Found]:
        """Enters the requests; returns those that are new."""
        ...


class Publisher(Protocol):
    """What leaves the service when the transaction commits."""

    async def publish(self, records: Sequence[Outgoing]) -> None: ...

    async def arrived(self, references: Sequence[str]) -> None:
        """Tells early records that ``customer:<id>`` or ``account:<id>`` is known now."""
        ...


@dataclass(frozen=True, slots=True)
class Stores:
    """Everything of one transaction."""

    customers: Customers
    accounts: Accounts
    facts: Facts
    identities: Identities
    tickets: Tickets
    awaited: Awaited
    requests: Requests
    publisher: Publisher
