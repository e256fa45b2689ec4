"""What a proposal tells beside the matches."""

from dataclasses import replace

from services.matching.tests.test_filling import fill
from services.matching.tests.worlds import an_engine, some_world

from kindred_matching.domain.rules import Rules


def test_candidates_come_by_what_they_are_worth_beyond_the_price_of_a_seat() -> None:
    customers, events = some_world(300, 20, seed=3)
    alone = [replace(event, companion_allowed=False) for event in events]
    engine = fill(an_engine(*alone, rules=Rules(cap=1)), customers)
    price = {engine.table.slots.at(n): p for n, p in enumerate(engine.allocation.prices()[:20])}
    otherwise = 0
    for proposal in engine.describe(sorted(engine.customers)):
        beyond = [each.score - price[each.event_id] for each in proposal.ranked]
        assert beyond == sorted(beyond, reverse=True)
        scores = [each.score for each in proposal.ranked]
        otherwise += scores != sorted(scores, reverse=True)
    assert otherwise > 100
