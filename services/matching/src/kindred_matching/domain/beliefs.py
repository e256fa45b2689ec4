"""Bayesian logistic regression with independent normal beliefs, one reply at a time.

With log-odds of mean ``m`` and variance ``s2 = sum v x^2`` the expected probability is ``p = logistic(m / sqrt(1 + pi s2 / 8))``
(MacKay, "The evidence framework applied to classification networks", Neural Computation 4, 1992). A reply ``y`` moves each belief
by one Newton step on the posterior, of which the diagonal is kept (Spiegelhalter and Lauritzen, "Sequential updating of
conditional probabilities on directed graphical structures", Networks 20, 1990, equations for the logistic case)::

    w = p (1 - p)
    mean     += c v x (y - p) / (1 + w s2)
    variance -= c v^2 x^2 w / (1 + w s2)

``c`` in 0..1 is the credit that the reply has with a belief: a decline because of the agenda says little about taste.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kindred_matching.domain.exact import logistic

FARTHEST = 8.0
"""No belief goes farther from 0 than this: log-odds of 8 are as good as certain."""


@dataclass(frozen=True, slots=True)
class Belief:
    """What we think an unknown amount is: a normal distribution."""

    mean: float
    variance: float


@dataclass(frozen=True, slots=True)
class Bearing:
    """A belief that bears on a reply: how much of it is in the log-odds, and the credit that the reply has with it."""

    belief: Belief
    feature: float
    credit: float


def expected(log_odds: float, variance: float) -> float:
    """The mean probability under uncertain log-odds."""
    kappa = 1.0 / np.sqrt(1.0 + (np.pi / 8.0) * variance)
    return float(logistic(np.array([log_odds * kappa]))[0])


def updated(bearings: Sequence[Bearing], log_odds: float, reply: float) -> tuple[Belief, ...]:
    """The beliefs after a reply (1 yes, 0 no), in their order; ``log_odds`` is their mean before it."""
    spread = sum(each.belief.variance * each.feature**2 for each in bearings)
    p = expected(log_odds, spread)
    w = p * (1.0 - p)
    surprise, damping = reply - p, 1.0 + w * spread
    return tuple(_moved(each, surprise / damping, w / damping) for each in bearings)


def _moved(bearing: Bearing, surprise: float, sharpness: float) -> Belief:
    before = bearing.belief
    pull = bearing.credit * before.variance * bearing.feature
    mean = before.mean + pull * surprise
    variance = before.variance - pull * before.variance * bearing.feature * sharpness
    return Belief(min(FARTHEST, max(-FARTHEST, mean)), variance)
