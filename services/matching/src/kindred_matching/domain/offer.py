"""What is on offer: each event's seats, and what one costs."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import numpy as np

from kindred_matching.domain.engine import Engine


@dataclass(frozen=True, slots=True)
class Offered:
    """An event on offer; ``fixed`` and ``chosen`` count seats. ``price`` is None where there are none to choose guests for.

    The price of a seat is in units of score: whoever bids less gets none, and one seat more would be worth about as much.
    """

    event_id: UUID
    kind: str
    starts_at: datetime
    seats: int
    fixed: int
    chosen: int
    price: float | None


@dataclass(frozen=True, slots=True)
class ListOffer:
    """Asks for all events on offer, the dearest seats first."""

    def asked_of(self, engine: Engine) -> tuple[Offered, ...]:
        table, allocation = engine.table, engine.allocation
        prices, taken = allocation.prices(), allocation.seats_taken()
        found = []
        for place in table.live().tolist():
            event, price = engine.events[table.slots.at(place)], float(prices[place])
            found.append(
                Offered(
                    event_id=event.id,
                    kind=event.kind,
                    starts_at=event.starts_at,
                    seats=event.seats,
                    fixed=int(table.rows["held"][place]),
                    chosen=int(taken[place]),
                    price=price if np.isfinite(price) else None,
                )
            )
        return tuple(sorted(found, key=lambda each: (-(each.price or 0.0), each.event_id)))
