"""The chain of moves that one change sets off, of bounded length."""

from kindred_matching.domain.market.choosing import choose
from kindred_matching.domain.market.compiling import kernel
from kindred_matching.domain.market.filling import fill
from kindred_matching.domain.market.queues import next_customer, next_event
from kindred_matching.domain.market.state import State


@kernel
def run_chain(s: State, steps: int) -> int:
    """Lets those who were outbid choose again and fills freed seats, at most ``steps`` times; the rest keeps waiting.

    The allocation is feasible after every step. Returns the number of steps taken.
    """
    taken = 0
    while taken < steps:
        if s.totals[0].rehearing_waiting > 0:
            choose(s, next_customer(s))
        elif s.totals[0].refilling_waiting > 0:
            fill(s, next_event(s))
        else:
            break
        taken += 1
    return taken
