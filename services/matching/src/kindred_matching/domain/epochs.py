"""Model epochs: what was learned of everybody comes into use all at once, and customers are scored anew slice by slice."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from heapq import nsmallest
from uuid import UUID

from kindred_matching.domain.lens import Shifts

_NOBODY_YET = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Epochs:
    """The shifts in use since the model epoch ``number``.

    While customers are being scored anew, those up to ``scored_to`` are, and ``before`` still holds for the others; None when all
    are.
    """

    number: int = 0
    shifts: Shifts = ()
    before: Shifts = ()
    scored_to: UUID | None = None

    def shifts_of(self, customer_id: UUID) -> Shifts:
        """The shifts through which the customer is seen."""
        waits = self.scored_to is not None and customer_id > self.scored_to
        return self.before if waits else self.shifts

    def waiting(self, customers: Collection[UUID]) -> set[UUID]:
        """Those of the customers who are still seen as in the epoch before."""
        if self.scored_to is None:
            return set()
        return {customer for customer in customers if customer > self.scored_to}

    def next(self, shifts: Shifts) -> "Epochs":
        """The epoch after this one, in which nobody has been scored anew yet; of this one all must be."""
        if shifts == self.shifts:
            return Epochs(self.number + 1, shifts)
        return Epochs(self.number + 1, shifts, self.shifts, _NOBODY_YET)

    def slice(self, customers: Collection[UUID], most: int) -> tuple["Epochs", list[UUID]]:
        """The epochs after at most so many customers more were scored anew, and who they are."""
        waiting = self.waiting(customers)
        turn = nsmallest(most, waiting)
        if len(turn) == len(waiting):
            return replace(self, before=(), scored_to=None), turn
        return replace(self, scored_to=turn[-1]), turn
