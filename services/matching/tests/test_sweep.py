"""Who is assessed anew after something has changed for everybody, slice by slice."""

from services.matching.tests.test_allocation_properties import bits
from services.matching.tests.test_worlds import options
from services.matching.tests.worlds import an_engine, an_event, customer_id, some_world, told

from kindred_matching.domain.engine import Engine
from kindred_matching.domain.inputs import SliceScored
from kindred_matching.domain.worlds import copy_of

CUSTOMERS, EVENTS = some_world(60, 8, seed=2)


def a_large_one() -> Engine:
    """An engine that assesses forty customers slice by slice when an event changes."""
    engine = an_engine(*EVENTS, *CUSTOMERS[:40])
    engine.at_once = 10
    engine.apply(told(an_event(99, seats=30)))
    engine.settle()
    return engine


def swept(engine: Engine, most: int = 7) -> list[int]:
    """Goes on until everybody has been assessed; how many were in each slice."""
    found = []
    while engine.scoring_anew:
        engine.apply(SliceScored(most))
        found.append(len(engine.settle().touched))
    return found


def test_who_comes_while_others_wait_is_assessed_once() -> None:
    engine = a_large_one()
    for customer in CUSTOMERS[40:]:
        engine.apply(told(customer))
    engine.settle()
    everybody = an_engine(*EVENTS, an_event(99, seats=30), *CUSTOMERS)

    turns = swept(engine, most=40)

    assert len(turns) == 1
    assert options(engine) == options(everybody)


def test_everybody_who_waits_has_his_turn() -> None:
    engine = a_large_one()
    whole = an_engine(*EVENTS, an_event(99, seats=30), *CUSTOMERS[:40])
    assert options(engine) != options(whole)

    turns = swept(engine)

    assert len(turns) == 6
    assert options(engine) == options(whole)


def test_what_changes_meanwhile_is_for_everybody_again() -> None:
    engine = a_large_one()
    engine.apply(SliceScored(39))
    engine.apply(told(an_event(99, seats=30, themes=(("opera", 1.0),))))
    engine.settle()
    whole = an_engine(*EVENTS, an_event(99, seats=30, themes=(("opera", 1.0),)), *CUSTOMERS[:40])

    swept(engine)

    assert options(engine) == options(whole)


def test_an_engine_that_was_put_away_between_two_sweeps_sweeps_all() -> None:
    engine = a_large_one()
    swept(engine)
    copy = copy_of(engine)
    copy.at_once = engine.at_once
    for each in (engine, copy):
        each.apply(told(an_event(99, seats=30, themes=(("opera", 1.0),))))
        each.apply(told(CUSTOMERS[50]))
        each.settle()
        each.apply(SliceScored(7))
        each.settle()
    again = copy_of(copy)
    again.at_once = engine.at_once
    assert swept(again) == swept(engine)
    assert bits(again) == bits(engine)
    assert options(again) == options(engine)


def test_a_copy_goes_on_where_the_sweep_was() -> None:
    engine = a_large_one()
    engine.apply(SliceScored(7))
    engine.apply(told(CUSTOMERS[50]))
    engine.settle()
    copy = copy_of(engine)
    copy.at_once = engine.at_once
    assert swept(copy) == swept(engine)
    assert bits(copy) == bits(engine)
    assert customer_id(50) in copy.customers
