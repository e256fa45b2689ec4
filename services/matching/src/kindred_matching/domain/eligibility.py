"""Which events a customer cannot be matched to, with every reason why."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kindred_matching.domain.events import EventView
from kindred_matching.domain.facts import Customer, Norm
from kindred_matching.domain.travel import Bools, distances_km
from kindred_matching.domain.vocabulary import BIT, Reason

Masks = NDArray[np.uint16]
"""Sets of refusing reasons, one bit each; 0 means that nothing refuses the pair."""

MOST_COST = 2**62
"""Cents that nothing costs."""

PUBLIC_SECTOR_NORM = Norm(max_value=0, business_only=True)
"""What holds for a public servant who has not been asked what he may accept."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What else bears on the pairs of a customer with the events of a view: one value for each event.

    ``declined`` pairs were declined or taken back, ``excluded`` ones are not wished for; ``room`` is the hospitality in cents that is left in the event's year.
    """

    declined: Bools
    excluded: Bools
    room: NDArray[np.int64]
    now: int


Rule = Callable[[Customer, EventView, Standing], Bools | bool]


def _norm(customer: Customer, events: EventView, _: Standing) -> Bools | bool:
    norm = customer.norm or (PUBLIC_SECTOR_NORM if customer.public_sector else None)
    if norm is None:
        return False
    most = MOST_COST if norm.max_value is None else norm.max_value
    too_dear: Bools = events.rows["cost"] > most
    if norm.business_only:
        too_dear |= events.rows["social"]
    return too_dear


def _blocked_days(customer: Customer, events: EventView, _: Standing) -> Bools:
    blocked = sum(1 << day for day in set(customer.blocked_weekdays) if 0 <= day <= 6)
    found: Bools = (events.rows["weekdays"] & np.uint8(blocked)) != 0
    return found


def _excluded_themes(customer: Customer, events: EventView, _: Standing) -> Bools:
    numbers = [events.theme_numbers.find(theme) for theme in customer.excluded_themes]
    themes = events.themes[:, [number for number in numbers if number >= 0]]
    found: Bools = np.logical_or.reduce(themes > 0, axis=1)
    return found


def _language(customer: Customer, events: EventView, _: Standing) -> Bools | bool:
    number = events.language_numbers.find(customer.language)
    if number < 0:
        return True
    missing: Bools = (events.rows["languages"] & np.uint64(1 << number)) == 0
    return missing


def _distance(customer: Customer, events: EventView, _: Standing) -> Bools | bool:
    if customer.max_distance_km is None:
        return False
    km = distances_km(customer.home, events.rows["latitude"], events.rows["longitude"])
    too_far: Bools = ~events.rows["online"] & (km > customer.max_distance_km)
    return too_far


RULES: tuple[tuple[Reason, Rule], ...] = (
    (Reason.INACTIVE, lambda customer, _events, _standing: not customer.active),
    (Reason.OBJECTION, lambda customer, _events, _standing: customer.objected),
    (
        Reason.CONSENT,
        # An objection closes the door by itself; what was granted before is beside the point then.
        lambda customer, _events, _standing: not (customer.may_be_invited or customer.objected),
    ),
    (Reason.NORM, _norm),
    (Reason.HOSPITALITY, lambda _customer, events, standing: events.rows["cost"] > standing.room),
    (
        Reason.OPEN_CASE,
        lambda customer, events, _standing: events.rows["social"] & customer.open_case,
    ),
    (Reason.BLOCKED_DAYS, _blocked_days),
    (Reason.EXCLUDED_THEMES, _excluded_themes),
    (Reason.LANGUAGE, _language),
    (Reason.DISTANCE, _distance),
    (Reason.PAST, lambda _customer, events, standing: events.rows["start"] <= standing.now),
    (Reason.DECLINED, lambda _customer, _events, standing: standing.declined),
    (Reason.EXCLUDED, lambda _customer, _events, standing: standing.excluded),
)
"""Every rule is asked about every event: a refusal tells all its reasons, not the first."""


def refusals(customer: Customer, events: EventView, standing: Standing) -> Masks:
    """For each event of the view the reasons that refuse it to the customer."""
    masks = np.zeros(len(events), dtype=np.uint16)
    for reason, rule in RULES:
        masks |= np.where(rule(customer, events, standing), np.uint16(BIT[reason]), np.uint16(0))
    return masks


def companion_refused(customer: Customer, events: EventView, standing: Standing) -> Bools:
    """Where coming alone may be allowed but a companion would make the invitation worth too much."""
    cost = 2 * events.rows["cost"]
    norm = customer.norm or (PUBLIC_SECTOR_NORM if customer.public_sector else None)
    refused: Bools = cost > standing.room
    if norm is not None and norm.max_value is not None:
        refused |= cost > norm.max_value
    return refused
