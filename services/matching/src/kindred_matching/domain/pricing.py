"""Fills a customer's row of the board from what is known of him and of the events."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from kindred_matching.domain.board import Board
from kindred_matching.domain.commitments import Commitment
from kindred_matching.domain.eligibility import Standing, companion_refused, refusals
from kindred_matching.domain.events import EventTable, EventView, seconds
from kindred_matching.domain.facts import Customer
from kindred_matching.domain.lens import Outlook
from kindred_matching.domain.rules import Rules
from kindred_matching.domain.scoring import ABSENT, ACCOMPANIED, score
from kindred_matching.domain.slots import Slot
from kindred_matching.domain.travel import Bools

Commitments = Mapping[UUID, Commitment]
"""One customer's commitments by event."""


def standing_of(
    commitments: Commitments, events: EventTable, view: EventView, rules: Rules, now: datetime
) -> Standing:
    """What the customer's commitments mean for the events of the view."""
    declined = np.zeros(events.capacity, dtype=np.bool_)
    for event_id, commitment in commitments.items():
        place = events.slots.find(event_id)
        if place is not None and not commitment.fixed:
            declined[place] = True
    room = room_of(commitments, events, rules)
    return Standing(declined[view.places], room[view.rows["year"]], seconds(now))


def room_of(commitments: Commitments, events: EventTable, rules: Rules) -> NDArray[np.int64]:
    """The cents of hospitality that are left for the customer, by number of the year."""
    room = np.full(max(1, len(events.years)), rules.hospitality_per_year, dtype=np.int64)
    for commitment in commitments.values():
        place = events.slots.find(commitment.event_id)
        if not commitment.fixed or _called_off(events, place):
            continue
        if place is not None:
            year, cost = int(events.rows["year"][place]), int(events.rows["cost"][place])
        else:
            year = _number_of(events, commitment.starts_at.astimezone(UTC).year)
            cost = commitment.cost
        if year >= 0:
            room[year] -= cost * commitment.seats
    return room


def cap_of(commitments: Commitments, events: EventTable, rules: Rules, now: datetime) -> int:
    """How many more invitations the customer may get: those for events to come count, declined ones too."""
    used = 0
    for commitment in commitments.values():
        place = events.slots.find(commitment.event_id)
        if commitment.counts_under_cap and not _called_off(events, place):
            used += starts_after(commitment, events, now)
    return max(0, rules.cap - used)


def starts_after(commitment: Commitment, events: EventTable, moment: datetime) -> bool:
    """Whether the event of the commitment begins after ``moment``, by the catalogue when it is there."""
    place = events.slots.find(commitment.event_id)
    if place is None:
        return seconds(commitment.starts_at) > seconds(moment)
    return bool(events.rows["start"][place] > seconds(moment))


def busy_with(commitments: Commitments, events: EventTable) -> Bools:
    """Where events clash with what the customer is committed to."""
    busy = np.zeros(events.capacity, dtype=np.bool_)
    for commitment in commitments.values():
        place = events.slots.find(commitment.event_id)
        if not commitment.fixed or _called_off(events, place):
            continue
        if place is not None:
            busy |= events.conflict[place]
        else:
            start, end = seconds(commitment.starts_at), seconds(commitment.ends_at)
            busy |= events.clashes_with(start, end)
    return busy


@dataclass(frozen=True, slots=True)
class Pricing:
    """Computes rows of one board at one moment, under one set of rules."""

    board: Board
    rules: Rules
    now: datetime

    def fill_limits(self, place: Slot, commitments: Commitments) -> None:
        """Writes what the customer's commitments leave him: cap, hospitality, and which pairs are fixed."""
        board, events = self.board, self.board.events
        board.cap[place] = cap_of(commitments, events, self.rules, self.now)
        room = room_of(commitments, events, self.rules)
        board.room[place, : len(room)] = room
        board.fixed[place] = 0
        for event_id, commitment in commitments.items():
            event = events.slots.find(event_id)
            if event is not None and commitment.fixed:
                board.fixed[place, event] = commitment.seats

    def fill_pairs(
        self, customer: Customer, outlook: Outlook, commitments: Commitments, view: EventView
    ) -> bool:
        """Writes weights and refusals of the customer's pairs with the events of the view; tells whether any is new."""
        board, place = self.board, self.board.customers.take(customer.id)
        standing = standing_of(commitments, board.events, view, self.rules, self.now)
        weight = score(customer, view, *outlook).weight
        weight[companion_refused(customer, view, standing), ACCOMPANIED] = ABSENT
        masks = refusals(customer, view, standing)
        busy = busy_with(commitments, board.events)[view.places]
        pairs = (place, view.places)
        same = (
            np.array_equal(board.weight[pairs], weight)
            and np.array_equal(board.refused[pairs], masks)
            and np.array_equal(board.busy[pairs], busy)
        )
        board.weight[pairs], board.refused[pairs], board.busy[pairs] = weight, masks, busy
        return not same


def _called_off(events: EventTable, place: Slot | None) -> bool:
    return place is not None and not events.rows["open"][place]


def _number_of(events: EventTable, year: int) -> int:
    return events.years.index(year) if year in events.years else -1
