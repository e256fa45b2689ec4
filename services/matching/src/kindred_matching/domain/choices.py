"""What was chosen for whom: of one customer, and of everybody as arrays."""

from typing import NamedTuple

import numpy as np

from kindred_matching.domain.market.market import Market
from kindred_matching.domain.slots import Places, Slot
from kindred_matching.domain.travel import Bools


class Choice(NamedTuple):
    """An event by its place, and the seats that the customer takes there (1, or 2 with a companion)."""

    event: Slot
    seats: int


class Money(NamedTuple):
    """What the budget has ``left``, in cents: infinite without a budget.

    ``short`` tells of each event whether its cost alone stands in the way, as its seats are free of charge.
    """

    left: float
    short: Bools


_EVENTS = 1 << 32
"""More events than any market has: customer times this plus event is one number for each pair."""


class Choices(NamedTuple):
    """Everybody's choices, wishes included: places of customers and events, and seats; in order of customers, then of events."""

    customer: Places
    event: Places
    seats: Places

    @classmethod
    def of(cls, market: Market) -> "Choices":
        """The choices of all customers of a market."""
        state = market.state
        taken = np.arange(state.held_code.shape[1])[None, :] < state.held[:, None]
        code = state.held_code[taken]
        fixed = [
            (customer, event, seats)
            for customer in np.flatnonzero(state.bond_first >= 0).tolist()
            for event, seats in market.fixed(customer)
        ]
        chosen = np.column_stack([np.nonzero(taken)[0], code >> 1, 1 + (code & 1)])
        rows = np.concatenate([chosen, np.array(fixed, dtype=np.int64).reshape(-1, 3)])
        return cls(*rows[np.lexsort((rows[:, 1], rows[:, 0]))].T)

    @property
    def pair(self) -> Places:
        """One number for each pair, rising."""
        found: Places = self.customer * _EVENTS + self.event
        return found

    def beside(self, others: "Choices") -> "Choices":
        """Those whose pair is not among the others'."""
        new = ~np.isin(self.pair, others.pair, assume_unique=True)
        return Choices(self.customer[new], self.event[new], self.seats[new])

    def events_unlike(self, others: "Choices") -> Places:
        """The events whose guests, or the seats of one of these, are not the others'."""
        one, other = (2 * each.pair + each.seats - 1 for each in (self, others))
        found: Places = np.unique((np.setxor1d(one, other, assume_unique=True) >> 1) % _EVENTS)
        return found

    def seats_of(self, customer: Slot, event: Slot) -> int:
        """The seats of a pair, 0 for one that was not chosen."""
        return int(self.seats[self.pair == customer * _EVENTS + event].sum())

    def guests_of(self, event: Slot) -> Places:
        """The customers who were chosen for the event."""
        guests: Places = self.customer[self.event == event]
        return guests
