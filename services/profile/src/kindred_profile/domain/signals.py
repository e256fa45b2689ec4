"""What the facts tell about the programme as a whole, one observation at a time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kindred_profile.domain.facts import Fact, FactKind

RESPONSE_RATE = "response-rate"

_OUTCOMES = {
    FactKind.ACCEPTED: ("acceptance-rate", 1.0),
    FactKind.DECLINED: ("acceptance-rate", 0.0),
    FactKind.ATTENDED: ("attendance-rate", 1.0),
    FactKind.NO_SHOW: ("attendance-rate", 0.0),
}


@dataclass(frozen=True, slots=True)
class Signal:
    """One observation: rates take 0 or 1, ``net-promoter`` -100, 0 or 100, ``rating`` 0..1.

    ``record_id`` names the record that shows it, None when only time does.
    """

    name: str
    customer_id: UUID
    value: float
    observed_at: datetime
    record_id: str | None
    correlation_id: str


def signals_of(facts: Iterable[Fact]) -> Iterator[Signal]:
    """The observations in these facts."""
    for fact in facts:
        if (observation := _observation(fact)) is not None:
            name, value = observation
            yield Signal(
                name,
                fact.customer_id,
                value,
                fact.observed_at,
                fact.record_id,
                fact.correlation_id,
            )


def _observation(fact: Fact) -> tuple[str, float] | None:
    if fact.kind in _OUTCOMES:
        return _OUTCOMES[FactKind(fact.kind)]
    if fact.kind == FactKind.FEEDBACK and fact.number is not None:
        return "rating", fact.number
    if fact.kind == FactKind.NPS and fact.number is not None:
        return "net-promoter", _net_promoter(fact.number)
    return None


def _net_promoter(answer: float) -> float:
    if answer >= 9:
        return 100.0
    return 0.0 if answer >= 7 else -100.0
