"""What accounts may have, reckoned from the facts alone."""

from collections import defaultdict
from uuid import UUID

from kindred_matching.domain.engine import Engine
from kindred_matching.domain.facts import Customer, Event


def _chosen(engine: Engine, customer: UUID, event: UUID) -> int:
    """The seats that were chosen for the customer at the event."""
    place = engine.table.slots.take(event)
    choices = engine.allocation.chosen(engine.places.take(customer))
    return sum(choice.seats for choice in choices if choice.event == place)


def check_account(engine: Engine, members: set[UUID]) -> None:
    """What was settled may be more than is allowed; nothing is chosen beside it then."""
    rules, spent = engine.rules, defaultdict[int, int](int)
    for event in engine.events.values():
        settled = [engine.ledger.of(member).get(event.id) for member in members]
        given = [commitment for commitment in settled if commitment and commitment.fixed]
        chosen = [_chosen(engine, member, event.id) for member in members]
        if rules.per_account is not None and any(chosen):
            assert len(given) + sum(map(bool, chosen)) <= rules.per_account
        if event.open:
            seats = sum(chosen) + sum(commitment.seats for commitment in given)
            spent[event.starts_at.year] += seats * event.cost
    most = rules.account_hospitality_per_year
    for event in engine.events.values():
        costs = event.cost and any(_chosen(engine, member, event.id) for member in members)
        if most is not None and costs:
            assert spent[event.starts_at.year] <= most


def check_budget(engine: Engine) -> None:
    """As for accounts, with the budget of all that is on offer."""
    proposed = sum(
        event.cost * sum(_chosen(engine, customer, event.id) for customer in engine.customers)
        for event in engine.events.values()
    )
    if engine.rules.budget is not None and proposed:
        assert _given(engine) + proposed <= engine.rules.budget


def budget_allows(
    engine: Engine, chosen: dict[tuple[UUID, UUID], int], event: Event, seats: int
) -> bool:
    spent = sum(engine.events[which].cost * taken for (_, which), taken in chosen.items())
    budget, cost = engine.rules.budget, event.cost * seats
    return budget is None or cost == 0 or _given(engine) + spent + cost <= budget


def _given(engine: Engine) -> int:
    offered = [event for event in engine.events.values() if event.open]
    return sum(event.cost * engine.ledger.held(event.id) for event in offered)


def account_allows(
    engine: Engine,
    chosen: dict[tuple[UUID, UUID], int],
    customer: Customer,
    event: Event,
    seats: int,
) -> bool:
    if customer.account_id is None:
        return True
    rules, cost = engine.rules, event.cost * seats
    members = {c for c, each in engine.customers.items() if each.account_id == customer.account_id}
    fixed = [c for member in members for c in engine.ledger.of(member).values() if c.fixed]
    guests = sum(c.event_id == event.id for c in fixed)
    guests += sum(c in members and e == event.id for c, e in chosen)
    for (who, which), taken in chosen.items():
        other = engine.events[which]
        if who in members and other.starts_at.year == event.starts_at.year:
            cost += other.cost * taken
    for settled in fixed:
        known = engine.events.get(settled.event_id)
        if known is None and settled.starts_at.year == event.starts_at.year:
            cost += settled.cost * settled.seats
        elif known is not None and known.open and known.starts_at.year == event.starts_at.year:
            cost += known.cost * settled.seats
    most, money = rules.per_account, rules.account_hospitality_per_year
    if most is not None and guests >= most:
        return False
    return money is None or event.cost == 0 or cost <= money
