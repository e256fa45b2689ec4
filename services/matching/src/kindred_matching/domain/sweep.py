"""Everybody is to be assessed anew: slice by slice, so that nobody who has just answered waits for it."""

from collections.abc import Collection
from dataclasses import dataclass
from heapq import nsmallest
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Sweep:
    """A pass over all customers in the order of their identifiers, under way when it has come to ``done_to``.

    ``again`` tells that something has changed since it began, so that another must follow.
    """

    done_to: UUID | None = None
    again: bool = False

    @property
    def under_way(self) -> bool:
        return self.done_to is not None

    def asked(self) -> "Sweep":
        """The sweep after it was asked for: it begins, or begins once more when it has come to its end."""
        return Sweep(self.done_to, again=True) if self.under_way else Sweep(UUID(int=0))

    def slice(self, customers: Collection[UUID], most: int) -> tuple["Sweep", list[UUID]]:
        """The sweep after at most so many customers more, and who they are."""
        if self.done_to is None:
            return self, []
        done_to = self.done_to
        waiting = [customer for customer in customers if customer > done_to]
        turn = nsmallest(most, waiting)
        if len(turn) < len(waiting):
            return Sweep(turn[-1], self.again), turn
        return Sweep(UUID(int=0) if self.again else None), turn
