"""Sharing money out: hospitality of accounts and budget go to those who are worth most for what they cost.

Seats have guests who can be outbid one by one. Money has none: whoever came first would keep it. So its rates fall, from above
what the certificate charges, and at each of them customers choose anew: those to whom cost matters least come first, the others
get what is left. Nobody ever has more than there is.
"""

import numpy as np

from kindred_matching.domain.market.chain import run_chain
from kindred_matching.domain.market.choosing import choose
from kindred_matching.domain.market.compiling import kernel
from kindred_matching.domain.market.keeping import go_back, keep
from kindred_matching.domain.market.problem import Integers
from kindred_matching.domain.market.state import BOUND, MARKET, Array, State
from kindred_matching.domain.market.updates import begin_operation

LEVELS = (1.05, 1.02, 1.0, 0.98, 0.96, 0.93, 0.9, 0.85, 0.8, 0.7, 0.6, 0.4)
"""What is charged for money, one after the other, as a multiple of what the certificate charges."""


def share_out(state: State, handle: State, customers: int, steps: int) -> bool:
    """Lets up to so many customers, from where background work stands, choose at falling rates; up to ``steps`` moves follow each.

    The allocation that is worth most stays, with its rates: if none is better, the one from before. Nobody keeps money for
    having had it; but a choice that is given up has to bring in what a present choice is worth beyond its weight. Where no money
    is short nothing happens, and it returns False.
    """
    begin_operation(handle)
    budget, accounts = float(state.budget_rate[BOUND]), state.account_rate[BOUND].copy()
    if budget <= 0.0 and not accounts.any():
        return False
    turn, kept, before = _next(state, customers), keep(state), _chosen(state)
    most, calm = kept.value, float(state.totals["stability"][0])
    state.totals["stability"] = 0.0
    for level in LEVELS:
        state.budget_rate[MARKET], state.account_rate[MARKET] = level * budget, level * accounts
        _hear(handle, turn, steps)
        worth = float(state.totals["value"][0]) - calm * _given_up(before, _chosen(state))
        if worth > most:
            most, kept = worth, keep(state)
    state.totals["stability"] = calm
    go_back(state, kept)
    return True


def _chosen(state: State) -> Array:
    """What each customer has chosen, a code a column; -1 where there is nothing."""
    places = np.arange(state.held_code.shape[1])
    return np.where(places < state.held[:, None], state.held_code, -1)


def _given_up(before: Array, after: Array) -> int:
    """How many choices are no longer made."""
    kept = (before[:, :, None] == after[:, None, :]).any(axis=2)
    return int(np.count_nonzero((before >= 0) & ~kept))


def _next(state: State, most: int) -> Integers:
    """The customers with options whose turn it is; the next time it is that of those behind them."""
    wanting, people = np.flatnonzero(state.row_size), len(state.held)
    first = int(np.searchsorted(wanting, int(state.totals["sweep_next"][0])))
    turn = np.roll(wanting, -first)[:most]
    if len(turn):
        state.totals["sweep_next"] = (turn[-1] + 1) % people
    return turn


@kernel
def _hear(s: State, customers: Array, steps: int) -> None:
    for customer in customers:
        choose(s, customer)
    run_chain(s, steps)
