"""A choice with all that goes with it, to go back to: prices, bids, listings and queues."""

from typing import NamedTuple

from kindred_matching.domain.market.state import MARKET, Array, State

_WHOLE = (
    *("held", "held_code", "held_weight", "held_cost", "held_place", "marginal"),
    *("load", "guests", "guest", "guest_bid", "account_count", "account_room"),
    *("listed", "listed_code", "listed_weight", "listed_place"),
    *("listing_begin", "listing_size", "listing_space", "listing_slot", "listing_weight"),
    *("waiting", "rehearing", "freed", "refilling"),
)
_PRICES = ("price", "account_price", "account_rate", "budget_rate")
_TOTALS = (
    *("value", "spent", "listing_end"),
    *("rehearing_waiting", "rehearing_head", "refilling_waiting", "refilling_head"),
)


class Kept(NamedTuple):
    """Copies of what changes when customers choose; the certificate is no part of it."""

    whole: tuple[Array, ...]
    prices: tuple[Array, ...]
    totals: Array

    @property
    def value(self) -> float:
        return float(self.totals[0]["value"])


def keep(state: State) -> Kept:
    """The choice as it stands."""
    return Kept(
        tuple(getattr(state, name).copy() for name in _WHOLE),
        tuple(getattr(state, name)[MARKET].copy() for name in _PRICES),
        state.totals.copy(),
    )


def go_back(state: State, kept: Kept) -> None:
    """Goes back to a choice that was kept; rows, limits, bonds and events must be those of then."""
    for name, array in zip(_WHOLE, kept.whole, strict=True):
        getattr(state, name)[...] = array
    for name, array in zip(_PRICES, kept.prices, strict=True):
        getattr(state, name)[MARKET] = array
    for name in _TOTALS:
        state.totals[name] = kept.totals[name]
