"""What is on offer: each event's seats, and what one costs; and what money costs where it is short."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import numpy as np

from kindred_matching.domain.engine import Engine
from kindred_matching.domain.market.state import MARKET

MOST_SHARES = 1_000
"""More shares of accounts than these are not told: the dearest."""

EURO = 100
"""Cents, in which the market counts."""


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
class Share:
    """What an account may have and has used up, and its price in units of score.

    A place at an event (``event_id``), for one guest; or hospitality in a ``year``, for a euro.
    """

    account_id: UUID
    event_id: UUID | None
    year: int | None
    price: float


@dataclass(frozen=True, slots=True)
class OnOffer:
    """All events, the dearest seats first; what a euro of the budget costs, 0 where it is not short; and shares that cost something."""

    events: tuple[Offered, ...]
    budget_price: float
    shares: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class ListOffer:
    """Asks for all that is on offer."""

    def asked_of(self, engine: Engine) -> OnOffer:
        """What there is, and what it costs now."""
        budget = float(engine.allocation.market.state.budget_rate[MARKET]) * EURO
        dearest = sorted(self._shares(engine), key=lambda each: -each.price)
        return OnOffer(self._events(engine), budget, tuple(dearest[:MOST_SHARES]))

    def _shares(self, engine: Engine) -> Iterator[Share]:
        state, ids = engine.allocation.market.state, engine.accounts.slots
        places, rates = state.account_price[MARKET], state.account_rate[MARKET]
        live = set(engine.table.live().tolist())
        for account, event in np.argwhere(places > 0.0).tolist():
            if event in live:
                named = engine.table.slots.at(event)
                yield Share(ids.at(account), named, None, float(places[account, event]))
        for account, year in np.argwhere(rates > 0.0).tolist():
            price = float(rates[account, year]) * EURO
            yield Share(ids.at(account), None, engine.table.years[year], price)

    def _events(self, engine: Engine) -> tuple[Offered, ...]:
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
