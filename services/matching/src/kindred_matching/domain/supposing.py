"""What may be supposed of a programme, each as the input that would make it so; what does not exist is told beforehand."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Protocol
from uuid import UUID

from kindred_matching.domain.engine import Engine
from kindred_matching.domain.facts import Event
from kindred_matching.domain.inputs import EventReplaced, Input, RulesReplaced, WishMade
from kindred_matching.domain.wishes import Wish, WishKind


class Supposition(Protocol):
    """One change that is only thought of."""

    def missing(self, engine: Engine) -> str | None:
        """The name of the field that names what the engine does not know; None when all is known."""
        ...

    def comes_about(self, engine: Engine) -> Input:
        """The input that makes it so, beside what has been supposed before it. Nothing may be missing."""
        ...


@dataclass(frozen=True, slots=True)
class _OfEvent:
    event_id: UUID

    def missing(self, engine: Engine) -> str | None:
        return None if self.event_id in engine.events else "event_id"


@dataclass(frozen=True, slots=True)
class Seats(_OfEvent):
    """The event has so many seats, those that were given included."""

    seats: int

    def comes_about(self, engine: Engine) -> Input:
        return EventReplaced(replace(engine.events[self.event_id], seats=self.seats))


@dataclass(frozen=True, slots=True)
class Moved(_OfEvent):
    """The event takes place at another time; ``weekdays`` are the local days that it touches, 0 Monday."""

    starts_at: datetime
    ends_at: datetime
    weekdays: tuple[int, ...]

    def comes_about(self, engine: Engine) -> Input:
        event = engine.events[self.event_id]
        return EventReplaced(
            replace(event, starts_at=self.starts_at, ends_at=self.ends_at, weekdays=self.weekdays)
        )


@dataclass(frozen=True, slots=True)
class Cancelled(_OfEvent):
    """The event does not take place."""

    def comes_about(self, engine: Engine) -> Input:
        return EventReplaced(replace(engine.events[self.event_id], open=False))


@dataclass(frozen=True, slots=True)
class Wished(_OfEvent):
    """The pair is wished for, or wished away."""

    customer_id: UUID
    kind: WishKind

    def missing(self, engine: Engine) -> str | None:
        if self.customer_id not in engine.customers:
            return "customer_id"
        return _OfEvent.missing(self, engine)

    def comes_about(self, engine: Engine) -> Input:
        return WishMade(Wish(self.customer_id, self.event_id, self.kind, engine.now))


@dataclass(frozen=True, slots=True)
class Organised:
    """Another event is on offer."""

    event: Event

    def missing(self, engine: Engine) -> str | None:  # noqa: ARG002 - it need not exist
        return None

    def comes_about(self, engine: Engine) -> Input:  # noqa: ARG002 - it is told whole
        return EventReplaced(self.event)


@dataclass(frozen=True, slots=True)
class Limited:
    """Other limits, as :class:`~kindred_matching.domain.rules.Rules` has them; what is None stays as it is."""

    cap: int | None = None
    hospitality_per_year: int | None = None
    budget: int | None = None
    per_account: int | None = None
    account_hospitality_per_year: int | None = None

    def missing(self, engine: Engine) -> str | None:  # noqa: ARG002 - it names nothing
        return None

    def comes_about(self, engine: Engine) -> Input:
        named = {each.name: getattr(self, each.name) for each in fields(self)}
        limits = {name: limit for name, limit in named.items() if limit is not None}
        return RulesReplaced(replace(engine.rules, **limits))


def pins(suppositions: tuple[Supposition, ...]) -> Iterator[tuple[int, tuple[UUID, UUID]]]:
    """The pairs that are wished for, each with the place of its supposition."""
    for place, supposed in enumerate(suppositions):
        if isinstance(supposed, Wished) and supposed.kind is WishKind.PIN:
            yield place, (supposed.customer_id, supposed.event_id)
