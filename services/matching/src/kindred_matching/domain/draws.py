"""The pairs that were drawn by lot: at most one a customer stands at a time, drawn in the first moments of a week."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from kindred_matching.domain.allocation import Allocation
from kindred_matching.domain.assessment import Assessment, Assessor, Dossier
from kindred_matching.domain.commitments import Commitment
from kindred_matching.domain.exploration import Draw, draw, falls
from kindred_matching.domain.slots import Slot, Slots
from kindred_matching.domain.wishes import Wishes


@dataclass(frozen=True, slots=True)
class Hat:
    """What lots are drawn from: whoever is known, what is wished for him, and how he stands with the events."""

    customers: Collection[UUID]
    dossier: Callable[[UUID], Dossier]
    assessor: Assessor
    places: Slots
    wishes: Wishes

    @property
    def chance(self) -> float:
        return self.assessor.rules.draws

    def assess(self, customers: Iterable[UUID]) -> Iterator[Assessment]:
        events = self.assessor.events
        view = events.view(events.slots.in_order())
        return self.assessor.assess_all(map(self.dossier, customers), view)

    def events_for(self, seen: Assessment, allocation: Allocation) -> list[UUID]:
        """The events that the customer could be given beside what is settled and wished for him."""
        customer = seen.customer.id
        place = self.places.take(customer)
        found = allocation.settleable(place, seen, self.wished(customer))
        return list(map(self.assessor.events.slots.at, found))

    def wished(self, customer_id: UUID) -> list[Slot]:
        """The events that were wished for the customer, the oldest wish first."""
        return self.places_of(self.wishes.pinned_for(customer_id))

    def places_of(self, events: Iterable[UUID]) -> list[Slot]:
        found: list[Slot] = self.assessor.places_of(events).tolist()
        return found


class Draws:
    """The draws that stand, and the week in which was drawn last."""

    def __init__(self, draws: Iterable[Draw] = (), week: str = "") -> None:
        self._by_customer = {draw.customer_id: draw for draw in draws}
        self.week = week

    def __iter__(self) -> Iterator[Draw]:
        """Every draw, in the order of the customers' identifiers."""
        for _, each in sorted(self._by_customer.items()):
            yield each

    def of(self, customer_id: UUID) -> Draw | None:
        """The customer's draw, if one stands."""
        return self._by_customer.get(customer_id)

    def has(self, customer_id: UUID, event_id: UUID) -> bool:
        """Whether the pair was drawn, and stands."""
        found = self.of(customer_id)
        return found is not None and found.event_id == event_id

    def end(self, customer_id: UUID) -> None:
        self._by_customer.pop(customer_id, None)

    def pinned(self, hat: Hat, customer_id: UUID) -> list[Slot]:
        """The events that the customer is to be proposed for as far as that goes: wishes first, then what was drawn."""
        found = self.of(customer_id)
        return hat.wished(customer_id) + (hat.places_of([found.event_id]) if found else [])

    def draw(self, hat: Hat, allocation: Allocation) -> tuple[Draw, ...]:
        """Draws if this is the first moment of a week; nobody has two at a time."""
        week = week_of(hat.assessor.now)
        if hat.chance <= 0.0 or week == self.week:
            return ()
        self.week = week
        lucky = (who for who in sorted(hat.customers) if falls(who, week, hat.chance))
        seen = hat.assess(who for who in lucky if who not in self._by_customer)
        found = ((each.customer.id, hat.events_for(each, allocation)) for each in seen)
        drawn = [draw(who, week, events, hat.chance) for who, events in found]
        new = tuple(one for one in drawn if one is not None)
        self._by_customer |= {one.customer_id: one for one in new}
        return new

    def end_pair(self, customer_id: UUID, event_id: UUID) -> bool:
        """Ends the draw of the pair; tells whether there was one."""
        found = self.has(customer_id, event_id)
        if found:
            self.end(customer_id)
        return found

    def end_events(self, events: Iterable[UUID]) -> None:
        """Ends what was drawn for events that are no more, or have begun."""
        over = set(events)
        for customer_id in [one.customer_id for one in self if one.event_id in over]:
            self.end(customer_id)

    def drawn(self) -> list[UUID]:
        """The customers for whom something was drawn."""
        return [one.customer_id for one in self]

    def drawn_to(self, event_id: UUID) -> list[UUID]:
        """The customers for whom the event was drawn."""
        return [one.customer_id for one in self if one.event_id == event_id]

    def end_if_void(
        self, customer_id: UUID, settled: Iterable[UUID], given: Mapping[UUID, Commitment]
    ) -> None:
        """Ends a draw that was neither settled nor given by invitations: others were before it, or rules refuse it now."""
        found = self.of(customer_id)
        if found is not None and found.event_id not in settled:
            commitment = given.get(found.event_id)
            if commitment is None or not commitment.fixed:
                self.end(customer_id)


def week_of(moment: datetime) -> str:
    """The ISO week in UTC, such as 2026-W10."""
    year, week, _ = moment.astimezone(UTC).isocalendar()
    return f"{year}-W{week:02}"
