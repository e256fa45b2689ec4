"""That through which a pair is scored: the coefficients of a model epoch and the kinship of themes."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import NamedTuple

from kindred_matching.domain.kinship import Kinship, ThemeTree
from kindred_matching.domain.lessons import Lessons
from kindred_matching.domain.rules import Coefficients, Rules

Shifts = tuple[tuple[str, float], ...]
"""By how much outcomes have moved what the terms of the log-odds are multiplied with, sorted by term."""

PRIVATE, PROFESSIONAL = "private", "professional"


@dataclass(frozen=True, slots=True)
class Lens:
    """``weights`` are what the terms of the log-odds are multiplied with: prior and shift; a term without one counts nothing."""

    prior: Coefficients
    weights: Mapping[str, float]
    kinship: Kinship

    @classmethod
    def of(
        cls,
        prior: Coefficients | None = None,
        shifts: Shifts = (),
        themes: ThemeTree = ThemeTree(),  # noqa: B008 - frozen
    ) -> "Lens":
        """The lens of these coefficients, as far as outcomes have moved them."""
        prior = prior or Coefficients()
        weights = {each.name: float(getattr(prior, each.name)) for each in fields(prior)}
        for term, shift in shifts:
            weights[term] = weights.get(term, 0.0) + shift
        weights["free"] = min(1.0, weights["free"])
        return cls(prior, weights, Kinship(themes, prior.to_parent, prior.to_child))

    @classmethod
    def under(cls, rules: Rules, shifts: Shifts = ()) -> "Lens":
        """The lens under these rules."""
        return cls.of(rules.coefficients, shifts, rules.themes)

    def weight(self, term: str) -> float:
        return self.weights.get(term, 0.0)

    def prior_weight(self, term: str) -> float:
        """The weight before anything was learned."""
        return float(getattr(self.prior, term, 0.0))

    def half_life(self, theme: str) -> float:
        """The days in which confidence in what was said of the theme halves."""
        branch = self.kinship.branch(theme)
        if branch == PRIVATE:
            return self.prior.half_life_private_days
        if branch == PROFESSIONAL:
            return self.prior.half_life_professional_days
        return self.prior.half_life_days


class Outlook(NamedTuple):
    """How one customer is seen: through which lens, and with what his replies have taught."""

    lens: Lens
    lessons: Lessons = ()
