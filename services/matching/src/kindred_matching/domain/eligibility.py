"""Which events customers cannot be matched to, with every reason why."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from kindred_matching.domain.pairs import Pairs
from kindred_matching.domain.travel import Bools
from kindred_matching.domain.vocabulary import BIT, Reason

Masks = NDArray[np.uint16]
"""Sets of refusing reasons, one bit each; 0 means that nothing refuses the pair."""

OF_AGE = 18
"""The age of contacts who told none: who does business is of age."""

Rule = Callable[[Pairs], Bools]
"""Which pairs are refused: for each of them, or for each customer or event where that is all it depends on."""


def _norm(pairs: Pairs) -> Bools:
    people, events = pairs.people, pairs.events.rows
    too_dear: Bools = events["cost"] > people["most_cost"]
    return too_dear | (people["business_only"] & events["social"])


def _blocked_days(pairs: Pairs) -> Bools:
    found: Bools = (pairs.events.rows["weekdays"] & pairs.people["blocked"]) != 0
    return found


def _excluded_themes(pairs: Pairs) -> Bools:
    found, excluded = np.zeros(pairs.shape, dtype=np.bool_), pairs.people.excluded
    for person, theme in zip(excluded.person.tolist(), excluded.theme.tolist(), strict=True):
        found[person] |= pairs.events.themes[:, theme] > 0
    return found


def _language(pairs: Pairs) -> Bools:
    missing: Bools = (pairs.events.rows["languages"] & pairs.people["language"]) == 0
    return missing


def _distance(pairs: Pairs) -> Bools:
    too_far: Bools = ~pairs.events.rows["online"] & (pairs.km > pairs.people["farthest"])
    return too_far


def _age(pairs: Pairs) -> Bools:
    """Who may still have his birthday before him counts as younger; who told no year of birth has just come of age."""
    events, born = pairs.events.rows, pairs.people["birth_year"]
    surely = np.where(np.isnan(born), OF_AGE, events["begins_in"] - born - 1)
    too_young: Bools = surely < events["minimum_age"]
    return too_young


RULES: tuple[tuple[Reason, Rule], ...] = (
    (Reason.INACTIVE, lambda pairs: ~pairs.people["active"]),
    (Reason.OBJECTION, lambda pairs: pairs.people["objected"]),
    (
        Reason.CONSENT,
        # An objection closes the door by itself; what was granted before is beside the point then.
        lambda pairs: ~(pairs.people["invitable"] | pairs.people["objected"]),
    ),
    (Reason.NORM, _norm),
    (Reason.HOSPITALITY, lambda pairs: pairs.events.rows["cost"] > pairs.standing.room),
    (Reason.OPEN_CASE, lambda pairs: pairs.events.rows["social"] & pairs.people["open_case"]),
    (Reason.BLOCKED_DAYS, _blocked_days),
    (Reason.EXCLUDED_THEMES, _excluded_themes),
    (Reason.LANGUAGE, _language),
    (Reason.DISTANCE, _distance),
    (Reason.PAST, lambda pairs: pairs.events.rows["start"] <= pairs.now),
    (Reason.DECLINED, lambda pairs: pairs.standing.declined),
    (Reason.EXCLUDED, lambda pairs: pairs.standing.excluded),
    (Reason.HOLD_OUT, lambda pairs: pairs.standing.held_out),
    (Reason.AGE, _age),
)
"""Every rule is asked about every pair: a refusal tells all its reasons, not the first."""


def refusals(pairs: Pairs) -> Masks:
    """For each pair the reasons that refuse it."""
    masks = np.zeros(pairs.shape, dtype=np.uint16)
    for reason, rule in RULES:
        refused = rule(pairs)
        if refused.any():
            masks |= refused * np.uint16(BIT[reason])
    return masks


def companion_refused(pairs: Pairs) -> Bools:
    """Where coming alone may be allowed but a companion would make the invitation worth too much."""
    cost = 2 * pairs.events.rows["cost"]
    refused: Bools = (cost > pairs.standing.room) | (cost > pairs.people["most_cost"])
    return refused
