"""Acceptance that collapses: a customer who declines time after time is matched to the wrong things."""

from collections.abc import Sequence
from datetime import datetime

from kindred_profile.domain.facts import Fact, FactKind, standing
from kindred_profile.domain.found import Found, is_recent, week_of

REASON = "acceptance-collapsing"
ENOUGH = 3


def find_collapse(facts: Sequence[Fact], now: datetime) -> list[Found]:
    """At most one finding: the customer's last three responses or more were declines; named by the week of the third."""
    responses = [f for f in standing(facts) if f.kind in (FactKind.ACCEPTED, FactKind.DECLINED)]
    streak: list[Fact] = []
    for response in responses:
        streak = [*streak, response] if response.kind == FactKind.DECLINED else []
    if len(streak) < ENOUGH or not is_recent(streak[-1].observed_at, now):
        return []
    decisive = streak[ENOUGH - 1]
    # A week, and no moment: who has forgotten the first of the declines (a stream that was killed) must name it the same.
    window = week_of(decisive.observed_at)
    return [
        Found(decisive.customer_id, REASON, window, decisive.record_id, decisive.correlation_id)
    ]
