import gc
import weakref
from collections.abc import Iterator

import pytest

from kindred_matching.application.long_lived import FEWEST, LongLived


@pytest.fixture(autouse=True)
def seen_again() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_what_is_known_is_taken_out_of_sight_when_there_is_much_more_of_it() -> None:
    kept, before = LongLived(), gc.get_freeze_count()
    kept.grown_to(FEWEST)
    assert gc.get_freeze_count() == before
    kept.grown_to(5 * FEWEST)
    once = gc.get_freeze_count()
    assert once > before
    news = [[number] for number in range(1000)]
    kept.grown_to(5 * FEWEST + 1)
    assert gc.get_freeze_count() <= once
    kept.grown_to(6 * FEWEST)
    assert gc.get_freeze_count() > once + len(news) // 2


def test_what_nobody_holds_any_longer_is_let_go_as_ever() -> None:
    class Known:
        pass

    known = Known()
    gone = weakref.ref(known)
    LongLived().grown_to(2 * FEWEST)
    del known
    assert gone() is None
