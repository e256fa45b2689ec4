"""The allocation problem in flat arrays: every customer against every event."""

import numpy as np
from numpy.typing import NDArray

from kindred_matching.domain.eligibility import Masks
from kindred_matching.domain.events import EventTable
from kindred_matching.domain.exact import Floats
from kindred_matching.domain.scoring import ABSENT
from kindred_matching.domain.slots import Slot, Slots
from kindred_matching.domain.travel import Bools

Seats = NDArray[np.uint8]
Cents = NDArray[np.int64]


class Board:
    """What allocators read. Rows are customers' places, columns events' places.

    ``weight`` has a layer for coming alone and one for coming in company, ``ABSENT`` where there is no such option.
    ``refused`` holds the reasons that refuse a pair. ``fixed`` are the seats of pairs that invitations has settled; ``busy``
    marks what clashes with one of these. ``cap`` is how many more invitations the customer may get, ``room`` the cents of
    hospitality that are left in each year.
    """

    def __init__(self, events: EventTable, customers: Slots | None = None) -> None:
        self.events = events
        self.customers = customers or Slots()
        rows, columns = max(16, len(self.customers)), events.capacity
        self.weight: Floats = np.full((rows, columns, 2), ABSENT)
        self.refused: Masks = np.zeros((rows, columns), dtype=np.uint16)
        self.fixed: Seats = np.zeros((rows, columns), dtype=np.uint8)
        self.busy: Bools = np.zeros((rows, columns), dtype=np.bool_)
        self.cap: NDArray[np.int64] = np.zeros(rows, dtype=np.int64)
        self.room: Cents = np.zeros((rows, 4), dtype=np.int64)

    @property
    def shape(self) -> tuple[int, int]:
        return self.refused.shape[0], self.refused.shape[1]

    def fit(self) -> None:
        """Makes room for every customer, event and year that has a number."""
        rows = _enough(self.shape[0], len(self.customers)) - self.shape[0]
        columns = self.events.capacity - self.shape[1]
        if rows or columns:
            pair = ((0, rows), (0, columns))
            self.weight = np.pad(self.weight, (*pair, (0, 0)), constant_values=ABSENT)
            self.refused, self.fixed = np.pad(self.refused, pair), np.pad(self.fixed, pair)
            self.busy = np.pad(self.busy, pair)
            self.cap = np.pad(self.cap, (0, rows))
        years = _enough(self.room.shape[1], len(self.events.years)) - self.room.shape[1]
        if rows or years:
            self.room = np.pad(self.room, ((0, rows), (0, years)))

    def clear_customer(self, customer: Slot) -> None:
        """Empties a row whose customer left."""
        self.weight[customer] = ABSENT
        self.refused[customer], self.fixed[customer], self.busy[customer] = 0, 0, False
        self.cap[customer], self.room[customer] = 0, 0

    def clear_event(self, event: Slot) -> None:
        """Empties a column whose event left."""
        self.weight[:, event] = ABSENT
        self.refused[:, event], self.fixed[:, event], self.busy[:, event] = 0, 0, False


def _enough(size: int, needed: int) -> int:
    while size < needed:
        size *= 2
    return size
