"""What limits of money cost: budget and account hospitality at shares of what would be spent without them, against HiGHS."""

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
from services.matching.tests.worlds import NOW, some_world, told
from tests.bench.matching.referee import Referee, referee

from kindred_matching.domain.engine import Engine
from kindred_matching.domain.inputs import ClockTicked
from kindred_matching.domain.market.market import Certificate
from kindred_matching.domain.rules import Rules

BATCH = 100
"""Customers who are told together."""


@dataclass(frozen=True, slots=True)
class World:
    """So many customers and events, and the seed they are drawn from."""

    customers: int
    events: int
    seed: int
    ticks: int


def filled(world: World, rules: Rules) -> Engine:
    """An engine that was told the world batch by batch, then rested."""
    customers, events = some_world(world.customers, world.events, world.seed)
    engine = Engine(rules)
    engine.apply(ClockTicked(NOW))
    for event in events:
        engine.apply(told(event))
    engine.settle()
    for begin in range(0, len(customers), BATCH):
        for customer in customers[begin : begin + BATCH]:
            engine.apply(told(customer))
        engine.settle()
    for minute in range(1, world.ticks + 1):
        engine.apply(ClockTicked(NOW + timedelta(minutes=minute)))
        engine.settle()
    return engine


def spent(engine: Engine) -> float:
    """What all that is chosen costs, in cents."""
    state = engine.allocation.market.state
    held = np.arange(state.held_code.shape[1])[None, :] < state.held[:, None]
    return float(state.held_cost[held].sum())


def limited(rules: Rules, kind: str, share: float, spending: tuple[float, int]) -> Rules:
    """The rules with so large a share of what was spent, by all or by the mean account."""
    total, accounts = spending
    if kind == "budget":
        return replace(rules, budget=int(share * total))
    return replace(rules, account_hospitality_per_year=int(share * total / accounts))


def lines(
    world: World, rules: Rules, kinds: list[str], shares: list[float], seconds: float
) -> Iterator[str]:
    yield "| limit | share | euros | value | certified gap | below the best found | bound above best found | linear above best | s |"
    yield "|---|---|---|---|---|---|---|---|---|"
    free = filled(world, rules)
    spending = spent(free), len({c.account_id for c in free.customers.values()})
    yield _line("none", 1.0, spending[0], free, seconds, 0.0)
    for kind in kinds:
        for share in shares:
            begun = time.perf_counter()
            engine = filled(world, limited(rules, kind, share, spending))
            took = time.perf_counter() - begun
            yield _line(kind, share, spent(engine), engine, seconds, took)


def _line(
    kind: str, share: float, cents: float, engine: Engine, seconds: float, took: float
) -> str:
    certificate = engine.allocation.certificate
    best = referee(engine.allocation.market, seconds) if seconds else None
    figures = _against(certificate, best) if best else "| - | - | - "
    return (
        f"| {kind} | {share:.0%} | {cents / 100:,.0f} | {certificate.value:.3f} | {certificate.gap:.2%} "
        f"{figures}| {took:.1f} |"
    )


def _against(certificate: Certificate, best: Referee) -> str:
    found = best.found
    return (
        f"| {1 - certificate.value / found:.2%} | {certificate.bound / found - 1:.2%} "
        f"| {best.relaxed / found - 1:.2%} (MIP bound {best.bound / found - 1:.2%}) "
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=600)
    parser.add_argument("--events", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--ticks", type=int, default=5)
    parser.add_argument("--stability", type=float, default=0.0)
    parser.add_argument("--kinds", default="budget,account")
    parser.add_argument("--shares", default="0.9,0.6,0.3")
    parser.add_argument("--seconds", type=float, default=60.0, help="for HiGHS; 0 leaves it out")
    chosen = parser.parse_args()
    world = World(chosen.customers, chosen.events, chosen.seed, chosen.ticks)
    rules, shares = Rules(stability=chosen.stability), [float(s) for s in chosen.shares.split(",")]
    for line in lines(world, rules, chosen.kinds.split(","), shares, chosen.seconds):
        print(line, flush=True)


if __name__ == "__main__":
    main()
