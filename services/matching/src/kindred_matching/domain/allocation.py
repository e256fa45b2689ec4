"""What an allocator is: it keeps the choice of pairs good while the board changes under it."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from kindred_matching.domain.board import Seats
from kindred_matching.domain.slots import Places, Slot


class Choice(NamedTuple):
    """A chosen pair: the places of customer and event, and the seats it takes (1, or 2 with a companion)."""

    customer: Slot
    event: Slot
    seats: int


class Allocator(Protocol):
    """Chooses pairs of one board, within seats, caps, time and hospitality; each call tells what has changed on it.

    The calls may do all of their work at once or leave it for :meth:`settle`. The same calls in the same order, with
    ``settle`` or ``catch_up`` at the same points, give the same choice to the last bit.
    """

    @property
    def chosen(self) -> Seats:
        """The seats of each chosen pair, 0 elsewhere, in the shape of the board."""
        ...

    def replace_row(self, customer: Slot) -> None:
        """The customer is new, or his weights, refusals, cap or room have changed."""
        ...

    def remove_customer(self, customer: Slot) -> None:
        """The customer left; his place may be given to another."""
        ...

    def put_event(self, event: Slot) -> None:
        """The event is new, or its column, time, place or cost has changed."""
        ...

    def cancel_event(self, event: Slot) -> None:
        """The event takes no more guests, or left."""
        ...

    def change_seats(self, event: Slot) -> None:
        """The event has more or fewer seats to give."""
        ...

    def fix_pair(self, customer: Slot, event: Slot) -> None:
        """The pair was settled by invitations: it is no longer the allocator's to choose. This never fails."""
        ...

    def release_pair(self, customer: Slot, event: Slot) -> None:
        """The pair is no longer settled; the board tells whether it may be chosen again."""
        ...

    def tick(self, now: datetime) -> None:
        """Time went on; events that have begun are off the board."""
        ...

    def settle(self) -> Places:
        """Ends a batch of calls; returns the customers whose chosen pairs have changed since the last settling."""
        ...

    def catch_up(self) -> None:
        """Stands for a ``settle`` of the past when a journal is replayed: leaves the state that it left."""
        ...

    def restore(self, choices: Iterable[Choice]) -> None:
        """Takes over the choice of an earlier allocator of the same board."""
        ...


def choices_of(chosen: Seats) -> list[Choice]:
    """The chosen pairs, by customer's and event's place."""
    customers, events = np.nonzero(chosen)
    seats: NDArray[np.uint8] = chosen[customers, events]
    return [
        Choice(*triple)
        for triple in zip(customers.tolist(), events.tolist(), seats.tolist(), strict=True)
    ]
