"""What we thought of a pair when the customer was invited: the side of a lesson that is known before the reply.

It is written down then, and not worked out when the reply comes, because the profile may know of the reply by that time.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from kindred_matching.domain.events import EventView
from kindred_matching.domain.facts import Customer, Event
from kindred_matching.domain.lens import Outlook
from kindred_matching.domain.lessons import KIND, OPENNESS, THEME
from kindred_matching.domain.parts import OWN
from kindred_matching.domain.scoring import ALONE, Scores, score
from kindred_matching.domain.tastes import kind_variance, theme_variances

OPENNESS_DOUBT = 0.5
"""The standard deviation among customers of how readily they accept, in log-odds."""


@dataclass(frozen=True, slots=True)
class OwnTerm:
    """A subject of the customer's own: how much of it is in the log-odds, and how unsure we were of it."""

    subject: str
    feature: float
    variance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """An invitation as it was made.

    ``terms`` are the features that shared weights are multiplied with, ``rest`` what the log-odds hold beside them. ``probability``
    is what was expected of it. ``sent`` once it left, ``decided`` once the customer said yes or no. ``drawn`` if it was drawn by lot.
    """

    customer_id: UUID
    event_id: UUID
    starts_at: datetime
    terms: tuple[tuple[str, float], ...]
    own: tuple[OwnTerm, ...]
    rest: float
    probability: float
    sent: bool = False
    decided: bool = False
    drawn: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """The way in which a customer is invited: ``option`` 0 alone or 1 in company, ``manner`` None for the one he prefers."""

    option: int = ALONE
    manner: str | None = None


def exposed(
    customer: Customer, event: Event, view: EventView, asked: Asked, outlook: Outlook
) -> Exposure:
    """The exposure of a customer to an event; the view shows this event alone."""
    invited = customer if asked.manner is None else replace(customer, manner=asked.manner)
    scores = score(invited, view, *outlook)
    terms = _terms(scores, event, asked.option)
    shared = sum(outlook.lens.weight(term) * feature for term, feature in terms)
    return Exposure(
        customer_id=customer.id,
        event_id=event.id,
        starts_at=event.starts_at,
        terms=terms,
        own=tuple(_own_terms(invited, event, view, outlook)),
        rest=float(scores.log_odds[0, asked.option]) - shared,
        probability=float(scores.probability[0, asked.option]),
    )


def _terms(scores: Scores, event: Event, option: int) -> tuple[tuple[str, float], ...]:
    """Every shared term that is in the log-odds, and those of the event's themes and kind, which may come to be there."""
    summed: dict[str, float] = {}
    for part in scores.parts:
        for term, feature in zip(part.terms, part.features[0].tolist(), strict=True):
            if term != OWN and not term.startswith((THEME, KIND)):
                summed[term] = summed.get(term, 0.0) + feature
    company = scores.company
    summed[company.terms[option]] = float(company.features[0, option])
    summed.update((f"{THEME}{name}", strength) for name, strength in event.themes)
    summed[f"{KIND}{event.kind}"] = 1.0
    return tuple(sorted((term, feature) for term, feature in summed.items() if feature))


def _own_terms(
    customer: Customer, event: Event, view: EventView, outlook: Outlook
) -> Iterator[OwnTerm]:
    yield OwnTerm(f"{KIND}{event.kind}", 1.0, kind_variance(customer, event.kind, *outlook))
    known = next((x.evidence for x in outlook.lessons if x.subject == OPENNESS), 0.0)
    yield OwnTerm(OPENNESS, 1.0, 1.0 / (1.0 / OPENNESS_DOUBT**2 + known))
    variances = theme_variances(customer, view, *outlook).tolist()
    by_number = dict(zip(view.subjects.theme.tolist(), variances, strict=True))
    for name, strength in sorted(dict(event.themes).items()):
        if strength:
            number = view.theme_numbers.find(name)
            yield OwnTerm(f"{THEME}{name}", strength, by_number[number])
