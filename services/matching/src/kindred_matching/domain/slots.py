"""Places in flat arrays for things that have identifiers."""

from collections.abc import Iterator, Sequence
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

Slot = int
Places = NDArray[np.int64]


class Slots:
    """Gives each identifier a place and gives places that were left to whoever comes next, the latest left first."""

    def __init__(self) -> None:
        self._ids: list[UUID | None] = []
        self._free: list[Slot] = []
        self._places: dict[UUID, Slot] = {}
        self._order: Places | None = None

    @classmethod
    def restored(cls, ids: Sequence[UUID | None], free: Sequence[Slot]) -> "Slots":
        """Slots as they once were: what comes next gets the place it would have got then."""
        slots = cls()
        slots._ids, slots._free = list(ids), list(free)
        slots._places = {known: place for place, known in enumerate(ids) if known is not None}
        return slots

    def __len__(self) -> int:
        """How many places there are, free ones included."""
        return len(self._ids)

    def __contains__(self, identifier: UUID) -> bool:
        return identifier in self._places

    def __iter__(self) -> Iterator[UUID]:
        return iter(self._places)

    @property
    def ids(self) -> Sequence[UUID | None]:
        """The identifier at each place, None where it is free."""
        return self._ids

    @property
    def free(self) -> Sequence[Slot]:
        """The free places in the order in which they were left."""
        return self._free

    def find(self, identifier: UUID) -> Slot | None:
        return self._places.get(identifier)

    def at(self, place: Slot) -> UUID:
        """Who has the place; a free place is a ``LookupError``."""
        identifier = self._ids[place]
        if identifier is None:
            raise LookupError(place)
        return identifier

    def all_at(self, places: Places) -> list[UUID]:
        """Who have these places, as :meth:`at` tells of each."""
        return list(map(self.at, places.tolist()))

    def take(self, identifier: UUID) -> Slot:
        """The identifier's place, a new one if it has none."""
        if (known := self._places.get(identifier)) is not None:
            return known
        if self._free:
            place = self._free.pop()
            self._ids[place] = identifier
        else:
            place = len(self._ids)
            self._ids.append(identifier)
        self._places[identifier] = place
        self._order = None
        return place

    def leave(self, identifier: UUID) -> Slot:
        """Frees the place of an identifier that has one."""
        place = self._places.pop(identifier)
        self._ids[place] = None
        self._free.append(place)
        self._order = None
        return place

    def in_order(self) -> Places:
        """The taken places, by identifier: the order in which ties are decided, whatever came first."""
        if self._order is None:
            places = [self._places[identifier] for identifier in sorted(self._places)]
            self._order = np.array(places, dtype=np.int64)
        return self._order
