"""A burst of answers that has settled: a survey filled in at one go is matched once more when it is complete."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from kindred_profile.domain.facts import ANSWERS, Fact
from kindred_profile.domain.found import Found, is_recent

REASON = "burst-settled"
QUIET = timedelta(seconds=30)
ENOUGH = 3


@dataclass(frozen=True, slots=True)
class Bursts:
    """What has settled, and when the last burst will have if nothing more comes."""

    settled: list[Found]
    settles_at: datetime | None


def find_bursts(facts: Sequence[Fact], now: datetime) -> Bursts:
    """Runs of at least three answer records with less than half a minute between them, named by the last answer."""
    moments: dict[str, Fact] = {}
    for fact in facts:
        if fact.kind in ANSWERS and is_recent(fact.observed_at, now):
            moments.setdefault(fact.record_id, fact)
    answers = sorted(moments.values(), key=lambda f: (f.observed_at, f.record_id))
    runs: list[list[Fact]] = []
    for answer in answers:
        if runs and answer.observed_at - runs[-1][-1].observed_at < QUIET:
            runs[-1].append(answer)
        else:
            runs.append([answer])
    bursts = [run for run in runs if len(run) >= ENOUGH]
    settled = [_found(run[-1]) for run in bursts if run[-1].observed_at + QUIET <= now]
    open_until = runs[-1][-1].observed_at + QUIET if runs else None
    return Bursts(settled, open_until if open_until and open_until > now else None)


def _found(last: Fact) -> Found:
    window = last.observed_at.isoformat()
    return Found(last.customer_id, REASON, window, last.record_id, last.correlation_id)
