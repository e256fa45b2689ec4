"""Arithmetic that gives the same bits in whatever order and portion it is done, on any machine.

Amounts are kept as multiples of 2^-20. Sums of such numbers are exact as long as they stay below 2^33, so a row scored alone, a
column scored alone and a whole table give the same scores, and contributions add up to their total to the last bit. The
exponential is made of single IEEE operations, because those of numpy and of C libraries differ in the last bit with the
processor and the length of the array.
"""

from math import factorial

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

QUANTUM = 2.0**-20
_QUANTA = 2.0**20

_PORTION = 4096
"""So many numbers at a time stay where the processor has them at hand: fifty operations follow each other on them."""

_LOG2_E = 1.4426950408889634
_LN2_HIGH = 6.93147180369123816490e-01
_LN2_LOW = 1.90821492927058770002e-10
_COEFFICIENTS = tuple(1.0 / factorial(power) for power in range(14))


def quantise(amounts: Floats) -> Floats:
    """The nearest multiples of 2^-20."""
    nearest = np.rint(amounts * _QUANTA)
    nearest *= QUANTUM
    return nearest


def exponential(x: Floats) -> Floats:
    """The exponential of ``x``, which is held within -60..60."""
    flat = np.ravel(x)
    if len(flat) <= _PORTION:
        return _exponential(flat).reshape(np.shape(x))
    portions = range(0, len(flat), _PORTION)
    return np.concatenate([_exponential(flat[at : at + _PORTION]) for at in portions]).reshape(
        np.shape(x)
    )


def _exponential(x: Floats) -> Floats:
    bounded = np.minimum(np.maximum(x, -60.0), 60.0)
    power = np.rint(bounded * _LOG2_E)
    rest = bounded - power * _LN2_HIGH
    rest -= power * _LN2_LOW
    total = rest * _COEFFICIENTS[-1]
    for coefficient in reversed(_COEFFICIENTS[1:-1]):
        total += coefficient
        total *= rest
    total += _COEFFICIENTS[0]
    return np.ldexp(total, power.astype(np.int32))


def logistic(x: Floats) -> Floats:
    """The probability with log-odds ``x``."""
    return 1.0 / (1.0 + exponential(-x))


def halved(age: Floats, half_life: Floats | float) -> Floats:
    """What is left of 1 after ``age``, when half of it goes each ``half_life``; an age below 0 takes nothing."""
    return exponential(-np.maximum(age, 0.0) * (0.6931471805599453 / half_life))
