"""Facts for tests of the domain."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from kindred_profile.domain.customers import Customer
from kindred_profile.domain.facts import Fact, FactKind

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
MIRA = UUID(int=1)
PERSON = Customer(id=MIRA, given_name="Mira", family_name="Jansen")


def fact(kind: FactKind, subject: str = "", *, at: float = 0.0, **more: Any) -> Fact:
    """An observation ``at`` so many seconds after noon; a slot and record of its own unless told."""
    moment = NOON + timedelta(seconds=at)
    values = {
        "customer_id": MIRA,
        "slot": f"{kind}/{subject}",
        "source": "self",
        "record_id": f"r{at}",
        "correlation_id": "c",
        **more,
    }
    return Fact(kind=kind.value, subject=subject, observed_at=moment, **values)


def stated(theme: str, value: float, *, at: float = 0.0, **more: Any) -> Fact:
    return fact(FactKind.INTEREST, theme, at=at, **{"number": value, "confidence": 0.9, **more})


def days(count: float) -> float:
    return count * 86_400
