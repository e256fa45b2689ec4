"""A season of events for customers with few, unequal interests: the instance that says whether an allocator is good.

Sparse interests over 32 themes of Zipf popularity, lognormal value and seats of events, seats for .8 of all caps, caps 1-3, events of
2-8 hours over 60 days, half of the pairs ineligible, acceptance by a logistic of affinity. An update is a customer whose interests
are drawn anew, so that his whole row changes.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Rows = Iterator[tuple[NDArray[np.int64], Floats]]

THEMES = 32
DAYS = 60
SEATS_TO_CAPS = 0.8


@dataclass(frozen=True, slots=True)
class Campaign:
    """The events, the caps, and how rows of weights are drawn."""

    seed: int
    cap: NDArray[np.int64]
    seats: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    value: Floats
    themes: Floats

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.cap), len(self.seats)

    def row(self, customer: int, version: int) -> tuple[NDArray[np.int64], Floats]:
        """The events for which the customer is eligible, and his weights, after ``version`` updates of his interests."""
        eligible = np.random.default_rng((self.seed, 1, customer)).random(len(self.seats)) < 0.5
        events = np.flatnonzero(eligible)
        draw = np.random.default_rng((self.seed, 2, customer, version))
        affinity = self.themes[events] @ _interests(draw)
        chance = 1.0 / (1.0 + np.exp(2.5 - 4.0 * affinity + draw.normal(0.0, 0.25, len(events))))
        return events, self.value[events] * chance

    def rows(self) -> Rows:
        for customer in range(len(self.cap)):
            yield self.row(customer, 0)

    def updates(self, number: int) -> Iterator[tuple[int, NDArray[np.int64], Floats]]:
        """Customers drawn at random, each with his new row."""
        draw = np.random.default_rng((self.seed, 3))
        versions: dict[int, int] = {}
        for customer in draw.integers(0, len(self.cap), number).tolist():
            versions[customer] = versions.get(customer, 0) + 1
            yield customer, *self.row(customer, versions[customer])


def draw_campaign(customers: int, events: int, seed: int) -> Campaign:
    draw = np.random.default_rng((seed, 0))
    cap = draw.integers(1, 4, customers)
    share = draw.lognormal(0.0, 0.8, events)
    seats = np.maximum(1, np.floor(share / share.sum() * SEATS_TO_CAPS * cap.sum())).astype(
        np.int64
    )
    day, hour = draw.integers(0, DAYS, events), draw.integers(8, 22, events)
    start = 1_800_000_000 // 86_400 * 86_400 + day * 86_400 + hour * 3_600
    end = start + draw.integers(2, 9, events) * 3_600
    themes = np.zeros((events, THEMES))
    for event in range(events):
        chosen = _popular(draw, 1 + int(draw.integers(0, 3)))
        themes[event, chosen] = draw.uniform(0.5, 1.0, len(chosen))
    themes /= np.linalg.norm(themes, axis=1, keepdims=True)
    return Campaign(seed, cap, seats, start, end, draw.lognormal(0.0, 0.5, events), themes)


def _interests(draw: np.random.Generator) -> Floats:
    interests = np.zeros(THEMES)
    chosen = _popular(draw, 2 + int(draw.integers(0, 5)))
    interests[chosen] = draw.uniform(0.3, 1.5, len(chosen))
    return interests


_POPULARITY = 1.0 / np.arange(1, THEMES + 1)
_CUMULATED = np.cumsum(_POPULARITY / _POPULARITY.sum())


def _popular(draw: np.random.Generator, number: int) -> NDArray[np.int64]:
    """Different themes by Zipf popularity; may be fewer than asked, as the same is drawn twice."""
    return np.unique(np.minimum(THEMES - 1, np.searchsorted(_CUMULATED, draw.random(number))))
