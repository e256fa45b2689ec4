"""The certificate's price of an event that has changed: an old price, or that of a closed event, would say nothing."""

from kindred_matching.domain.market.bonds import find_bond
from kindred_matching.domain.market.certificate import certify
from kindred_matching.domain.market.compiling import kernel
from kindred_matching.domain.market.rows import column_of
from kindred_matching.domain.market.state import BOUND, CLOSED, MARKET, TRIAL, State


@kernel
def reprice(s: State, event: int, later: bool) -> None:
    """Takes the market's price of a changed event into the certificate, where an old one would say nothing.

    Chains put off have not found it yet: an old price serves until then. All whom the event concerns are certified.
    """
    old = s.price[BOUND, 2 * event]
    s.unpriced[event] = later
    if not later or old >= CLOSED or s.room[event] <= 0:
        take_price(s, event)
    for customer in range(len(s.held)):
        if may_want(s, customer, event) or find_bond(s, customer, event) >= 0:
            certify(s, customer)


@kernel
def take_price(s: State, event: int) -> None:
    """The market's price of an event becomes that of certificate and trial."""
    price = s.price[MARKET, 2 * event]
    if s.closed[event] or s.room[event] <= 0 or price < CLOSED:
        for prices in (BOUND, TRIAL):
            s.price[prices, 2 * event] = price
            s.price[prices, 2 * event + 1] = 2.0 * price


@kernel
def shut(s: State, event: int) -> None:
    """Nobody wants an event that is closed, at the prices of the certificate either."""
    for prices in (BOUND, TRIAL):
        s.price[prices, 2 * event] = CLOSED
        s.price[prices, 2 * event + 1] = CLOSED


@kernel
def reopen(s: State, event: int, later: bool) -> None:
    """After the event's room has risen: if it had none, the certificate has the price of a closed event, and needs another."""
    if s.room[event] > 0 and s.price[BOUND, 2 * event] >= CLOSED:
        reprice(s, event, later)


@kernel
def may_want(s: State, customer: int, event: int) -> bool:
    """Whether the customer's row has the event."""
    return column_of(s, customer, 2 * event) >= 0 or column_of(s, customer, 2 * event + 1) >= 0
