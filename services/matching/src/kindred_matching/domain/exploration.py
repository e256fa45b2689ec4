"""Invitations for the sake of learning: a few pairs drawn at random, and a bonus for what is uncertain.

Both stay out of the certified weights. A drawn pair is offered to the allocator as a fixed one, with the chance at which it was
drawn, so that what follows from it can be weighted by that (inverse propensity): outcomes of pairs that the model chose tell only
how it does where it is sure of itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from kindred_matching.domain.chance import unit
from kindred_matching.domain.exact import Floats, logistic, quantise
from kindred_matching.domain.lens import Lens
from kindred_matching.domain.scoring import ABSENT, Scores

SHARE = 0.015
"""The share of all invitations that should be drawn: many more cost more than they teach."""


@dataclass(frozen=True, slots=True)
class Draw:
    """A pair drawn at random in a period; ``propensity`` is the chance at which it was to be drawn."""

    customer_id: UUID
    event_id: UUID
    propensity: float
    period: str


def draw(customer_id: UUID, period: str, events: Sequence[UUID], chance: float) -> Draw | None:
    """The pair drawn for a customer in a period, if any: decided by the identifiers alone, whoever asks and how often.

    ``events`` are those to which he may be invited, ``chance`` is that of any pair: :data:`SHARE` times the invitations that a
    customer gets in a period.
    """
    if not events or not falls(customer_id, period, chance):
        return None
    ordered = sorted(events)
    place = int(unit("which", customer_id, period) * len(ordered))
    return Draw(customer_id, ordered[place], chance / len(ordered), period)


def falls(customer_id: UUID, period: str, chance: float) -> bool:
    """Whether a pair is drawn for the customer in a period, if there is one to draw."""
    return unit("whether", customer_id, period) < chance


def optimism(scores: Scores, lens: Lens, width: float) -> Floats:
    """What the weights would gain if the log-odds were ``width`` standard deviations better (upper confidence bound).

    0 for options that do not exist, and nowhere below 0.
    """
    best = scores.log_odds + width * np.sqrt(scores.variance)[:, None]
    hoped = quantise(
        lens.weight("free") * scores.value[:, None] * logistic(best) * scores.fit[:, None]
    )
    bonus: Floats = np.where(scores.weight == ABSENT, 0.0, np.maximum(0.0, hoped - scores.weight))
    return bonus
