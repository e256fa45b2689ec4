"""How much it is worth to invite a customer to an event, in parts that can be told.

The log-odds that he wants to come are a sum of named contributions; that he accepts takes that he can, too: neither his agenda nor
his employer stand in the way (``free``). What we do not know of him contributes nothing; it widens the uncertainty, which pulls the
probability towards one half. Interests count with the confidence that will be left of them when
the event begins, so that a score does not depend on when it was computed.

probability that he accepts = free x logistic(log-odds), on average over what is uncertain
weight = value of the customer x probability that he accepts x how well the event will suit him
"""

from dataclasses import dataclass

import numpy as np

from kindred_matching.domain.circumstances import (
    ACCOMPANIED,
    ALONE,
    comes_in_company,
    company,
    distance,
    loyalty,
    manner,
    recent_moment,
    weekday,
)
from kindred_matching.domain.events import EventView
from kindred_matching.domain.exact import Floats, logistic, quantise
from kindred_matching.domain.facts import Customer
from kindred_matching.domain.lens import Lens
from kindred_matching.domain.lessons import Lessons
from kindred_matching.domain.parts import (
    Contribution,
    Part,
    constant,
    doubt,
    strongest_first,
    total,
)
from kindred_matching.domain.tastes import (
    experience,
    in_general,
    interests,
    kinds,
    novelty,
    openness,
)
from kindred_matching.domain.worth import worth

__all__ = ["ABSENT", "ACCOMPANIED", "ALONE", "Contribution", "Scores", "moderated", "score"]

ABSENT = -1.0
"""The weight of an option that does not exist: weights are never below 0."""


@dataclass(frozen=True, slots=True)
class Scores:
    """A customer's scores for some events; arrays have a row for each event and a column for each option.

    The options are to come alone and to come in company; ``weight`` is ``ABSENT`` where there is no such option. ``variance`` is
    that of the log-odds.
    """

    weight: Floats
    log_odds: Floats
    variance: Floats
    probability: Floats
    fit: Floats
    value: Floats
    parts: tuple[Part, ...]
    company: Part

    def contributions(self, row: int, option: int) -> tuple[Contribution, ...]:
        """What adds up to the log-odds of one option, the strongest first."""
        told = [each for part in self.parts for each in part.contributions(row)]
        told.append(Contribution("companion", float(self.company.amounts[0, option])))
        return strongest_first(told)


def score(customer: Customer, events: EventView, lens: Lens, lessons: Lessons = ()) -> Scores:
    """Scores the customer for every event of the view, whether he may come or not."""
    taste = (
        interests(customer, events, lens, lessons),
        kinds(customer, events, lens),
        in_general(events, lens),
        experience(events, lens, lessons),
    )
    rest = (
        constant(lens, "base", "base", len(events)),
        weekday(events, lens),
        distance(customer, events, lens),
        loyalty(customer, events, lens),
        recent_moment(customer, events, lens),
        manner(customer, events, lens),
        novelty(events, lens, lessons),
        openness(events, lens, lessons),
    )
    parts, both_ways = (*taste, *rest), company(customer, lens)
    log_odds, variance = total(parts)[:, None] + both_ways.amounts, doubt(parts)
    probability = lens.weight("free") * moderated(log_odds, variance[:, None])
    fit = moderated(total(taste), doubt(taste))
    value = worth(customer, events)
    weight = quantise(value[:, None] * probability * fit[:, None])
    weight[:, ACCOMPANIED] = np.where(
        comes_in_company(customer, events), weight[:, ACCOMPANIED], ABSENT
    )
    return Scores(weight, log_odds, variance, probability, fit, value, parts, both_ways)


def moderated(log_odds: Floats, variance: Floats) -> Floats:
    """The mean probability when the log-odds are normally distributed around what we expect (MacKay 1992)."""
    return logistic(log_odds / np.sqrt(1.0 + (np.pi / 8.0) * variance))
