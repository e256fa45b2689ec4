"""What moves a customer: his own words first, corrected by what he does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kindred_profile.domain.evidence import decayed, nudge_of
from kindred_profile.domain.facts import Fact, FactKind

BEHAVIOUR_LIMIT = 0.5
"""Reactions alone never make us surer than this; own words do."""

_GAIN = 0.3
_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Interest:
    """How much a theme moves the customer (0..1), how sure we were when it was last confirmed, and by whom."""

    theme: str
    value: float
    confidence: float
    source: str
    observed_at: datetime

    def confidence_at(self, moment: datetime) -> float:
        """What is left of the confidence at ``moment``."""
        return decayed(self.confidence, self.observed_at, moment)


def fold_interests(facts: Sequence[Fact]) -> tuple[Interest, ...]:
    """The interests that follow from standing facts, oldest first.

    A statement replaces all that is older. A reaction to an event nudges the themes of the event from there.
    """
    known: dict[str, Interest] = {}
    stated = FactKind.INTEREST.value
    for fact in facts:
        if fact.kind == stated:
            known[fact.subject] = _stated(fact)
        elif fact.themes and (nudge := nudge_of(fact, declined_for="topic")):
            for theme, weight in fact.themes:
                known[theme] = _nudged(known.get(theme), theme, nudge, weight, fact)
    return tuple(known[theme] for theme in sorted(known))


def _stated(fact: Fact) -> Interest:
    value = 0.5 if fact.number is None else fact.number
    return Interest(
        fact.subject, round(value, _DIGITS), fact.confidence, fact.source, fact.observed_at
    )


def _nudged(
    known: Interest | None, theme: str, nudge: tuple[float, float], weight: float, fact: Fact
) -> Interest:
    target, strength = nudge
    before = known or Interest(theme, 0.5, 0.0, "feedback", fact.observed_at)
    value = before.value + (target - before.value) * strength * weight
    left = before.confidence_at(fact.observed_at)
    own_words = left >= BEHAVIOUR_LIMIT
    confidence = left if own_words else left + (BEHAVIOUR_LIMIT - left) * _GAIN * weight
    source = before.source if own_words else "feedback"
    return Interest(
        theme, round(value, _DIGITS), round(confidence, _DIGITS), source, fact.observed_at
    )
