"""Theme momentum: several answers and reactions on one theme within a week."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from kindred_profile.domain.facts import REACTIONS, Fact, FactKind
from kindred_profile.domain.found import Found, is_recent, week_of

REASON = "theme-momentum"
ENOUGH = 3


def find_momentum(facts: Sequence[Fact], now: datetime) -> list[Found]:
    """One finding for each theme and calendar week (UTC, from Monday) with at least three different observations.

    An answer that is given again is the same observation.
    """
    seen: dict[tuple[str, str], dict[str, Fact]] = {}
    for fact in sorted(facts, key=lambda f: (f.observed_at, f.record_id)):
        if is_recent(fact.observed_at, now):
            week = week_of(fact.observed_at)
            for theme in themes_of(fact):
                seen.setdefault((theme, week), {}).setdefault(fact.slot, fact)
    return [
        _found(theme, week, list(slots.values())[ENOUGH - 1])
        for (theme, week), slots in sorted(seen.items(), key=lambda item: item[0])
        if len(slots) >= ENOUGH
    ]


def themes_of(fact: Fact) -> Iterator[str]:
    """The themes that an answer or a reaction is about."""
    if fact.kind == FactKind.INTEREST:
        yield fact.subject
    elif fact.kind in REACTIONS:
        yield from _names(fact.themes)


def _names(themes: Iterable[tuple[str, float]]) -> Iterator[str]:
    return (theme for theme, _ in themes)


def _found(theme: str, week: str, decisive: Fact) -> Found:
    window = f"{theme}/{week}"
    return Found(decisive.customer_id, REASON, window, decisive.record_id, decisive.correlation_id)
