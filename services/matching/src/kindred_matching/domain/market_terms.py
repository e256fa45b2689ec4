"""Assessments and events as the market knows them."""

import numpy as np

from kindred_matching.domain.assessment import Assessment
from kindred_matching.domain.events import EventTable
from kindred_matching.domain.market.problem import EventDetails, Row
from kindred_matching.domain.slots import Slot


def row_of(assessment: Assessment) -> Row:
    """The options that a customer may choose from, by place and seats."""
    view = assessment.view
    # Twice the place in the order of places, and one more for company: so they come in order.
    found = np.flatnonzero(assessment.open.take(view.by_place, axis=0))
    row, company = view.by_place.take(found >> 1), found & 1
    weight = assessment.weight.ravel().take(2 * row + company)
    return Row(view.places.take(row), company + 1, weight)


def details_of(table: EventTable, event: Slot) -> EventDetails:
    """The event in that place, as the market knows events."""
    row = table.rows[event]
    # The market sees for itself what overlaps; while nothing else excludes anything, its oracle is the faster one.
    at_once = (table.rows["start"] < row["end"]) & (row["start"] < table.rows["end"])
    others = np.flatnonzero(table.conflict[event] & ~at_once)
    return EventDetails(
        seats=int(max(0, row["seats"] - row["held"])),
        start=int(row["start"]),
        end=int(row["end"]),
        cost=float(row["cost"]),
        year=int(row["year"]),
        conflicts=tuple(others.tolist()),
    )
