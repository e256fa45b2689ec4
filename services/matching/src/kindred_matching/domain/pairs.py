"""Some customers and some events, and what bears on each pair of them whatever it is worth."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kindred_matching.domain.events import EventView
from kindred_matching.domain.exact import Floats
from kindred_matching.domain.people import People
from kindred_matching.domain.travel import Bools, great_circles_km


@dataclass(frozen=True, slots=True)
class Standing:
    """How customers (rows) stand with the events of a view (columns), by what invitations and wishes say.

    ``declined`` pairs were declined or taken back, ``excluded`` ones are not wished for, ``preferred`` ones are; ``room`` is the
    hospitality in cents that is left in the event's year. ``held_out`` customers (a single column) are not proposed for anything.
    """

    declined: Bools
    excluded: Bools
    preferred: Bools
    room: NDArray[np.int64]
    held_out: Bools


_NO = np.zeros((1, 1), dtype=np.bool_)

UNSETTLED = Standing(_NO, _NO, _NO, room=np.zeros((1, 1), dtype=np.int64), held_out=_NO)
"""For asking what pairs are worth, whatever was settled or wished."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Every pair of some customers (rows) and the events of a view (columns) at one moment; ``km`` lie between them."""

    people: People
    events: EventView
    standing: Standing
    km: Floats
    now: int

    @classmethod
    def of(cls, people: People, events: EventView, standing: Standing, now: int) -> "Pairs":
        home = people.rows["latitude"], people.rows["longitude"]
        km = great_circles_km(*home, events.rows["latitude"], events.rows["longitude"])
        return cls(people, events, standing, km, now)

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.people), len(self.events)
