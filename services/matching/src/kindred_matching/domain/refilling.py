"""An engine from a snapshot, whatever version of the market has kept it."""

from kindred_matching.domain.commitments import Ledger
from kindred_matching.domain.draws import Draws
from kindred_matching.domain.engine import Engine
from kindred_matching.domain.inputs import ClockTicked, CustomerReplaced, EventReplaced
from kindred_matching.domain.state import EngineState, Snapshot
from kindred_matching.domain.teaching import Teaching
from kindred_matching.domain.wishes import Wishes


def engine_of(snapshot: Snapshot) -> Engine:
    """The engine as it stood; where its market is of another version, one that knows the same and has chosen anew."""
    try:
        return Engine.restored(snapshot)
    except ValueError:
        return refilled(snapshot.state)


def refilled(state: EngineState) -> Engine:
    """An engine that has been told all that the state knows, at once."""
    engine = Engine(state.rules)
    engine.teaching = Teaching(state.rules, state.taught)
    engine.ledger, engine.wishes = Ledger(state.commitments), Wishes(state.wishes)
    engine.draws = Draws(state.draws, state.drawn_in)
    engine.apply(ClockTicked(state.now))
    for event in state.events:
        if event is not None:
            engine.apply(EventReplaced(event))
    for customer in state.customers:
        if customer is not None:
            engine.apply(CustomerReplaced(customer))
    engine.settle()
    return engine
