"""What planners describe, in whichever form it comes, as a domain value."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from kindred_common.contracts.invitations import EventTheme
from kindred_common.contracts.profile import Place
from kindred_common.contracts.vocabulary import EventKind, Language
from kindred_invitations.domain.event import EventDetails


class Planned(Protocol):
    """The fields that the API's events and other systems' records share."""

    @property
    def kind(self) -> EventKind: ...
    @property
    def title(self) -> str: ...
    @property
    def themes(self) -> Sequence[EventTheme]: ...
    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...
    @property
    def zone(self) -> str: ...
    @property
    def place_name(self) -> str | None: ...
    @property
    def place(self) -> Place | None: ...
    @property
    def languages(self) -> Sequence[Language]: ...
    @property
    def seats(self) -> int: ...
    @property
    def companion_allowed(self) -> bool: ...
    @property
    def hospitality_value(self) -> float: ...
    @property
    def minimum_age(self) -> int: ...


def details_of(planned: Planned) -> EventDetails:
    """The details of an event."""
    place = planned.place
    return EventDetails(
        kind=planned.kind,
        title=planned.title,
        themes=tuple((theme.theme, theme.weight) for theme in planned.themes),
        starts_at=planned.starts_at,
        ends_at=planned.ends_at,
        zone=planned.zone,
        place_name=planned.place_name,
        place=None if place is None else (place.latitude, place.longitude),
        languages=tuple(planned.languages),
        seats=planned.seats,
        companion_allowed=planned.companion_allowed,
        hospitality_value=planned.hospitality_value,
        minimum_age=planned.minimum_age,
    )
