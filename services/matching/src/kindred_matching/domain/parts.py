"""The named parts of which log-odds are the sum."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kindred_matching.domain.exact import Floats, quantise
from kindred_matching.domain.lens import Lens

OWN = ""
"""The term of what is the customer's alone: nothing is multiplied with it."""


class Contribution(NamedTuple):
    """One named part of the log-odds."""

    name: str
    amount: float


def strongest_first(told: Iterable[Contribution]) -> tuple[Contribution, ...]:
    """What there is to tell: what adds nothing is left out, but for the base."""
    kept = [part for part in told if part.amount != 0.0 or part.name == "base"]
    return tuple(sorted(kept, key=lambda part: (-abs(part.amount), part.name)))


@dataclass(frozen=True, slots=True)
class Part:
    """What speaks for or against each event (or option): a column for each name, a row for each event.

    ``amounts`` is what the columns add to the log-odds: ``features`` times the weight of the column's term. ``variance`` is
    that of what is not known about it. Where ``labels`` are given, a column means another name for each event: its place in
    ``names``, or below 0 for none.
    """

    names: Sequence[str]
    terms: Sequence[str]
    features: Floats
    amounts: Floats
    variance: Floats
    labels: NDArray[np.int64] | None = None

    def contributions(self, row: int) -> Iterator[Contribution]:
        """What the part adds to the log-odds of one event, by name."""
        amounts = self.amounts[row].tolist()
        labels = range(len(amounts)) if self.labels is None else self.labels[row].tolist()
        for label, amount in zip(labels, amounts, strict=True):
            if label >= 0:
                yield Contribution(self.names[label], amount)


def weighed(
    lens: Lens, columns: Sequence[tuple[str, str]], features: Floats, variance: Floats | float = 0.0
) -> Part:
    """The part of these columns (name and term) and features."""
    weights = np.array([1.0 if term == OWN else lens.weight(term) for _, term in columns])
    size = features.shape[0]
    return Part(
        [name for name, _ in columns],
        [term for _, term in columns],
        features,
        quantise(features * weights),
        np.full(size, variance) if isinstance(variance, float) else variance,
    )


def constant(lens: Lens, name: str, term: str, size: int) -> Part:
    """A part that is the same for every event."""
    return weighed(lens, [(name, term)], np.ones((size, 1)))


def nothing(lens: Lens, size: int, variance: float = 0.0) -> Part:
    """A part that says nothing, and is unsure of that."""
    return weighed(lens, [], np.zeros((size, 0)), variance)


def total(parts: Sequence[Part]) -> Floats:
    """What the parts add to the log-odds of each event."""
    found: Floats = sum((part.amounts.sum(axis=1) for part in parts), np.zeros(1))
    return found


def doubt(parts: Sequence[Part]) -> Floats:
    """The variance of the log-odds of each event."""
    found: Floats = sum((part.variance for part in parts), np.zeros(1))
    return found
