"""Bayesian logistic regression, one reply at a time.

With log-odds of mean ``m`` and variance ``s2`` the expected probability is ``p = logistic(m / sqrt(1 + pi s2 / 8))`` (MacKay, "The
evidence framework applied to classification networks", Neural Computation 4, 1992). A reply ``y`` moves the beliefs by one Newton
step on the posterior (Spiegelhalter and Lauritzen, "Sequential updating of conditional probabilities on directed graphical
structures", Networks 20, 1990)::

    w = p (1 - p)
    mean       += c C x (y - p) / (1 + w s2)
    covariance -= c C x (C x)' w / (1 + w s2)

Beliefs are independent, so that their covariance ``C`` is its diagonal, but for a few whose features go together in all that we
choose: who is invited likes the theme, so that only their covariance can tell a low base from a low weight of interest. ``c`` in
0..1 is the credit that the reply has with a belief: a decline because of the agenda says little about taste.
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
    credit: float = 1.0


@dataclass(frozen=True, slots=True)
class Joint:
    """Beliefs that depend on each other: their means, and the rows of their covariance."""

    means: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]

    @classmethod
    def independent(cls, beliefs: Sequence[Belief]) -> "Joint":
        """Beliefs of which nothing is known yet that binds them."""
        places = range(len(beliefs))
        rows = (tuple(beliefs[i].variance if i == j else 0.0 for j in places) for i in places)
        return cls(tuple(belief.mean for belief in beliefs), tuple(rows))

    def beside(self, others: "Joint", known: int) -> "Joint":
        """These beliefs, and those of the ``others`` from the place ``known`` on, of which nothing binds them to these."""
        left = len(others.means) - known
        rows = [(*row, *(0.0,) * left) for row in self.covariance]
        means = (*self.means, *others.means[known:])
        return Joint(means, (*rows, *others.covariance[known:]))

    def towards(self, features: Sequence[float]) -> tuple[float, ...]:
        """The covariance of each belief with the log-odds."""
        used = [(place, x) for place, x in enumerate(features) if x]
        return tuple(sum(row[place] * x for place, x in used) for row in self.covariance)


def expected(log_odds: float, variance: float) -> float:
    """The mean probability under uncertain log-odds."""
    kappa = 1.0 / np.sqrt(1.0 + (np.pi / 8.0) * variance)
    return float(logistic(np.array([log_odds * kappa]))[0])


@dataclass(frozen=True, slots=True)
class Message:
    """What a reply says of log-odds: how much they should have been higher, and how sharply it says so."""

    surprise: float
    sharpness: float


def message_of(log_odds: float, variance: float, reply: float) -> Message:
    """What a reply (1 yes, 0 no) says of log-odds of this mean and variance."""
    p = expected(log_odds, variance)
    w = p * (1.0 - p)
    damping = 1.0 + w * variance
    return Message((reply - p) / damping, w / damping)


def taught(bearing: Bearing, message: Message) -> Belief:
    """The belief after the message."""
    before = bearing.belief
    pull = before.variance * bearing.feature
    mean = before.mean + bearing.credit * pull * message.surprise
    return Belief(_held(mean), before.variance - bearing.credit * pull * pull * message.sharpness)


def taught_together(joint: Joint, towards: Sequence[float], message: Message) -> Joint:
    """The beliefs after the message; ``towards`` is their covariance with its log-odds."""
    means = (m + pull * message.surprise for m, pull in zip(joint.means, towards, strict=True))
    rows = (
        tuple(c - pull * other * message.sharpness for c, other in zip(row, towards, strict=True))
        for row, pull in zip(joint.covariance, towards, strict=True)
    )
    return Joint(tuple(_held(mean) for mean in means), tuple(rows))


def _held(mean: float) -> float:
    return min(FARTHEST, max(-FARTHEST, mean))
