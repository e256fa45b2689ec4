"""How a customer likes the relation to be kept, from what he said and did."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kindred_profile.domain.evidence import nudge_of
from kindred_profile.domain.facts import Fact, FactKind, of_kind
from kindred_profile.domain.norms import OwnNorm

EXCLUDED_THEME = "excluded_theme"
BLOCKED_WEEKDAY = "blocked_weekday"

_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Loyalty:
    """The latest answer to the recommendation question, 0..10."""

    nps: int
    answered_at: datetime


@dataclass(frozen=True, slots=True)
class Preferences:
    """What the customer said of each preference; None or empty where he said nothing.

    ``blocked_weekdays`` count from Monday = 0.
    """

    manner: str | None
    companion_wish: str | None
    max_distance_km: float | None
    own_norm: OwnNorm
    excluded_themes: tuple[str, ...]
    blocked_weekdays: tuple[int, ...]


def fold_preferences(facts: Sequence[Fact]) -> Preferences:
    """The preferences that follow from standing facts, oldest first: the latest word on each counts."""
    said = {fact.subject: fact for fact in of_kind(facts, FactKind.PREFERENCE)}
    business_only = _number(said, "norm_business_only")
    return Preferences(
        manner=_choice(said, "manner"),
        companion_wish=_choice(said, "companion"),
        max_distance_km=_number(said, "max_distance_km"),
        own_norm=OwnNorm(
            _number(said, "norm_max_value"),
            None if business_only is None else business_only >= 0.5,
        ),
        excluded_themes=tuple(_members(said, EXCLUDED_THEME)),
        blocked_weekdays=tuple(int(day) for day in _members(said, BLOCKED_WEEKDAY)),
    )


def fold_kinds(facts: Sequence[Fact]) -> tuple[tuple[str, float], ...]:
    """How much he likes each kind of contact moment (0..1), from standing facts, oldest first."""
    values: dict[str, float] = {}
    stated = FactKind.EVENT_KIND.value
    for fact in facts:
        if fact.kind == stated:
            values[fact.subject] = round(0.5 if fact.number is None else fact.number, _DIGITS)
        elif nudge := nudge_of(fact, declined_for="kind"):
            target, strength = nudge
            before = values.get(fact.subject, 0.5)
            values[fact.subject] = round(before + (target - before) * strength, _DIGITS)
    return tuple(sorted(values.items()))


def fold_loyalty(facts: Sequence[Fact]) -> Loyalty | None:
    """The latest recommendation among standing facts, oldest first."""
    answers = [f for f in of_kind(facts, FactKind.NPS) if f.number is not None]
    if not answers:
        return None
    latest = answers[-1]
    return Loyalty(round(latest.number or 0.0), latest.observed_at)


def fold_last_attended(facts: Sequence[Fact]) -> datetime | None:
    """When he last was at an event."""
    moments = [f.happened_at or f.observed_at for f in of_kind(facts, FactKind.ATTENDED)]
    return max(moments, default=None)


def _choice(said: dict[str, Fact], subject: str) -> str | None:
    fact = said.get(subject)
    return None if fact is None else fact.choice


def _number(said: dict[str, Fact], subject: str) -> float | None:
    fact = said.get(subject)
    return None if fact is None else fact.number


def _members(said: dict[str, Fact], aspect: str) -> list[str]:
    """What he chose of a preference that can have several values: ``excluded_theme/opera``."""
    prefix = f"{aspect}/"
    return sorted(
        subject.removeprefix(prefix)
        for subject, fact in said.items()
        if subject.startswith(prefix) and fact.number != 0.0
    )
