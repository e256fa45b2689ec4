"""Interests that have gone stale: older than their half-life, so that other things weigh more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kindred_profile.domain.evidence import HALF_LIFE, nudge_of
from kindred_profile.domain.facts import Fact, FactKind, standing
from kindred_profile.domain.found import Found

REASON = "interest-stale"


@dataclass(frozen=True, slots=True)
class Staleness:
    """What has gone stale, and when the next interest will."""

    stale: list[Found]
    next_at: datetime | None


def find_stale(facts: Sequence[Fact], now: datetime) -> Staleness:
    """One finding for each day on which interests were last confirmed a half-life or longer ago."""
    confirmed = _last_confirmed(facts)
    days: dict[str, Fact] = {}
    for fact in sorted(confirmed.values(), key=lambda f: (f.observed_at, f.record_id)):
        if fact.observed_at + HALF_LIFE <= now:
            days[fact.observed_at.date().isoformat()] = fact
    coming = [f.observed_at + HALF_LIFE for f in confirmed.values()]
    return Staleness(
        [
            Found(fact.customer_id, REASON, day, fact.record_id, fact.correlation_id)
            for day, fact in sorted(days.items())
        ],
        min((moment for moment in coming if moment > now), default=None),
    )


def _last_confirmed(facts: Sequence[Fact]) -> dict[str, Fact]:
    """The fact that gave each interest its present date."""
    latest: dict[str, Fact] = {}
    for fact in standing(facts):
        if fact.kind == FactKind.INTEREST:
            latest[fact.subject] = fact
        elif nudge_of(fact, declined_for="topic"):
            latest.update((theme, fact) for theme, _ in fact.themes)
    return latest
