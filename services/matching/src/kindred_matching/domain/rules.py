"""The limits and coefficients of one model epoch: they change together, or not at all."""

from dataclasses import dataclass, field

from kindred_matching.domain.kinship import ThemeTree

RELEASE = 5
"""Raise it with each release that scores or allocates otherwise: a new writer then looks at everybody anew."""


@dataclass(frozen=True, slots=True)
class Coefficients:
    """How strongly each thing moves the log-odds that a customer accepts, and how unsure we are of what we do not know.

    ``free`` is the chance that neither agenda nor employer stands in the way of whatever it is. ``unknown`` is the standard deviation of a customer's taste (-1 dislikes to 1 loves) before he was asked. Passions last, what
    matters in the profession changes: each branch of themes has a half-life of its own, ``half_life_days`` is that of all else.
    ``to_parent`` and ``to_child`` are those of :mod:`kindred_matching.domain.kinship`.
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
    novelty: float = 0.0
    free: float = 0.95
    unknown: float = 0.5
    half_life_days: float = 365.0
    half_life_private_days: float = 730.0
    half_life_professional_days: float = 365.0
    to_parent: float = 0.5
    to_child: float = 0.6


@dataclass(frozen=True, slots=True)
class Rules:
    """What may be offered.

    ``cap`` open invitations per customer; ``hospitality_per_year`` cents per customer and calendar year. ``themes`` is the tree
    in which interests spread; ``learn`` whether replies to invitations teach anything. ``stability`` is what a proposal that
    stands is worth beyond its weight, as a share of the mean weight of proposals: so many fewer change for a trifle. ``budget``
    is what the hospitality of all events on offer may cost together, in cents; None is no limit. ``per_account`` guests of one
    account at one event and ``account_hospitality_per_year`` cents for all its customers; None is no limit. ``draws`` is the chance at which
    a customer is drawn for a pair by lot in a week. ``hold_out`` is the share of customers, the same ones for good, to whom nothing is
    proposed, so that the others can be compared with them. ``release`` is the :data:`RELEASE` of the writer that set them, 0 where it told
    of none.
    """

    cap: int = 3
    hospitality_per_year: int = 50_000
    coefficients: Coefficients = field(default_factory=Coefficients)
    themes: ThemeTree = field(default_factory=ThemeTree)
    learn: bool = True
    stability: float = 0.1
    budget: int | None = None
    per_account: int | None = None
    account_hospitality_per_year: int | None = None
    draws: float = 0.0
    hold_out: float = 0.0
    release: int = 0
