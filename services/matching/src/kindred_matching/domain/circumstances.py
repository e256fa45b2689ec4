"""What speaks for or against coming, whatever the event is about: day, distance, loyalty, company, the manner of asking."""

from dataclasses import replace

import numpy as np

from kindred_matching.domain.events import EventView
from kindred_matching.domain.exact import Floats
from kindred_matching.domain.facts import Customer
from kindred_matching.domain.lens import Lens
from kindred_matching.domain.lessons import DAYS
from kindred_matching.domain.parts import Part, constant, nothing, weighed
from kindred_matching.domain.travel import Bools, distances_km
from kindred_matching.domain.vocabulary import COMPANY, WEEKDAYS

DAY = 86_400.0
RECENT_DAYS, NEGLECTED_DAYS = 45.0, 365.0
PROMOTER, PASSIVE = 9, 7
FARTHEST_KM = 300.0
DISTANCE_DOUBT = 0.25
"""The standard deviation of what a distance that is not known would add, as a part of what 100 km do."""

USUAL_MANNER = "email"
"""How a customer is asked who did not say how he likes to be."""

ALONE, ACCOMPANIED = 0, 1


def weekday(events: EventView, lens: Lens) -> Part:
    """How the days of the week that the event touches, each for its share, go down with everybody, against the mean of all days.

    What all days have in common is the base's. It is told as one: of days that an event is not on there is nothing to say.
    """
    touched = (events.rows["weekdays"][:, None] >> np.arange(len(WEEKDAYS))) & 1
    number = touched.sum(axis=1, keepdims=True)
    features = np.where(number > 0, touched / np.maximum(1, number) - 1.0 / len(WEEKDAYS), 0.0)
    days = weighed(lens, [("day", f"{DAYS}{day}") for day in WEEKDAYS], features)
    return replace(days, names=["day"], amounts=days.amounts.sum(axis=1, keepdims=True))


def distance(customer: Customer, events: EventView, lens: Lens) -> Part:
    """A hundred kilometres, at most three; nothing for what is online, and doubt where a place is not known."""
    km = distances_km(customer.home, events.rows["latitude"], events.rows["longitude"])
    far = np.where(events.rows["online"], 0.0, np.minimum(km, FARTHEST_KM))
    variance = np.where(
        np.isnan(far), (DISTANCE_DOUBT * lens.weight("distance_per_100_km")) ** 2, 0.0
    )
    features = np.nan_to_num(far)[:, None] / 100.0
    return weighed(lens, [("distance", "distance_per_100_km")], features, variance)


def loyalty(customer: Customer, events: EventView, lens: Lens) -> Part:
    """His answer to the recommendation question."""
    if customer.nps is None:
        return nothing(lens, len(events), loyalty_doubt(lens))
    return constant(lens, "loyalty", _loyalty_term(customer.nps), len(events))


def loyalty_doubt(lens: Lens) -> float:
    """The variance of what his answer would add, as long as he was not asked."""
    apart = lens.weight("promoter") - lens.weight("detractor")
    return float((apart / 2 * lens.prior.unknown) ** 2)


def _loyalty_term(nps: int) -> str:
    if nps >= PROMOTER:
        return "promoter"
    return "passive" if nps >= PASSIVE else "detractor"


def recent_moment(customer: Customer, events: EventView, lens: Lens) -> Part:
    """Who was our guest a short while before the event."""
    recent = days_since_moment(customer, events) < RECENT_DAYS
    return weighed(lens, [("recent-moment", "recent_moment")], recent[:, None].astype(np.float64))


def days_since_moment(customer: Customer, events: EventView) -> Floats:
    """Days from the customer's last moment to each event; without end when there was none."""
    if customer.last_attended_at is None:
        return np.full(len(events), np.inf)
    days: Floats = (events.rows["start"] - customer.last_attended_at.timestamp()) / DAY
    return days


def manner(customer: Customer, events: EventView, lens: Lens) -> Part:
    """The manner in which he is asked: the one that he prefers."""
    return constant(lens, "manner", manner_term(customer.manner), len(events))


def manner_term(manner: str | None) -> str:
    """The term of a manner of asking; None is the usual one."""
    return f"manner:{manner or USUAL_MANNER}"


def comes_in_company(customer: Customer, events: EventView) -> Bools:
    """Where the customer may bring whom he wishes to bring."""
    allowed: Bools = events.rows["companion"] & (customer.companion_wish in COMPANY)
    return allowed


def company(customer: Customer, lens: Lens) -> Part:
    """What it does to come alone (first column) or in company (second), for one who wishes company."""
    wishes = np.full((1, 2), float(customer.companion_wish in COMPANY))
    columns = [("companion", "without_company"), ("companion", "in_company")]
    return weighed(lens, columns, wishes)
