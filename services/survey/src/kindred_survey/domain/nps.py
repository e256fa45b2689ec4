"""The net promoter score with an honest interval."""

from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

Z_95 = 1.959963984540054


class NpsClass(StrEnum):
    """How someone recommends: promoter 9-10, passive 7-8, detractor 0-6."""

    PROMOTER = "promoter"
    PASSIVE = "passive"
    DETRACTOR = "detractor"


def nps_class(score: float) -> NpsClass:
    """The class of an answer on 0..10."""
    if score >= 9:
        return NpsClass.PROMOTER
    return NpsClass.PASSIVE if score >= 7 else NpsClass.DETRACTOR


@dataclass(frozen=True, slots=True)
class NpsScore:
    """Score -100..100 with its standard error and 95 % interval."""

    score: float
    standard_error: float
    low: float
    high: float


def nps(promoters: int, passives: int, detractors: int) -> NpsScore | None:
    """The score of these answers; None without any.

    The interval is adjusted Wald (Rocks 2016): three answers are added, 3/4 of them promoters, 3/4 detractors, the rest
    passives, so that few or unanimous answers do not claim certainty.
    """
    answers = promoters + passives + detractors
    if not answers:
        return None
    score, error = _wald(promoters, detractors, answers)
    middle, adjusted_error = _wald(promoters + 0.75, detractors + 0.75, answers + 3)
    margin = Z_95 * adjusted_error
    return NpsScore(score, error, max(-100.0, middle - margin), min(100.0, middle + margin))


def _wald(promoters: float, detractors: float, answers: float) -> tuple[float, float]:
    mean = (promoters - detractors) / answers
    variance = (promoters + detractors) / answers - mean**2
    return 100 * mean, 100 * sqrt(variance / answers)
