"""What the guests of one event said together, never without how many they were."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

from kindred_feedback.domain.feedback import Given

Z = 1.959963984540054
"""The 97.5 % point of the normal distribution."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95 % interval; None where there is too little to say anything."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Summary:
    """``count`` guests: their mean rating (1..5) and shares (0..1)."""

    count: int
    rating: Estimate | None
    more_than_expected: Estimate | None
    all_as_wished: Estimate | None
    fitted: Estimate | None


def summarise(given: Sequence[Given]) -> Summary:
    """The summary of what was given."""
    judged = [one.fitted for one in given if one.fitted is not None]
    return Summary(
        count=len(given),
        rating=mean([float(one.rating) for one in given]),
        more_than_expected=share([one.expectation == "more" for one in given]),
        all_as_wished=share([one.all_as_wished for one in given]),
        fitted=share(judged),
    )


def mean(values: Sequence[float], *, low: float = 1.0, high: float = 5.0) -> Estimate | None:
    """The mean with its normal interval, within the scale; None for fewer than two values."""
    if len(values) < 2:
        return None
    middle, half = fmean(values), Z * stdev(values) / math.sqrt(len(values))
    return Estimate(middle, max(low, middle - half), min(high, middle + half))


def share(values: Sequence[bool]) -> Estimate | None:
    """The share that is true, with Wilson's interval (Wilson 1927), which is honest for few values too."""
    count = len(values)
    if count == 0:
        return None
    part = sum(values) / count
    spread = 1 + Z**2 / count
    middle = (part + Z**2 / (2 * count)) / spread
    half = Z * math.sqrt(part * (1 - part) / count + Z**2 / (4 * count**2)) / spread
    return Estimate(part, max(0.0, middle - half), min(1.0, middle + half))
