"""The matches that must come out: one allocation over the final customers and events, by the rules that matching is set to."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import cast
from uuid import UUID

from tests.chaos.world import World

from kindred_common.contracts.external import CrmEvent
from kindred_common.contracts.invitations import EventListed
from kindred_common.contracts.matching import CustomerMatches
from kindred_common.contracts.profile import CustomerProfile
from kindred_common.contracts.topics import CRM_EVENTS
from kindred_matching.adapters.theme_files import read_taxonomy
from kindred_matching.application.records import customer_of, event_of, record_of
from kindred_matching.domain.engine import Engine
from kindred_matching.domain.inputs import ClockTicked, CustomerReplaced, EventReplaced
from kindred_matching.settings import MatchmakingSettings


def allocate_once(
    profiles: Iterable[CustomerProfile], events: Iterable[EventListed], now: datetime
) -> Mapping[UUID, CustomerMatches]:
    """The matches of each customer when nothing is approved yet."""
    engine = Engine(MatchmakingSettings().rules(read_taxonomy().tree))
    engine.apply(ClockTicked(now))
    for event in events:
        engine.apply(EventReplaced(event_of(event)))
    for profile in profiles:
        engine.apply(CustomerReplaced(customer_of(profile)))
    touched = engine.settle().touched
    return {p.customer_id: record_of(p, now) for p in engine.describe(touched)}


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
