"""What invitations have settled: pairs that are no longer the matcher's to change, and pairs that are barred.

A fixed pair takes its seats, a place under the customer's cap, his time and his hospitality. A declined pair frees all but the
cap and is barred. A pair that people took back after it was given is barred too, but costs nothing. Drafts settle nothing.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from kindred_matching.domain.inputs import InvitationStepped

FIXING = frozenset({"approved", "sent", "not_sent", "accepted", "attended", "no_show"})
DECLINED, WITHDRAWN = "declined", "withdrawn"


class Hold(StrEnum):
    """How a pair is settled."""

    FIXED = "fixed"
    DECLINED = "declined"
    TAKEN_BACK = "taken_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Commitment:
    """A settled pair, with what its invitation told of the event; ``cost`` is cents per head."""

    customer_id: UUID
    event_id: UUID
    hold: Hold
    seats: int
    starts_at: datetime
    ends_at: datetime
    cost: int

    @property
    def fixed(self) -> bool:
        return self.hold is Hold.FIXED

    @property
    def counts_under_cap(self) -> bool:
        return self.hold is not Hold.TAKEN_BACK


def commitment_after(before: Commitment | None, stepped: InvitationStepped) -> Commitment | None:
    """What the pair is after its invitation took a step; None when nothing is settled.

    A draft that is withdrawn was never given, and a cancelled event may be planned again: neither bars the pair.
    """
    if stepped.step in FIXING:
        hold = Hold.FIXED
    elif stepped.step == DECLINED:
        hold = Hold.DECLINED
    elif stepped.step == WITHDRAWN and before is not None:
        hold = Hold.TAKEN_BACK
    else:
        return None
    return Commitment(
        customer_id=stepped.customer_id,
        event_id=stepped.event_id,
        hold=hold,
        seats=stepped.seats,
        starts_at=stepped.starts_at,
        ends_at=stepped.ends_at,
        cost=stepped.cost,
    )


class Ledger:
    """All commitments, by customer and by event; also of customers and events that are not known yet."""

    def __init__(self, commitments: Iterable[Commitment] = ()) -> None:
        self._by_customer: dict[UUID, dict[UUID, Commitment]] = {}
        self._by_event: dict[UUID, set[UUID]] = {}
        self._held: dict[UUID, int] = {}
        for commitment in commitments:
            self._put(commitment)

    def __iter__(self) -> Iterator[Commitment]:
        """Every commitment, in the order of the customers' and events' identifiers."""
        for _, own in sorted(self._by_customer.items()):
            for _, commitment in sorted(own.items()):
                yield commitment

    def step(self, stepped: InvitationStepped) -> tuple[Commitment | None, Commitment | None]:
        """Applies a step and returns what the pair was and is."""
        before = self._by_customer.get(stepped.customer_id, {}).get(stepped.event_id)
        after = commitment_after(before, stepped)
        if before != after:
            if before is not None:
                self._drop(before)
            if after is not None:
                self._put(after)
        return before, after

    def of(self, customer_id: UUID) -> Mapping[UUID, Commitment]:
        """The customer's commitments by event."""
        return self._by_customer.get(customer_id, {})

    def held(self, event_id: UUID) -> int:
        """The seats of the event that fixed pairs take."""
        return self._held.get(event_id, 0)

    def customers_of(self, event_id: UUID) -> frozenset[UUID]:
        """Who has a commitment for the event."""
        return frozenset(self._by_event.get(event_id, ()))

    def each(self) -> Iterator[Commitment]:
        """Every commitment, in no order."""
        for own in self._by_customer.values():
            yield from own.values()

    def forget_customer(self, customer_id: UUID) -> tuple[Commitment, ...]:
        """Drops all of a customer's commitments and returns them."""
        own = tuple(self._by_customer.get(customer_id, {}).values())
        for commitment in own:
            self._drop(commitment)
        return own

    def forget_before(self, year: int) -> None:
        """Drops what ended before the calendar year: it bears on nothing any more."""
        for commitment in [old for old in self.each() if old.ends_at.year < year]:
            self._drop(commitment)

    def _put(self, commitment: Commitment) -> None:
        customer_id, event_id = commitment.customer_id, commitment.event_id
        self._by_customer.setdefault(customer_id, {})[event_id] = commitment
        self._by_event.setdefault(event_id, set()).add(customer_id)
        if commitment.fixed:
            self._held[event_id] = self._held.get(event_id, 0) + commitment.seats

    def _drop(self, commitment: Commitment) -> None:
        customer_id, event_id = commitment.customer_id, commitment.event_id
        own, customers = self._by_customer[customer_id], self._by_event[event_id]
        del own[event_id]
        customers.remove(customer_id)
        if not own:
            del self._by_customer[customer_id]
        if not customers:
            del self._by_event[event_id]
        if commitment.fixed:
            self._held[event_id] -= commitment.seats
