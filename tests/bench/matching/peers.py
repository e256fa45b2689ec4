"""What the engine is compared with: greedy over all pairs, and OR-Tools' min-cost flow, both from nothing."""

import time
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray
from ortools.graph.python import min_cost_flow

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

SCALE = 1_000_000


@dataclass(frozen=True, slots=True)
class Pairs:
    """The pairs that a peer may choose from, and what limits them."""

    customer: Ints
    event: Ints
    weight: Floats
    cap: Ints
    seats: Ints
    clash: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Outcome:
    value: float
    seconds: float


def greedy(pairs: Pairs) -> Outcome:
    """Always the pair of most weight that still fits, as in Greedy-GEACC; ties as the pairs stand. Compiled, as ours is."""
    begun = time.perf_counter()
    order = np.argsort(-pairs.weight, kind="stable")
    chosen = np.full((len(pairs.cap), max(1, int(pairs.cap.max()))), -1)
    value = _pick(
        pairs.customer[order],
        pairs.event[order],
        pairs.weight[order],
        pairs.cap.copy(),
        pairs.seats.copy(),
        pairs.clash,
        chosen,
    )
    return Outcome(float(value), time.perf_counter() - begun)


@njit(cache=True)
def _pick(
    customers: Ints,
    events: Ints,
    weights: Floats,
    cap: Ints,
    seats: Ints,
    clash: NDArray[np.bool_],
    chosen: Ints,
) -> float:
    value = 0.0
    for place in range(len(customers)):
        customer, event = customers[place], events[place]
        if seats[event] < 1 or cap[customer] < 1:
            continue
        fits = True
        for other in chosen[customer]:
            if other >= 0 and clash[event, other]:
                fits = False
        if fits and weights[place] > 0.0:
            cap[customer] -= 1
            chosen[customer, cap[customer]] = event
            seats[event] -= 1
            value += weights[place]
    return value


def flow(pairs: Pairs) -> Outcome:
    """The optimum without conflicts, which the flow cannot express; weights are rounded to millionths."""
    begun = time.perf_counter()
    people, events = len(pairs.cap), len(pairs.seats)
    source, sink = people + events, people + events + 1
    solver = min_cost_flow.SimpleMinCostFlow()
    solver.add_arcs_with_capacity_and_unit_cost(
        np.concatenate(
            [np.full(people, source), pairs.customer, people + np.arange(events), [source]]
        ),
        np.concatenate([np.arange(people), people + pairs.event, np.full(events, sink), [sink]]),
        np.concatenate(
            [pairs.cap, np.ones(len(pairs.event), dtype=np.int64), pairs.seats, [pairs.cap.sum()]]
        ),
        np.concatenate(
            [
                np.zeros(people, dtype=np.int64),
                -np.rint(pairs.weight * SCALE).astype(np.int64),
                np.zeros(events + 1, dtype=np.int64),
            ]
        ),
    )
    solver.set_node_supply(source, int(pairs.cap.sum()))
    solver.set_node_supply(sink, -int(pairs.cap.sum()))
    status = solver.solve()
    if status != solver.OPTIMAL:
        raise RuntimeError(f"the flow was not solved: {status}")
    return Outcome(-solver.optimal_cost() / SCALE, time.perf_counter() - begun)
