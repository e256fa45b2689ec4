"""A short memory of one customer's facts, for looking at them without a database."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from kindred_profile.domain.facts import Fact
from kindred_profile.domain.found import is_recent

MOST = 500
"""Facts remembered of one customer; of more, the oldest are forgotten."""


@dataclass(slots=True)
class RecentFacts:
    """What was seen of a customer lately. A fact seen twice is remembered once."""

    facts: dict[tuple[str, str, str], Fact] = field(default_factory=dict)

    def add(self, seen: Iterable[Fact], now: datetime) -> None:
        """Remembers ``seen`` and forgets what is no longer recent."""
        for fact in seen:
            self.facts[(fact.record_id, fact.slot, fact.subject)] = fact
        recent = [item for item in self.facts.items() if is_recent(item[1].observed_at, now)]
        if len(recent) > MOST:
            recent = sorted(recent, key=lambda item: item[1].observed_at)[-MOST:]
        self.facts = dict(recent)
