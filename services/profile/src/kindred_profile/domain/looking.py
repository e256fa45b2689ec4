"""One look over all facts of a customer: what is found, and when to look again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kindred_profile.domain.acceptance import find_collapse
from kindred_profile.domain.bursts import find_bursts
from kindred_profile.domain.facts import Fact
from kindred_profile.domain.found import Found
from kindred_profile.domain.momentum import find_momentum
from kindred_profile.domain.staleness import find_stale


@dataclass(frozen=True, slots=True)
class Look:
    """What was found; ``again_at`` is when time alone may show something new, None for never."""

    found: list[Found]
    again_at: datetime | None


def look(facts: Sequence[Fact], now: datetime) -> Look:
    """Everything that the facts of one customer show at ``now``."""
    bursts = find_bursts(facts, now)
    staleness = find_stale(facts, now)
    moments = [moment for moment in (bursts.settles_at, staleness.next_at) if moment is not None]
    return Look(
        [*find_momentum(facts, now), *find_collapse(facts, now), *bursts.settled, *staleness.stale],
        min(moments, default=None),
    )
