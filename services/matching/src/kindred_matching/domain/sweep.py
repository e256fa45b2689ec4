"""Everybody is to be assessed anew: slice by slice, so that nobody who has just answered waits for it."""

from dataclasses import dataclass
from heapq import nsmallest
from operator import attrgetter
from uuid import UUID

import numpy as np

from kindred_matching.domain.slots import Places, Slot, Slots

_NOBODY_YET = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Sweep:
    """A sweep as a snapshot holds it: under way when it has come to ``done_to``.

    ``again`` tells that something has changed since it began, so that another must follow. ``changes`` counts what has changed for
    everybody so far; ``assessed`` tells for each place of a customer which of these were known when he was last assessed.
    """

    done_to: UUID | None = None
    again: bool = False
    changes: int = 0
    assessed: tuple[int, ...] = ()


_NEVER = Sweep()


class Sweeping:
    """Passes over all customers in the order of their identifiers, who were not assessed since something changed for everybody."""

    def __init__(self, state: Sweep = _NEVER) -> None:
        self._done_to, self._again = state.done_to, state.again
        # What was kept before customers were told apart knows of a sweep alone: it is for everybody.
        unknown = state.done_to is not None and not state.assessed
        self._changes = 1 if unknown else state.changes
        self._assessed: Places = np.array(state.assessed or (0,), dtype=np.int64)

    def image(self, places: int) -> Sweep:
        """What a snapshot holds, with so many places of customers."""
        self._fit(places)
        assessed = self._assessed[:places].tolist() if self.under_way else []
        return Sweep(self._done_to, self._again, self._changes, tuple(assessed))

    @property
    def under_way(self) -> bool:
        return self._done_to is not None

    def change(self) -> None:
        """Something has changed for everybody."""
        self._changes += 1

    def ask(self) -> None:
        """The sweep begins, or begins once more when it has come to its end."""
        self._again, self._done_to = self.under_way, self._done_to or _NOBODY_YET

    def assessed(self, place: Slot) -> None:
        """The customer in that place has been assessed as things are now."""
        self._fit(place + 1)
        self._assessed[place] = self._changes

    def slice(self, customers: Slots, most: int) -> list[UUID]:
        """At most so many customers more, as the sweep goes on."""
        done_to = self._done_to
        if done_to is None:
            return []
        self._fit(len(customers))
        outdated = np.flatnonzero(self._assessed[: len(customers)] < self._changes).tolist()
        known = (customers.ids[place] for place in outdated)
        waiting = [one for one in known if one is not None and one.int > done_to.int]
        turn = nsmallest(most, waiting, key=attrgetter("int"))
        if len(turn) < len(waiting):
            self._done_to = turn[-1]
        else:
            self._done_to, self._again = _NOBODY_YET if self._again else None, False
        return turn

    def _fit(self, places: int) -> None:
        """Of a place that is not told apart nobody knows that its customer has been assessed."""
        while places > len(self._assessed):
            self._assessed = np.pad(self._assessed, (0, len(self._assessed)))
