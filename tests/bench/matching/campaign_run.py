"""Updates of a campaign, one by one, each with its own certificate, beside the peers on the final state."""

import resource
import time
from dataclasses import dataclass

import numpy as np
from tests.bench.matching.campaign import Campaign, Floats, draw_campaign
from tests.bench.matching.peers import Outcome, Pairs, flow, greedy

from kindred_matching.domain.market.building import codes_of
from kindred_matching.domain.market.market import Market
from kindred_matching.domain.market.problem import (
    NO_FLOATS,
    Customers,
    Events,
    Limits,
    Programme,
    Row,
)
from kindred_matching.domain.market.state import BOUND, State

LISTED = 32
"""The flow chooses from each customer's so many best pairs by weight less price; greedy from all, and from the heaviest."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What one seed gave; times in milliseconds but where seconds are named."""

    seed: int
    p50: float
    p99: float
    longest: float
    background: float
    worst_gap: float
    last_gap: float
    touched: float
    cold_seconds: float
    warm_seconds: float
    megabytes: float
    value: float
    greedy: Outcome
    greedy_of_listed: Outcome
    flow: Outcome


def run_campaign(customers: int, events: int, updates: int, seed: int) -> Figures:
    campaign = draw_campaign(customers, events, seed)
    _warm_up(seed)
    market = open_market(campaign)
    begun = time.perf_counter()
    market.start()
    cold = time.perf_counter() - begun
    seconds, gaps, touched, background = [], [], [], 0.0
    for customer, event, weight in campaign.updates(updates):
        row = Row(event, np.ones_like(event), weight)
        codes, weights = codes_of(row, market.state.code.dtype), weight.astype(np.float32)
        begun = time.perf_counter()
        market.replace_codes(customer, codes, weights, NO_FLOATS)
        certificate = market.certificate
        seconds.append(time.perf_counter() - begun)
        gaps.append(certificate.gap)
        touched.append(len(market.changed))
        begun = time.perf_counter()
        market.work()
        background += time.perf_counter() - begun
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    warm = _warm_start(market)
    times = np.array(seconds) * 1e3
    best_beyond_price = pairs_of(market, campaign, market.state.price[BOUND], LISTED)
    heaviest = pairs_of(market, campaign, np.zeros_like(market.state.price[BOUND]), LISTED)
    return Figures(
        seed,
        float(np.percentile(times, 50)),
        float(np.percentile(times, 99)),
        float(times.max()),
        background / updates * 1e3,
        max(gaps),
        gaps[-1],
        float(np.mean(touched)),
        cold,
        warm,
        megabytes,
        market.certificate.value,
        greedy(pairs_of(market, campaign)),
        greedy(heaviest),
        flow(best_beyond_price),
    )


def open_market(campaign: Campaign) -> Market:
    people, events = campaign.shape
    rows = (Row(event, np.ones_like(event), weight) for event, weight in campaign.rows())
    programme = Programme(
        Customers(campaign.cap, np.full(people, -1), np.full((people, 1), np.inf)),
        Events(
            campaign.seats,
            campaign.start,
            campaign.end,
            np.zeros(events),
            np.zeros(events, dtype=np.int64),
        ),
        Limits(),
        rows,
        columns=int(people * events * 0.502) + 1000,
        longest_row=events,
        weight_type=np.float32,
    )
    return Market.open(programme)


def pairs_of(
    market: Market, campaign: Campaign, price: Floats | None = None, listed: int = 0
) -> Pairs:
    """All pairs as the market has them now, or each customer's so many best by weight less ``price``."""
    state, customers, codes, weights = market.state, [], [], []
    for customer in range(len(state.held)):
        row = slice(state.row_begin[customer], state.row_begin[customer] + state.row_size[customer])
        code, weight = state.code[row].astype(np.int64), state.weight[row].astype(np.float64)
        if price is not None:
            best = np.argsort(price[code] - weight, kind="stable")[:listed]
            code, weight = code[best], weight[best]
        customers.append(np.full(len(code), customer))
        codes.append(code)
        weights.append(weight)
    start, end = campaign.start, campaign.end
    return Pairs(
        np.concatenate(customers),
        np.concatenate(codes) >> 1,
        np.concatenate(weights),
        campaign.cap,
        campaign.seats,
        (start[:, None] < end[None, :]) & (start[None, :] < end[:, None]),
    )


def _warm_start(market: Market) -> float:
    """From the arrays of a snapshot to the first update and its certificate."""
    arrays = [array.copy() for array in market.state]
    begun = time.perf_counter()
    again = Market(State(*(array.copy() for array in arrays)), market.effort)
    again.work()
    _ = again.certificate
    return time.perf_counter() - begun


def _warm_up(seed: int) -> None:
    """Compiles, or loads what was compiled."""
    campaign = draw_campaign(200, 20, seed)
    market = open_market(campaign)
    market.start()
    for customer, event, weight in campaign.updates(5):
        market.replace_row(customer, Row(event, np.ones_like(event), weight))
        market.work()
