"""Opening a market: prices, everybody's first choice, and the first certificate; or a new start from prices that were good."""

from dataclasses import replace
from typing import NamedTuple

from kindred_matching.domain.market import refreshing
from kindred_matching.domain.market.certificate import upper_bound
from kindred_matching.domain.market.chain import run_chain
from kindred_matching.domain.market.choosing import choose
from kindred_matching.domain.market.cold_prices import find_prices
from kindred_matching.domain.market.compiling import kernel
from kindred_matching.domain.market.effort import Effort, Start
from kindred_matching.domain.market.event_changes import restart_trial
from kindred_matching.domain.market.keeping import go_back, keep
from kindred_matching.domain.market.leftovers import seat_leftovers
from kindred_matching.domain.market.listings import list_customer
from kindred_matching.domain.market.pricing import set_price
from kindred_matching.domain.market.sharing import share_out
from kindred_matching.domain.market.state import BOUND, CLOSED, MARKET, TRIAL, Array, State
from kindred_matching.domain.market.stepping import begin_at_bound


class Prices(NamedTuple):
    """Prices that were good for a similar problem: a seat of each event, a guest of an account at an event, a unit of the budget."""

    seat: Array
    place: Array | None = None
    budget_rate: float = 0.0


def start(
    state: State, handle: State, effort: Effort, plan: Start, warm: Prices | None = None
) -> None:
    """Finds prices, lets all choose, and spends ``plan.polish`` rounds of background work.

    From ``warm`` prices a tenth of the passes over everybody follows.
    """
    missed = _share_missed(state, handle)
    if warm is not None:
        missed = 0.0
        state.price[TRIAL, ::2] = warm.seat
        state.budget_rate[TRIAL] = warm.budget_rate
        if warm.place is not None:
            state.account_price[TRIAL] = warm.place
        plan = replace(plan, coarse=0, medium=0, fine=plan.fine // 10)
    bound = find_prices(state, handle, plan, missed)
    _adopt(state, bound, effort)
    take_market_prices(handle)
    let_all_choose(handle)
    run_chain(handle, effort.event_chain)
    refreshing.conclude(handle)
    _polish(state, handle, effort, plan.polish)


def seek_bound(state: State, handle: State, plan: Start) -> float:
    """The bound, beside fixed pairs, at the best prices that are found from those of the certificate; leaves them to be tried."""
    missed = _share_missed(state, handle)
    begin_at_bound(handle)
    bound = find_prices(state, handle, plan, missed)
    restart_trial(handle)
    return bound


def _share_missed(state: State, handle: State) -> float:
    """How much more than is chosen may be reached, as a fraction of the bound."""
    bound = upper_bound(handle)
    return 1.0 - float(state.totals[0]["value"]) / bound if bound > 0.0 else 0.0


def _polish(state: State, handle: State, effort: Effort, rounds: int) -> None:
    """Rounds in which everybody chooses anew and the certificate's prices move; the best choice of all rounds stays.

    Where bundles are no substitutes for each other no prices may clear the market, and the rounds wander about the optimum.
    """
    seat_leftovers(handle)
    people, kept = len(state.held), keep(state)
    for _ in range(rounds):
        refreshing.work(handle, effort.event_chain, people, people)
        seat_leftovers(handle)
        if float(state.totals["value"][0]) > kept.value:
            kept = keep(state)
    if float(state.totals["value"][0]) < kept.value:
        go_back(state, kept)
    if share_out(state, handle, people, effort.event_chain):
        seat_leftovers(handle)


def _adopt(state: State, bound: float, effort: Effort) -> None:
    """What was asked last, at the best prices, is the certificate's and, by way of comparison, the trial's."""
    for array in (state.price, state.account_price, state.account_rate, state.budget_rate):
        array[BOUND] = array[TRIAL]
    state.best[BOUND] = state.best[TRIAL]
    for demand in (state.demand, state.account_demand, state.account_cost, state.total_cost):
        demand[0] = demand[1]
    state.account_price[MARKET], state.account_rate[MARKET] = 0.0, state.account_rate[TRIAL]
    state.budget_rate[MARKET] = state.budget_rate[TRIAL]
    totals, people = state.totals[0], len(state.held)
    totals["bound_sum"] = totals["trial_sum"] = state.best[BOUND].sum()
    totals["trial_next"] = people
    totals["eps"] = effort.eps * max(0.0, bound) / max(1, int(state.room.sum()))


@kernel
def choose_again(s: State, steps: int) -> None:
    """Everybody is listed and chooses at the prices as they are; at most ``steps`` moves follow."""
    for customer in range(len(s.held)):
        list_customer(s, customer)
    for customer in range(len(s.held)):
        choose(s, customer)
    run_chain(s, steps)


@kernel
def take_market_prices(s: State) -> None:
    """The prices of the certificate become the market's."""
    for event in range(len(s.room)):
        price = s.price[BOUND, 2 * event]
        set_price(s, event, 0.0 if price >= CLOSED else price)


@kernel
def let_all_choose(s: State) -> None:
    """Everybody is listed, then chooses in order of places."""
    s.totals[0].operation += 1
    s.totals[0].changed = 0
    for customer in range(len(s.held)):
        list_customer(s, customer)
    for customer in range(len(s.held)):
        choose(s, customer)
