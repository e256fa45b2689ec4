"""What account managers wish for a pair: that it is proposed, that it never is, or that it counts for more."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

PREFERRED = 1.5
"""What the weight of a preferred pair is multiplied with: enough to win between equals, not to buy any seat."""


class WishKind(StrEnum):
    """What is wished: ``PIN`` proposes the pair whatever others are worth, as far as rules and seats allow it."""

    PIN = "pin"
    FORBID = "forbid"
    PREFER = "prefer"


@dataclass(frozen=True, slots=True)
class Wish:
    """A wish for one pair."""

    customer_id: UUID
    event_id: UUID
    kind: WishKind
    made_at: datetime


class Wishes:
    """All wishes, at most one for a pair."""

    def __init__(self, wishes: Iterator[Wish] | tuple[Wish, ...] = ()) -> None:
        self._by_customer: dict[UUID, dict[UUID, Wish]] = {}
        for wish in wishes:
            self.put(wish)

    def __iter__(self) -> Iterator[Wish]:
        """Every wish, in the order of the customers' and events' identifiers."""
        for _, own in sorted(self._by_customer.items()):
            for _, wish in sorted(own.items()):
                yield wish

    def put(self, wish: Wish) -> None:
        """Takes the wish in place of what was wished for the pair before."""
        self._by_customer.setdefault(wish.customer_id, {})[wish.event_id] = wish

    def drop(self, customer_id: UUID, event_id: UUID) -> None:
        own = self._by_customer.get(customer_id, {})
        own.pop(event_id, None)
        if not own:
            self._by_customer.pop(customer_id, None)

    def of(self, customer_id: UUID) -> Mapping[UUID, Wish]:
        """The wishes for the customer, by event."""
        return self._by_customer.get(customer_id, {})

    def pinned_for(self, customer_id: UUID) -> list[UUID]:
        """The events for which the customer is to be proposed, the oldest wish first."""
        pins = [wish for wish in self.of(customer_id).values() if wish.kind is WishKind.PIN]
        return [wish.event_id for wish in sorted(pins, key=lambda w: (w.made_at, w.event_id))]

    def pinned_to(self, event_id: UUID) -> list[UUID]:
        """The customers who are to be proposed for the event."""
        return [
            customer
            for customer, own in self._by_customer.items()
            if event_id in own and own[event_id].kind is WishKind.PIN
        ]

    def pinned(self) -> list[UUID]:
        """Everybody for whom something is pinned."""
        return [wish.customer_id for wish in self if wish.kind is WishKind.PIN]

    def forget_customer(self, customer_id: UUID) -> None:
        self._by_customer.pop(customer_id, None)

    def forget_event(self, event_id: UUID) -> None:
        for customer in [c for c, own in self._by_customer.items() if event_id in own]:
            self.drop(customer, event_id)
