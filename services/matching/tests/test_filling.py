"""A market that is filled in batches: prices are sought anew as it grows, and all that holds of batches holds of these too."""

from collections.abc import Sequence

from services.matching.tests.test_allocation_properties import bits, seats_chosen
from services.matching.tests.worlds import NOW, a_step, an_engine, some_world, told

from kindred_matching.domain.engine import Engine
from kindred_matching.domain.facts import Customer
from kindred_matching.domain.inputs import RematchAsked, WishMade
from kindred_matching.domain.wishes import Wish, WishKind

CUSTOMERS, EVENTS = some_world(800, 40)


def fill(engine: Engine, customers: Sequence[Customer]) -> Engine:
    """Enters the customers in batches of a hundred."""
    for begin in range(0, len(customers), 100):
        for customer in customers[begin : begin + 100]:
            engine.apply(told(customer))
        engine.settle()
    return engine


def test_a_market_filled_in_batches_is_near_its_bound() -> None:
    """By chains alone, from nothing, it ended 8 % below."""
    engine = fill(an_engine(*EVENTS), CUSTOMERS)
    assert engine.allocation.certificate.gap < 0.02
    free = engine.table.free_seats()
    assert (engine.allocation.seats_taken()[: len(free)] <= free).all()


def test_whoever_is_moved_when_prices_are_sought_anew_is_told() -> None:
    engine = fill(an_engine(*EVENTS), CUSTOMERS[:540])
    many = 0
    for customer in CUSTOMERS[540:680]:
        before = {who: seats_chosen(engine, who) for who in engine.customers}
        engine.apply(told(customer))
        touched = set(engine.settle().touched)
        moved = {who for who, seats in before.items() if seats_chosen(engine, who) != seats}
        assert moved <= touched
        many = max(many, len(moved))
    assert many > 20


def test_what_was_settled_and_wished_outlives_it() -> None:
    engine = fill(an_engine(*EVENTS), CUSTOMERS[:200])
    given, event = CUSTOMERS[10], EVENTS[3]
    pinned = next(c for c in CUSTOMERS if event.id in seats_chosen(engine, c.id))
    engine.apply(WishMade(Wish(pinned.id, event.id, WishKind.PIN, NOW)))
    engine.apply(a_step("sent", given, EVENTS[2]))
    fill(engine, CUSTOMERS[200:600])
    assert event.id in seats_chosen(engine, pinned.id)
    assert engine.ledger.held(EVENTS[2].id) == 1
    seats = int(engine.allocation.seats_taken()[engine.table.slots.take(EVENTS[2].id)])
    assert seats <= EVENTS[2].seats - 1


def test_a_snapshot_knows_when_prices_were_sought() -> None:
    """A copy goes on as the market itself, also over the next time that it has outgrown its prices."""
    engine = fill(an_engine(*EVENTS), CUSTOMERS[:300])
    copy = Engine.restored(engine.snapshot())
    for each in (engine, copy):
        fill(each, CUSTOMERS[300:])
        each.apply(RematchAsked(CUSTOMERS[9].id))
        each.settle()
    assert bits(copy) == bits(engine)
