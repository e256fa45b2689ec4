"""How much it is worth to invite a customer to an event, in parts that can be told.

The log-odds that he accepts are a sum of named contributions. What we do not know of him contributes nothing; it widens the
uncertainty, which pulls the probability towards one half. Interests count with the confidence that will be left of them when
the event begins, so that a score does not depend on when it was computed.

weight = value of the customer x probability that he accepts x how well the event will suit him
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kindred_matching.domain.events import EventView
from kindred_matching.domain.exact import Floats, halved, logistic, quantise
from kindred_matching.domain.facts import Customer
from kindred_matching.domain.rules import Coefficients
from kindred_matching.domain.travel import Bools, distances_km
from kindred_matching.domain.vocabulary import COMPANY

ABSENT = -1.0
"""The weight of an option that does not exist: weights are never below 0."""

ALONE, ACCOMPANIED = 0, 1
DAY = 86_400.0
RECENT_DAYS, NEGLECTED_DAYS = 45.0, 365.0
PROMOTER, PASSIVE = 9, 7


@dataclass(frozen=True, slots=True)
class Contribution:
    """One named part of the log-odds."""

    name: str
    amount: float


@dataclass(frozen=True, slots=True)
class _Part:
    """One thing's contribution to each event (and option), and the variance of what is not known about it."""

    names: Sequence[str]
    amounts: Floats
    variance: Floats


@dataclass(frozen=True, slots=True)
class Scores:
    """A customer's scores for some events; arrays have a row for each event and a column for each option.

    The options are to come alone and to come in company; ``weight`` is ``ABSENT`` where there is no such option.
    """

    weight: Floats
    log_odds: Floats
    probability: Floats
    fit: Floats
    value: Floats
    parts: tuple[_Part, ...]
    company: _Part

    def contributions(self, row: int, option: int) -> tuple[Contribution, ...]:
        """What adds up to the log-odds of one option, the strongest first."""
        told = [
            Contribution(name, float(part.amounts[row, column]))
            for part in self.parts
            for column, name in enumerate(part.names)
        ]
        told.append(Contribution("companion", float(self.company.amounts[row, option])))
        kept = [part for part in told if part.amount != 0.0 or part.name == "base"]
        return tuple(sorted(kept, key=lambda part: (-abs(part.amount), part.name)))


def score(customer: Customer, events: EventView, coefficients: Coefficients) -> Scores:
    """Scores the customer for every event of the view, whether he may come or not."""
    taste = (_interests(customer, events, coefficients), _kinds(customer, events, coefficients))
    rest = (
        _constant("base", coefficients.base, events),
        _distance(customer, events, coefficients),
        _loyalty(customer, events, coefficients),
        _recent_moment(customer, events, coefficients),
    )
    company = _company(customer, events, coefficients)
    parts = (*taste, *rest)
    log_odds = _total(parts)[:, None] + company.amounts
    probability = _expected(log_odds, _variance(parts)[:, None])
    fit = _expected(_total(taste), _variance(taste))
    value = _value(customer, events)
    weight = quantise(value[:, None] * probability * fit[:, None])
    weight[:, ACCOMPANIED] = np.where(
        _comes_in_company(customer, events), weight[:, ACCOMPANIED], ABSENT
    )
    return Scores(weight, log_odds, probability, fit, value, parts, company)


def _total(parts: Sequence[_Part]) -> Floats:
    total: Floats = sum((part.amounts.sum(axis=1) for part in parts), np.zeros(1))
    return total


def _variance(parts: Sequence[_Part]) -> Floats:
    total: Floats = sum((part.variance for part in parts), np.zeros(1))
    return total


def _expected(log_odds: Floats, variance: Floats) -> Floats:
    """The mean probability when the log-odds are normally distributed around what we expect."""
    return logistic(log_odds / np.sqrt(1.0 + (np.pi / 8.0) * variance))


def _interests(customer: Customer, events: EventView, coefficients: Coefficients) -> _Part:
    """Each theme of an event that the customer spoke of; the other themes only add uncertainty."""
    strength = coefficients.interest * events.themes
    open_questions = (strength**2).sum(axis=1)
    spoken = [
        (interest, number)
        for interest in customer.interests
        if (number := events.theme_numbers.find(interest.theme)) >= 0
    ]
    columns = strength[:, [number for _, number in spoken]]
    observed = np.array([interest.observed_at.timestamp() for interest, _ in spoken])
    confidence = np.array([interest.confidence for interest, _ in spoken])
    taste = np.array([2.0 * interest.value - 1.0 for interest, _ in spoken])
    age = (events.rows["start"][:, None] - observed[None, :]) / DAY
    left = quantise(confidence * halved(age, coefficients.half_life_days))
    answered = quantise((columns * left) ** 2).sum(axis=1)
    variance = np.maximum(0.0, quantise(open_questions) - answered) * coefficients.unknown**2
    names = [f"interest:{interest.theme}" for interest, _ in spoken]
    return _Part(names, quantise(columns * left * taste), variance)


