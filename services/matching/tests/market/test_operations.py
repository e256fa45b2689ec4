"""Random operations on random markets: always feasible, always certified, and the same again from a snapshot."""

from random import Random

import numpy as np
import pytest
from services.matching.tests.market.instances import QUICK, draw_books, open_market
from services.matching.tests.market.operations import OPERATIONS, operate

pytestmark = pytest.mark.timeout(400)
"""The first test of a process may have to compile the kernels."""


@pytest.mark.parametrize("seed", range(80))
def test_every_operation_leaves_the_market_feasible_and_certified(seed: int) -> None:
    random = Random(1000 + seed)
    books = draw_books(random)
    market = open_market(books)
    market.start(QUICK)
    for _ in range(25):
        operate(random, market, books)
        assert market.certificate.value <= market.certificate.bound + 1e-6


@pytest.mark.parametrize("seed", range(20))
def test_a_copy_that_hears_the_same_is_the_same_to_the_last_bit(seed: int) -> None:
    books, other_books = draw_books(Random(seed)), draw_books(Random(seed))
    market = open_market(books)
    market.start(QUICK)
    copy = market.fork()
    random, again = Random(seed), Random(seed)
    for _ in range(25):
        random.choice(OPERATIONS)(random, market, books)
    assert any(not np.array_equal(*pair) for pair in zip(market.state, copy.state, strict=True))
    for _ in range(25):
        again.choice(OPERATIONS)(again, copy, other_books)
    for name, mine, other in zip(market.state._fields, market.state, copy.state, strict=True):
        assert mine.tobytes() == other.tobytes(), name
