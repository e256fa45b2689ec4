"""What has become of the events since the allocation last heard of them."""

from collections.abc import Iterable

from kindred_matching.domain.allocation import Allocation
from kindred_matching.domain.events import EventTable
from kindred_matching.domain.market_terms import details_of
from kindred_matching.domain.slots import Slot


class ProgrammeChanges:
    """Notes events by place as they change, and tells the allocation in :meth:`settle`."""

    def __init__(self) -> None:
        self._put: set[Slot] = set()
        self._begun: set[Slot] = set()
        self._reseated: set[Slot] = set()

    def put(self, place: Slot) -> None:
        """The event is new or another; nothing that was noted of the place counts any more."""
        self.forget(place)
        self._put.add(place)

    def begin(self, places: Iterable[Slot]) -> None:
        """The events have begun."""
        self._begun.update(places)

    def reseat(self, place: Slot) -> None:
        """The event has more or fewer seats to choose guests for."""
        self._reseated.add(place)

    def forget(self, place: Slot) -> None:
        """The event is gone."""
        for noted in (self._put, self._begun, self._reseated):
            noted.discard(place)

    def settle(self, table: EventTable, budget: int | None, allocation: Allocation) -> bool:
        """Tells the allocation what is different, always in the same order; ``budget`` is in cents, None is no limit.

        Returns whether there is more or less to spend than before.
        """
        live, free = table.rows["live"], table.free_seats()
        for place in sorted(self._put):
            if live[place]:
                allocation.put_event(place, details_of(table, place))
            else:
                allocation.withdraw_event(place)
        for place in sorted(self._begun - self._put):
            allocation.close_event(place)
        for place in sorted(self._reseated - self._put):
            allocation.change_seats(place, int(free[place]))
        self._put, self._begun, self._reseated = set(), set(), set()
        return allocation.limit_budget(None if budget is None else budget - table.given_cost())