def _kinds(customer: Customer, events: EventView, coefficients: Coefficients) -> _Part:
    kinds = events.rows["kind"]
    known = [
        (kind, value, number)
        for kind, value in customer.kinds
        if (number := events.kind_numbers.find(kind)) >= 0
    ]
    of_kind = kinds[:, None] == np.array([number for _, _, number in known], dtype=np.int32)
    taste = np.array([2.0 * value - 1.0 for _, value, _ in known])
    amounts = np.where(of_kind, quantise(coefficients.kind * taste), 0.0)
    unknown = ~of_kind.any(axis=1)
    variance = np.where(unknown, (coefficients.kind * coefficients.unknown) ** 2, 0.0)
    return _Part([f"kind:{kind}" for kind, _, _ in known], amounts, variance)


def _constant(name: str, amount: float, events: EventView) -> _Part:
    size = len(events)
    return _Part([name], np.full((size, 1), quantise(np.array(amount))), np.zeros(size))


def _distance(customer: Customer, events: EventView, coefficients: Coefficients) -> _Part:
    km = distances_km(customer.home, events.rows["latitude"], events.rows["longitude"])
    far = np.where(events.rows["online"], 0.0, np.minimum(km, 300.0))
    unknown = np.isnan(far)
    amounts = quantise(coefficients.distance_per_100_km * np.nan_to_num(far) / 100.0)
    doubt = (0.25 * coefficients.distance_per_100_km) ** 2
    return _Part(["distance"], amounts[:, None], np.where(unknown, doubt, 0.0))


def _loyalty(customer: Customer, events: EventView, coefficients: Coefficients) -> _Part:
    if customer.nps is None:
        doubt = (coefficients.promoter - coefficients.detractor) / 2 * coefficients.unknown
        return _Part([], np.zeros((len(events), 0)), np.full(len(events), doubt**2))
    if customer.nps >= PROMOTER:
        return _constant("loyalty", coefficients.promoter, events)
    if customer.nps >= PASSIVE:
        return _constant("loyalty", coefficients.passive, events)
    return _constant("loyalty", coefficients.detractor, events)


def _recent_moment(customer: Customer, events: EventView, coefficients: Coefficients) -> _Part:
    recent = _days_since_moment(customer, events) < RECENT_DAYS
    amounts = np.where(recent, quantise(np.array(coefficients.recent_moment)), 0.0)
    return _Part(["recent-moment"], amounts[:, None], np.zeros(len(events)))


def _days_since_moment(customer: Customer, events: EventView) -> Floats:
    if customer.last_attended_at is None:
        return np.full(len(events), np.inf)
    days: Floats = (events.rows["start"] - customer.last_attended_at.timestamp()) / DAY
    return days


def _comes_in_company(customer: Customer, events: EventView) -> Bools:
    allowed: Bools = events.rows["companion"] & (customer.companion_wish in COMPANY)
    return allowed


def _company(customer: Customer, events: EventView, coefficients: Coefficients) -> _Part:
    amounts = np.zeros((len(events), 2))
    if customer.companion_wish in COMPANY:
        amounts[:, ALONE] = quantise(np.array(coefficients.without_company))
        amounts[:, ACCOMPANIED] = quantise(np.array(coefficients.in_company))
    return _Part(["companion"], amounts, np.zeros(len(events)))


def _value(customer: Customer, events: EventView) -> Floats:
    """The account's value times the customer's potential; a promoter without a moment for a year is raised."""
    neglected = _days_since_moment(customer, events) >= NEGLECTED_DAYS
    raised = np.where(neglected & (_potential(customer.nps) == PROMOTER_POTENTIAL), 1.25, 1.0)
    value: Floats = customer.account_value * _potential(customer.nps) * raised
    return value


PROMOTER_POTENTIAL, PASSIVE_POTENTIAL, DETRACTOR_POTENTIAL = 1.1, 1.2, 0.8


def _potential(nps: int | None) -> float:
    """Passives can still become loyal, promoters bring others; a detractor first needs something else than an event."""
    if nps is None:
        return 1.0
    if nps >= PROMOTER:
        return PROMOTER_POTENTIAL
    return PASSIVE_POTENTIAL if nps >= PASSIVE else DETRACTOR_POTENTIAL
