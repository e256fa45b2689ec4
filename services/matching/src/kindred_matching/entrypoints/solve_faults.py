"""What is wrong with fixed pairs: they are kept, and reported."""

from collections import Counter
from itertools import combinations

from kindred_matching.domain.market.fitting import clashing
from kindred_matching.domain.market.market import Market


def faults_of_fixed(market: Market) -> list[str]:
    """Each limit that the fixed pairs break by themselves, one a line."""
    state, found = market.state, []
    places: Counter[tuple[int, int]] = Counter()
    for customer in (state.bond_first >= 0).nonzero()[0].tolist():
        events = [event for event, _ in market.fixed(customer)]
        if len(events) > state.cap[customer]:
            found.append(f"customer {customer} has {len(events)} of {state.cap[customer]}")
        found += [
            f"customer {customer} has {one} and {other}, which exclude each other"
            for one, other in combinations(sorted(events), 2)
            if clashing(market.handle, one, other)
        ]
        account = int(state.account[customer])
        places.update((account, event) for event in events if account >= 0)
    over = (state.fixed_load > state.seats).nonzero()[0].tolist()
    found += [f"event {e} has {state.fixed_load[e]} of {state.seats[e]} seats" for e in over]
    most = int(state.totals["account_max"][0])
    found += [
        f"account {a} has {n} of {most} at event {e}" for (a, e), n in places.items() if n > most
    ]
    spent, budget = float(state.totals["fixed_spent"][0]), float(state.totals["budget"][0])
    if spent > budget:
        found.append(f"the budget of {budget} is overspent: {spent}")
    return found
