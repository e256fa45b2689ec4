"""Which pairs can be settled beside what is settled: for wishes and lots, whatever is chosen, which makes way."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from kindred_matching.domain.assessment import Assessment
from kindred_matching.domain.market.fitting import clashing
from kindred_matching.domain.market.market import Market
from kindred_matching.domain.market.problem import Offer, Row
from kindred_matching.domain.market.state import FIXED
from kindred_matching.domain.slots import Slot


def offers(
    market: Market, row: Row, assessment: Assessment, wished: Sequence[Slot]
) -> dict[Slot, Offer]:
    """What of the wished events the customer may have together, in the order of the wishes."""
    found: dict[Slot, Offer] = {}
    room, years = assessment.room.astype(np.float64), market.state.year
    for event in wished:
        offer = _offer(market, row, event)
        if offer is None or len(found) == assessment.cap or offer.cost > room[years[event]]:
            continue
        if not any(clashing(market.handle, event, other) for other in found):
            room[years[event]] -= offer.cost
            found[event] = offer
    return found


def keep_wishes(market: Market, customer: Slot, wanted: Mapping[Slot, Offer]) -> Iterator[Slot]:
    """Settles what was wished for as far as seats, account and budget go; who came first keeps his.

    Yields each event that is let go or settled, after the operation.
    """
    for event, offer in settled_for(market, customer).items():
        same = event in wanted and _terms(wanted[event]) == _terms(offer)
        if not same or is_beyond(market, customer, event, offer):
            market.release_pair(customer, event)
            yield event
    kept = settled_for(market, customer)
    for event, offer in wanted.items():
        if event not in kept and may_be_settled(market, customer, event, offer):
            market.fix_pair(customer, event, offer)
            yield event


def _terms(offer: Offer) -> tuple[int, float]:
    return offer.seats, offer.cost


def may_be_settled(market: Market, customer: Slot, event: Slot, offer: Offer) -> bool:
    """Whether seats, account and budget bear it beside what is settled."""
    state = market.state
    account = int(state.account[customer])
    if account >= 0 and (
        state.account_fixed[account, event] >= state.totals["account_max"][0]
        or offer.cost > state.account_limit[account, state.year[event]]
    ):
        return False
    return seats_left(market, event) >= offer.seats and offer.cost <= max(0.0, money_left(market))


def is_beyond(market: Market, customer: Slot, event: Slot, offer: Offer) -> bool:
    """Whether more is settled than seats, the customer's account or the budget bear."""
    state = market.state
    if seats_left(market, event) < 0 or (offer.cost > 0.0 and money_left(market) < 0.0):
        return True
    account = int(state.account[customer])
    return account >= 0 and bool(
        state.account_fixed[account, event] > state.totals["account_max"][0]
        or state.account_limit[account, state.year[event]] < 0.0
    )


def seats_left(market: Market, event: Slot) -> int:
    """The seats that neither invitations nor wishes have settled; below 0 when there are more of these than seats."""
    return int(market.state.seats[event] - market.state.fixed_load[event])


def money_left(market: Market) -> float:
    """What the budget leaves beside what invitations and wishes have settled, in cents; below 0 when these cost more."""
    totals = market.state.totals[0]
    return float(totals["budget"] - totals["fixed_spent"])


def settled_for(market: Market, customer: Slot) -> dict[Slot, Offer]:
    """What the customer was given because of wishes and lots, by event."""
    state, found, bond = market.state, {}, int(market.state.bond_first[customer])
    while bond >= 0:
        if state.bond_kind[bond] == FIXED:
            told = state.bond_seats[bond], state.bond_weight[bond], state.bond_cost[bond]
            found[int(state.bond_event[bond])] = Offer(int(told[0]), float(told[1]), float(told[2]))
        bond = int(state.bond_next[bond])
    return dict(sorted(found.items()))


def settleable(
    market: Market, customer: Slot, row: Row, assessment: Assessment, wished: Sequence[Slot]
) -> list[Slot]:
    """The events of the row, the wished ones left out, that could be settled beside what is settled and wished for him."""
    found = []
    for event in np.setdiff1d(row.event, np.array(wished, dtype=row.event.dtype)).tolist():
        offer = offers(market, row, assessment, (*wished, event)).get(event)
        if offer is not None and may_be_settled(market, customer, event, offer):
            found.append(event)
    return found


def _offer(market: Market, row: Row, event: Slot) -> Offer | None:
    """What coming to the event as well as one may is: in company, if that is worth more."""
    places = np.flatnonzero(row.event == event)
    if not len(places):
        return None
    best = places[np.argmax(row.weight[places])]
    seats = int(row.seats[best])
    return Offer(seats, float(row.weight[best]), float(market.state.event_cost[event]) * seats)
