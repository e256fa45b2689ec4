"""All events in flat arrays, so that a customer is compared with every one of them at once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from math import floor
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from kindred_matching.domain.exact import Floats
from kindred_matching.domain.facts import Event, Place
from kindred_matching.domain.naming import Names
from kindred_matching.domain.slots import Places, Slot, Slots
from kindred_matching.domain.travel import Bools, clashes, distances_km, travel_seconds
from kindred_matching.domain.vocabulary import ONLINE, SOCIAL_KINDS

Rows = NDArray[Any]
"""A structured array with the fields of ``ROW``."""

Columns = dict[str, NDArray[Any]]

ROW = np.dtype(
    [
        ("listed", "?"),  # the place is taken
        ("open", "?"),  # not cancelled
        ("live", "?"),  # open and not begun
        ("start", "i8"),
        ("end", "i8"),
        ("latitude", "f8"),
        ("longitude", "f8"),
        ("online", "?"),
        ("social", "?"),
        ("kind", "i4"),
        ("languages", "u8"),
        ("weekdays", "u1"),
        ("companion", "?"),
        ("seats", "i8"),
        ("held", "i8"),
        ("cost", "i8"),
        ("minimum_age", "i8"),
        ("begins_in", "i8"),  # the year, in UTC
        ("year", "i4"),
    ]
)


def seconds(moment: datetime) -> int:
    """Whole seconds since 1970: the grain in which all times are compared."""
    return floor(moment.timestamp())


@dataclass(frozen=True, slots=True)
class Subjects:
    """What the events of a view are about: one line for each theme of each event.

    ``event`` is a row of the view, ``theme`` a number, ``strength`` how much of the event it is.
    """

    event: Places
    theme: Places
    strength: Floats

    @classmethod
    def of(cls, themes: Floats) -> "Subjects":
        """The subjects of events (rows) with these strengths of themes (columns)."""
        event, theme = np.nonzero(themes)
        return cls(event, theme, themes[event, theme])

    def __len__(self) -> int:
        return len(self.event)


@dataclass(frozen=True, slots=True)
class EventView:
    """Some of the events (``places``), in this order; ``rows`` holds each field of ``ROW`` as an array.

    ``themes`` has a column for each theme, ``subjects`` lists the same. ``by_place`` are the rows in the order of places.
    """

    places: Places
    by_place: Places
    rows: Columns
    themes: Floats
    subjects: Subjects
    theme_numbers: Names
    kind_numbers: Names
    language_numbers: Names

    def __len__(self) -> int:
        return len(self.places)

    def only(self, rows: Places) -> "EventView":
        """Some of the rows, in this order."""
        themes = self.themes[rows]
        return replace(
            self,
            places=self.places[rows],
            by_place=np.argsort(self.places[rows]),
            rows={name: column[rows] for name, column in self.rows.items()},
            themes=themes,
            subjects=Subjects.of(themes),
        )


class EventTable:
    """The events by place, which pairs of them clash, and how many of their seats are given."""

    def __init__(self, slots: Slots | None = None) -> None:
        self.slots = slots or Slots()
        self.years: list[int] = []
        self._capacity = max(16, len(self.slots))
        self.rows: Rows = np.zeros(self._capacity, dtype=ROW)
        self._themes: Floats = np.zeros((self._capacity, 16))
        self.conflict: Bools = np.zeros((self._capacity, self._capacity), dtype=np.bool_)
        self._theme_numbers, self._kind_numbers, self._language_numbers = Names(), Names(), Names()

    @property
    def capacity(self) -> int:
        return self._capacity

    def put(self, event: Event, now: datetime) -> Slot:
        """Enters the event as it is now, whatever stood in its place before."""
        place = self.slots.take(event.id)
        if place >= self._capacity:
            self._grow()
        held = int(self.rows["held"][place])
        self.rows[place] = self._row(event, now, held)
        self._put_themes(place, event)
        self._put_conflicts(place)
        return place

    def remove(self, event_id: UUID) -> Slot:
        """Frees the event's place."""
        place = self.slots.leave(event_id)
        self.rows[place] = np.zeros(1, dtype=ROW)[0]
        self._themes[place] = 0.0
        self.conflict[place] = False
        self.conflict[:, place] = False
        return place

    def begin(self, before: datetime, now: datetime) -> Places:
        """Marks what began between two moments as no longer live and returns it, cancelled events included."""
        start = self.rows["start"]
        later, by_now = start > seconds(before), start <= seconds(now)
        begun: Places = np.flatnonzero(self.rows["listed"] & later & by_now)
        self.rows["live"][begun] = False
        return begun

    def live(self) -> Places:
        """The places of the events on offer, in the order of their identifiers."""
        places = self.slots.in_order()
        live: Places = places[self.rows["live"][places]]
        return live

    def shown(self) -> Places:
        """The places of the events that are not cancelled, those that have begun included, in order."""
        places = self.slots.in_order()
        shown: Places = places[self.rows["open"][places]]
        return shown

    def free_seats(self) -> NDArray[np.int64]:
        """The seats of each event that are not given to anybody, never below 0."""
        free: NDArray[np.int64] = np.maximum(0, self.rows["seats"] - self.rows["held"])
        return free

    def given_cost(self) -> int:
        """What the seats cost that were given at events that are not cancelled, in cents."""
        rows = self.rows[self.rows["open"]]
        return int((rows["held"] * rows["cost"]).sum())

    def view(self, places: Places | Sequence[int]) -> EventView:
        chosen = np.asarray(places, dtype=np.int64)
        themes = self._themes[chosen]
        return EventView(
            chosen,
            np.argsort(chosen),
            {name: self.rows[name][chosen] for name in ROW.names or ()},
            themes,
            Subjects.of(themes),
            self._theme_numbers,
            self._kind_numbers,
            self._language_numbers,
        )

    def year_number(self, year: int) -> int:
        """The column in which a year's hospitality is counted."""
        if year not in self.years:
            self.years.append(year)
        return self.years.index(year)

    def _row(self, event: Event, now: datetime, held: int) -> tuple[Any, ...]:
        place, year = event.place, event.starts_at.astimezone(UTC).year
        return (
            True,
            event.open,
            event.open and seconds(event.starts_at) > seconds(now),
            seconds(event.starts_at),
            seconds(event.ends_at),
            place.latitude if place else np.nan,
            place.longitude if place else np.nan,
            event.kind == ONLINE,
            event.kind in SOCIAL_KINDS,
            self._kind_numbers.of(event.kind),
            sum(1 << self._language_numbers.of(language) for language in set(event.languages)),
            sum(1 << day for day in set(event.weekdays)),
            event.companion_allowed,
            event.seats,
            held,
            event.cost,
            event.minimum_age,
            year,
            self.year_number(year),
        )

    def _put_themes(self, place: Slot, event: Event) -> None:
        self._themes[place] = 0.0
        for theme, weight in event.themes:
            number = self._theme_numbers.of(theme)
            if number >= self._themes.shape[1]:
                self._themes = np.pad(self._themes, ((0, 0), (0, self._themes.shape[1])))
            self._themes[place, number] = weight

    def _put_conflicts(self, place: Slot) -> None:
        rows, row = self.rows, self.rows[place]
        self.conflict[place] = self.clashes_with(int(row["start"]), int(row["end"]), place)
        self.conflict[place] &= rows["listed"]
        self.conflict[place, place] = True
        self.conflict[:, place] = self.conflict[place]

    def clashes_with(self, start: int, end: int, place: Slot | None = None) -> Bools:
        """Which places hold events that cannot be attended beside [start, end) at the ``place`` of an event."""
        rows = self.rows
        travel = np.zeros(self._capacity, dtype=np.int64)
        if place is not None and not rows["online"][place]:
            travel = self._travel_from(place)
        return clashes(start, end, rows["start"], rows["end"], travel)

    def _travel_from(self, place: Slot) -> NDArray[np.int64]:
        row = self.rows[place]
        if np.isnan(row["latitude"]):
            return np.zeros(self._capacity, dtype=np.int64)
        here = Place(float(row["latitude"]), float(row["longitude"]))
        km = distances_km(here, self.rows["latitude"], self.rows["longitude"])
        return np.where(self.rows["online"], 0, travel_seconds(km))

    def _grow(self) -> None:
        more = self._capacity
        self.rows = np.concatenate([self.rows, np.zeros(more, dtype=ROW)])
        self._themes = np.pad(self._themes, ((0, more), (0, 0)))
        self.conflict = np.pad(self.conflict, ((0, more), (0, more)))
        self._capacity += more
