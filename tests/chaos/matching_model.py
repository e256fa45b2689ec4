"""What must come out of matching: scores, refusals and a bound, by one pass over the final customers and events."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from tests.chaos.world import World

from kindred_common.contracts.external import CrmEvent
from kindred_common.contracts.invitations import EventListed
from kindred_common.contracts.profile import CustomerProfile
from kindred_common.contracts.topics import CRM_EVENTS
from kindred_matching.adapters.theme_files import read_taxonomy
from kindred_matching.application.records import customer_of, event_of
from kindred_matching.domain.assessment import Assessor
from kindred_matching.domain.engine import Engine
from kindred_matching.domain.inputs import ClockTicked, CustomerReplaced, EventReplaced
from kindred_matching.domain.vocabulary import reasons_in
from kindred_matching.settings import MatchmakingSettings


@dataclass(frozen=True, slots=True)
class Expected:
    """What a single pass over the final customers and events says of one customer.

    ``scores`` are those of each way in which he may come to an event, by event and seats; ``refused`` the rest.
    """

    cap: int
    scores: Mapping[UUID, Mapping[int, float]]
    refused: Mapping[UUID, tuple[str, ...]]


class SinglePass:
    """An engine that was told everything at once, when nothing is approved yet."""

    def __init__(
        self, profiles: Iterable[CustomerProfile], events: Iterable[EventListed], now: datetime
    ) -> None:
        self._engine = Engine(MatchmakingSettings().rules(read_taxonomy().tree))
        self._engine.apply(ClockTicked(now))
        for event in events:
            self._engine.apply(EventReplaced(event_of(event)))
        for profile in profiles:
            self._engine.apply(CustomerReplaced(customer_of(profile)))
        self._engine.settle()

    @property
    def bound(self) -> float:
        """What no allocation is worth more than."""
        return self._engine.allocation.certificate.bound

    def expected(self) -> Mapping[UUID, Expected]:
        return {customer: self._of(customer) for customer in self._engine.customers}

    def _of(self, customer: UUID) -> Expected:
        engine, view = self._engine, self._engine.view()
        assessor = Assessor(engine.table, engine.rules, engine.now)
        seen = assessor.assess(engine.dossier(customer), view)
        ids = [engine.table.slots.at(place) for place in view.places.tolist()]
        return Expected(
            seen.cap,
            {
                event: {
                    seats: float(seen.weight[row, seats - 1])
                    for seats in (1, 2)
                    if seen.weight[row, seats - 1] >= 0
                }
                for row, event in enumerate(ids)
                if not seen.refused[row]
            },
            {
                event: tuple(reasons_in(int(seen.refused[row])))
                for row, event in enumerate(ids)
                if seen.refused[row]
            },
        )


def catalogue(world: World) -> list[EventListed]:
    """The events of a world as they stand in the end, before anybody has a seat."""
    return [
        _listed(world, cast("CrmEvent", record))
        for (topic, _), record in world.newest.items()
        if topic == CRM_EVENTS.name
    ]


def _listed(world: World, planned: CrmEvent) -> EventListed:
    shared = planned.model_dump(exclude={"source", "external_id"})
    return EventListed(
        event_id=world.event_id(planned.external_id),
        version=1,
        open=True,
        seats_to_allocate=planned.seats,
        **shared,
    )
