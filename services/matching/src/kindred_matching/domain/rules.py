"""The limits and coefficients of one model epoch: they change together, or not at all."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Coefficients:
    """How strongly each thing moves the log-odds that a customer accepts, and how unsure we are of what we do not know.

    ``unknown`` is the standard deviation of a customer's taste (-1 dislikes to 1 loves) before he was asked.
    """

    base: float = -0.25
    interest: float = 2.0
    kind: float = 1.0
    distance_per_100_km: float = -1.0
    promoter: float = 0.4
    passive: float = 0.1
    detractor: float = -0.5
    in_company: float = 0.7
    without_company: float = -0.4
    recent_moment: float = -0.5
    unknown: float = 0.5
    half_life_days: float = 365.0


@dataclass(frozen=True, slots=True)
class Rules:
    """What may be offered.

    ``cap`` open invitations per customer; ``hospitality_per_year`` cents per customer and calendar year.
    """

    cap: int = 3
    hospitality_per_year: int = 50_000
    coefficients: Coefficients = field(default_factory=Coefficients)
