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
    runs = _runs(_answers(facts, now))
    settled = [_found(run[-1]) for run in runs if len(run) >= ENOUGH and _settles_at(run) <= now]
    last = _settles_at(runs[-1]) if runs else now
    return Bursts(settled, last if last > now else None)


def _answers(facts: Sequence[Fact], now: datetime) -> list[Fact]:
    """One fact for each recent answer record, in the order in which people answered."""
    of_records: dict[str, Fact] = {}
    for fact in facts:
        if fact.kind in ANSWERS and is_recent(fact.observed_at, now):
            of_records.setdefault(fact.record_id, fact)
    return sorted(of_records.values(), key=lambda fact: (fact.observed_at, fact.record_id))


def _runs(answers: Sequence[Fact]) -> list[list[Fact]]:
    """The answers, cut wherever it was quiet."""
    runs: list[list[Fact]] = []
    for answer in answers:
        if runs and answer.observed_at < _settles_at(runs[-1]):
            runs[-1].append(answer)
        else:
            runs.append([answer])
    return runs


def _settles_at(run: Sequence[Fact]) -> datetime:
    return run[-1].observed_at + QUIET


def _found(last: Fact) -> Found:
    window = last.observed_at.isoformat()
    return Found(last.customer_id, REASON, window, last.record_id, last.correlation_id)
