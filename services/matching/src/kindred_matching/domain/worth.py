"""What a customer is worth to the company that invites him."""

import numpy as np

from kindred_matching.domain.circumstances import (
    NEGLECTED_DAYS,
    PASSIVE,
    PROMOTER,
    days_since_moment,
)
from kindred_matching.domain.events import EventView
from kindred_matching.domain.exact import Floats
from kindred_matching.domain.facts import Customer

PROMOTER_POTENTIAL, PASSIVE_POTENTIAL, DETRACTOR_POTENTIAL = 1.1, 1.2, 0.8
RAISED = 1.25


def worth(customer: Customer, events: EventView) -> Floats:
    """The account's value times the customer's potential; a promoter without a moment for a year is raised."""
    neglected = days_since_moment(customer, events) >= NEGLECTED_DAYS
    promotes = customer.nps is not None and customer.nps >= PROMOTER
    raised = np.where(neglected & promotes, RAISED, 1.0)
    value: Floats = customer.account_value * _potential(customer.nps) * raised
    return value


def potentials(nps: Floats) -> Floats:
    """The potential of many, by their answers; not a number is none."""
    found = np.where(nps >= PASSIVE, PASSIVE_POTENTIAL, DETRACTOR_POTENTIAL)
    found = np.where(nps >= PROMOTER, PROMOTER_POTENTIAL, found)
    return np.where(np.isnan(nps), 1.0, found)


def _potential(nps: int | None) -> float:
    """Passives can still become loyal, promoters bring others; a detractor first needs something else than an event."""
    if nps is None:
        return 1.0
    if nps >= PROMOTER:
        return PROMOTER_POTENTIAL
    return PASSIVE_POTENTIAL if nps >= PASSIVE else DETRACTOR_POTENTIAL
