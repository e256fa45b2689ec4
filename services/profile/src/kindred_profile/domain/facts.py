"""What was observed of a customer: the only material that a profile is made of beside his record."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from operator import attrgetter
from typing import NamedTuple
from uuid import UUID


class FactKind(StrEnum):
    """What sort of thing was observed."""

    NPS = "nps"
    INTEREST = "interest"
    EVENT_KIND = "event_kind"
    PREFERENCE = "preference"
    WITHDRAWN = "withdrawn"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    ATTENDED = "attended"
    NO_SHOW = "no_show"
    FEEDBACK = "feedback"
    CONSENT = "consent"
    TRANSACTION = "transaction"
    RELATION = "relation"


ANSWERS = frozenset(
    {FactKind.NPS, FactKind.INTEREST, FactKind.EVENT_KIND, FactKind.PREFERENCE, FactKind.WITHDRAWN}
)
"""Kinds that come from a survey."""


class Fact(NamedTuple):
    """One observation.

    ``slot`` names what it replaces: of each slot only the facts of the latest record count. ``subject`` is what it says
    something of: a theme, an event kind, a preference, a purpose. ``number`` is 0..1 for interests, kinds and ratings,
    0..10 for the recommendation, else in the unit of the subject. ``themes`` weighs the themes of the event concerned,
    0..1 each. ``detail`` is JSON for people to read, not for folding. ``confidence`` is 0..1. ``happened_at`` is when the thing took place, where that is not when it was seen.
    """

    customer_id: UUID
    kind: str
    slot: str
    subject: str
    source: str
    observed_at: datetime
    record_id: str
    correlation_id: str
    number: float | None = None
    choice: str | None = None
    confidence: float = 1.0
    happened_at: datetime | None = None
    themes: tuple[tuple[str, float], ...] = ()
    detail: str | None = None


REACTIONS = frozenset(
    kind.value
    for kind in (FactKind.ACCEPTED, FactKind.DECLINED, FactKind.ATTENDED, FactKind.FEEDBACK)
)
"""Kinds that tell how a customer took to an event; a no-show tells nothing about taste."""


def of_kind(facts: Iterable[Fact], kind: FactKind) -> list[Fact]:
    """The facts of one kind, in their order."""
    wanted = kind.value
    return [fact for fact in facts if fact.kind == wanted]


def standing(facts: Iterable[Fact]) -> list[Fact]:
    """The facts that count, oldest first: of each slot those of the latest record, without what was withdrawn.

    Whatever the order in which the facts arrived, the result is the same.
    """
    ordered = sorted(facts, key=_place)
    last = {fact.slot: fact for fact in ordered}
    withdrawn = FactKind.WITHDRAWN
    return [
        fact
        for fact in ordered
        if (fact is (latest := last[fact.slot]) or _together(fact, latest))
        and fact.kind != withdrawn
    ]


_place = attrgetter("observed_at", "record_id", "slot", "subject")


def _together(fact: Fact, other: Fact) -> bool:
    return fact.record_id == other.record_id and fact.observed_at == other.observed_at
