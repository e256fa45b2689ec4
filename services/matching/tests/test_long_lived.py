import gc
import weakref
from collections.abc import Iterator

import pytest
from services.matching.tests.worlds import a_customer, an_engine

from kindred_matching.application.long_lived import FEWEST, LongLived
from kindred_matching.domain.engine import Engine


@pytest.fixture(autouse=True)
def seen_again() -> Iterator[None]:
    yield
    gc.unfreeze()


def an_engine_of(customers: int) -> Engine:
    engine = an_engine()
    engine.customers |= {one.id: one for one in map(a_customer, range(customers))}
    return engine


def out_of_sight(kept: LongLived, engine: Engine) -> bool:
    """Whether something was taken out of sight when the engine was looked at."""
    gc.unfreeze()
    kept.look_at(engine)
    return gc.get_freeze_count() > 0


def test_what_is_known_is_taken_out_of_sight_when_there_is_much_more_of_it() -> None:
    kept, engine = LongLived(), an_engine_of(FEWEST)
    assert not out_of_sight(kept, engine)
    engine.customers |= an_engine_of(2 * FEWEST).customers
    assert out_of_sight(kept, engine)
    assert not out_of_sight(kept, engine)
    engine.customers |= an_engine_of(2 * FEWEST + 10).customers
    assert not out_of_sight(kept, engine)
    engine.customers |= an_engine_of(3 * FEWEST).customers
    assert out_of_sight(kept, engine)


def test_another_engine_is_taken_out_of_sight_though_it_knows_no_more() -> None:
    kept = LongLived()
    assert out_of_sight(kept, an_engine_of(2 * FEWEST))
    assert out_of_sight(kept, an_engine_of(2 * FEWEST))


def test_an_engine_that_nobody_holds_any_longer_is_let_go_as_ever() -> None:
    engine = an_engine_of(2 * FEWEST)
    gone = weakref.ref(engine)
    LongLived().look_at(engine)
    del engine
    assert gone() is None
