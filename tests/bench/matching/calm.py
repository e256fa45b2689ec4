"""What calm costs: how often the proposals of customers who said nothing change, against the gap, for several stability prices."""

from dataclasses import dataclass

import numpy as np
from tests.bench.matching.campaign import draw_campaign
from tests.bench.matching.campaign_run import open_market

from kindred_matching.domain.market.problem import Row

SHARES = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4)
"""Stability prices, as shares of the mean weight of a chosen option."""


@dataclass(frozen=True, slots=True)
class Calm:
    """At one stability price: others whose choice changed for each update, those who lost nothing by it, and what was missed."""

    share: float
    flips: float
    worst_gap: float
    mean_gap: float
    value: float


def measure_calm(customers: int, events: int, updates: int, seed: int) -> list[Calm]:
    """The same updates at each of the stability prices."""
    return [_measure(share, (customers, events, updates), seed) for share in SHARES]


def _measure(share: float, size: tuple[int, int, int], seed: int) -> Calm:
    customers, events, updates = size
    campaign = draw_campaign(customers, events, seed)
    market = open_market(campaign)
    market.start()
    mean = market.certificate.value / max(1, int(market.state.held.sum()))
    market.prefer_present(share * mean)
    flips, gaps = 0, []
    for customer, event, weight in campaign.updates(updates):
        market.replace_row(customer, Row(event, np.ones_like(event), weight))
        flips += sum(other != customer for other in market.changed.tolist())
        market.work()
        flips += len(market.changed)
        gaps.append(market.certificate.gap)
    return Calm(share, flips / updates, max(gaps), float(np.mean(gaps)), market.certificate.value)


def calm_lines(size: tuple[int, int, int], seeds: int) -> list[str]:
    customers, events, updates = size
    runs = [measure_calm(*size, seed) for seed in range(seeds)]
    lines = [
        f"### Stability price, {customers:,} customers, {events:,} events, {updates:,} updates, {seeds} seeds",
        "",
        "| stability price / mean weight | others changed an update | gap, mean / worst | value against none |",
        "|---|---|---|---|",
    ]
    for each in zip(*runs, strict=True):
        without = [run[0].value for run in runs]
        change = np.mean([one.value / none - 1 for one, none in zip(each, without, strict=True)])
        lines.append(
            f"| {each[0].share:.0%} | {np.mean([one.flips for one in each]):.2f} "
            f"| {np.mean([one.mean_gap for one in each]):.3%} / {max(one.worst_gap for one in each):.3%} "
            f"| {change:+.3%} |"
        )
    return [*lines, ""]
