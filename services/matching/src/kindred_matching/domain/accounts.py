"""What the customers of one account share: so many guests at each event, and so much hospitality in each year."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from uuid import UUID

import numpy as np

from kindred_matching.domain.allocation import Allocation
from kindred_matching.domain.commitments import Commitment, Ledger
from kindred_matching.domain.events import EventTable
from kindred_matching.domain.exact import Floats
from kindred_matching.domain.facts import Customer
from kindred_matching.domain.hospitality import charges
from kindred_matching.domain.rules import Rules
from kindred_matching.domain.slots import Slot, Slots

NONE = -1
"""The place of no account."""

NO_LIMITS: Floats = np.zeros(0)
"""What is left of each year where nothing limits an account."""


class Books(NamedTuple):
    """What tells how much of an account's share is given away, and where its customers stand in the allocation."""

    rules: Rules
    ledger: Ledger
    table: EventTable
    places: Slots


class Accounts:
    """Who belongs to which account, and what the allocation has been told of it.

    Changes are noted as they come and told in :meth:`settle`. As long as no rule limits accounts the allocation knows none.
    """

    def __init__(self, ids: Iterable[UUID] = ()) -> None:
        self.slots = Slots.restored(list(ids), ())
        self._account: dict[UUID, UUID | None] = {}
        self._members: dict[UUID, set[UUID]] = {}
        self._told: dict[UUID, Mapping[Slot, int]] = {}
        self._limits: tuple[int | None, int | None] = (None, None)
        self._years = 0
        self._moved: set[UUID] = set()
        self._stale: set[UUID] = set()

    @classmethod
    def restored(
        cls, ids: Iterable[UUID], customers: Iterable[Customer], books: Books
    ) -> "Accounts":
        """The accounts after all that is in the books was told."""
        accounts = cls(ids)
        accounts._account = {customer.id: customer.account_id for customer in customers}
        for customer_id, account in accounts._account.items():
            if account is not None:
                accounts._members.setdefault(account, set()).add(customer_id)
        accounts._limits, accounts._years = _limits(books.rules), len(books.table.years)
        if accounts._limited:
            accounts._told = {a: accounts._guests(a, books) for a in accounts._members}
        return accounts

    @property
    def ids(self) -> tuple[UUID, ...]:
        """Every account that has a place, by place."""
        return tuple(known for known in self.slots.ids if known is not None)

    def enter(self, customer: Customer) -> None:
        """The customer is new, or as told here."""
        if customer.id in self._account and self._account[customer.id] == customer.account_id:
            return
        self.leave(customer.id)
        self._account[customer.id] = customer.account_id
        if customer.account_id is not None:
            self._members.setdefault(customer.account_id, set()).add(customer.id)
        self._moved.add(customer.id)
        self.count_anew([customer.id])

    def leave(self, customer_id: UUID) -> None:
        """The customer is forgotten; the allocation has taken him out of his account."""
        self.count_anew([customer_id])
        self._moved.discard(customer_id)
        account = self._account.pop(customer_id, None)
        if account is not None:
            self._members[account].discard(customer_id)
            if not self._members[account]:
                del self._members[account]

    def count_anew(self, customers: Iterable[UUID]) -> None:
        """What these customers were given is another, or costs another amount."""
        accounts = (self._account.get(customer) for customer in customers)
        self._stale.update(account for account in accounts if account is not None)

    def count_all_anew(self) -> None:
        """What was given long ago bears on nothing any more."""
        self._stale.update(self._members)

    def relist(self, event: Slot) -> None:
        """The allocation has forgotten who was given the event."""
        self._told = {
            account: {place: guests for place, guests in told.items() if place != event}
            for account, told in self._told.items()
        }

    def settle(self, books: Books, allocation: Allocation) -> None:
        """Tells the allocation what is different, always in the same order."""
        self._change_limits(books, allocation)
        if self._limited:
            moved = {customer: self._place_of(customer) for customer in sorted(self._moved)}
            allocation.fit_accounts(len(self.slots))
            for customer, place in moved.items():
                allocation.join(books.places.take(customer), place)
            # Whoever came and went before anything was settled has left an account that nobody knows.
            for account in sorted(account for account in self._stale if account in self.slots):
                self._tell(account, books, allocation)
        self._moved, self._stale = set(), set()

    @property
    def _limited(self) -> bool:
        return self._limits != (None, None)

    def _change_limits(self, books: Books, allocation: Allocation) -> None:
        limits, years = _limits(books.rules), len(books.table.years)
        if limits != self._limits:
            self._limits = limits
            if not self._limited:
                self._dissolve(books, allocation)
            self._moved = set(self._account)
            self.count_all_anew()
            allocation.limit_guests(limits[0])
        if years != self._years:
            self._years = years
            self.count_all_anew()

    def _dissolve(self, books: Books, allocation: Allocation) -> None:
        """The allocation is to know no accounts any longer."""
        for customer in sorted(self._account):
            if (place := books.places.find(customer)) is not None:
                allocation.join(place, NONE)
        for account, told in sorted(self._told.items()):
            for event in sorted(told):
                allocation.settle_guests(self.slots.take(account), event, 0)
        for account in self.ids:
            allocation.limit_account(self.slots.take(account), NO_LIMITS)
        self._told = {}

    def _place_of(self, customer: UUID) -> Slot:
        account = self._account[customer]
        return NONE if account is None else self.slots.take(account)

    def _tell(self, account: UUID, books: Books, allocation: Allocation) -> None:
        place, guests = self.slots.take(account), self._guests(account, books)
        told = self._told.get(account, {})
        for event in sorted(guests.keys() | told.keys()):
            if guests.get(event, 0) != told.get(event, 0):
                allocation.settle_guests(place, event, guests.get(event, 0))
        self._told[account] = guests
        allocation.limit_account(place, self._room(account, books))

    def _guests(self, account: UUID, books: Books) -> Mapping[Slot, int]:
        """How many of the account's customers were given each event on the list."""
        events = (books.table.slots.find(given.event_id) for given in self._given(account, books))
        return Counter(event for event in events if event is not None)

    def _room(self, account: UUID, books: Books) -> Floats:
        """The cents of hospitality that are left for the account in each year."""
        most = books.rules.account_hospitality_per_year
        years = max(1, len(books.table.years))
        room = np.full(years, np.inf if most is None else float(most))
        for year, cents in charges(self._given(account, books), books.table):
            room[year] -= cents
        return room

    def _given(self, account: UUID, books: Books) -> Iterable[Commitment]:
        for customer in sorted(self._members.get(account, ())):
            for given in books.ledger.of(customer).values():
                if given.fixed:
                    yield given


def _limits(rules: Rules) -> tuple[int | None, int | None]:
    return rules.per_account, rules.account_hospitality_per_year
