"""What all replies together have taught about the shared weights: the shadow of the model in use."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kindred_matching.domain.beliefs import (
    Bearing,
    Belief,
    Joint,
    Message,
    taught,
    taught_together,
)
from kindred_matching.domain.lens import Shifts
from kindred_matching.domain.lessons import DAYS, KIND, THEME

CORE: Mapping[str, float] = {
    "base": 1.0,
    "interest": 0.4,
    "kind": 0.3,
    "distance_per_100_km": 0.5,
    "promoter": 0.3,
    "passive": 0.3,
    "detractor": 0.3,
    "in_company": 0.4,
    "without_company": 0.4,
    "recent_moment": 0.3,
    "manner:email": 0.5,
    "manner:card": 0.5,
    "manner:phone": 0.5,
    "manner:personal": 0.5,
    "manner:secretary": 0.5,
    "novelty": 0.15,
}
"""The weights that are learned together, with the standard deviation of what we do not know of them before any reply.

How readily people accept at all is what a new installation knows least.
"""
ALONE: Mapping[str, float] = {THEME: 0.4, KIND: 0.3, DAYS: 0.1}
"""The same for how a theme, a kind of event, or a day of the week goes down with everybody: each is learned for itself."""

FREE_REPLIES = 20.0
"""How many replies the chance to be free weighs as, before any."""

_PLACES: Mapping[str, int] = {term: place for place, term in enumerate(CORE)}


def _unknown() -> Joint:
    return Joint.independent([Belief(0.0, doubt**2) for doubt in CORE.values()])


@dataclass(frozen=True, slots=True)
class Shadow:
    """Beliefs about the shifts of shared weights: ``core`` in the order of :data:`CORE`, ``others`` by term.

    Of so many first ``replies`` so many were ``hindered``.
    """

    core: Joint = field(default_factory=_unknown)
    others: tuple[tuple[str, Belief], ...] = ()
    replies: int = 0
    hindered: int = 0


def _widened(core: Joint) -> Joint:
    """The beliefs of an earlier release, which knew fewer weights, beside those that it did not know."""
    return core.beside(_unknown(), len(core.means))


class ShadowModel:
    """A shadow that learns."""

    def __init__(self, shadow: Shadow) -> None:
        self._core = _widened(shadow.core)
        self._others = dict(shadow.others)
        self._replies, self._hindered = shadow.replies, shadow.hindered

    def shadow(self) -> Shadow:
        others = tuple(sorted(self._others.items()))
        return Shadow(self._core, others, self._replies, self._hindered)

    def shifts(self, free: float) -> Shifts:
        """What the shared weights are thought to be shifted by; ``free`` is the chance to be free before any reply.

        That one is the mean of a beta distribution that begins as :data:`FREE_REPLIES` replies.
        """
        core = zip(CORE, self._core.means, strict=True)
        others = ((term, belief.mean) for term, belief in self._others.items())
        came = free * FREE_REPLIES + self._replies - self._hindered
        now = ("free", came / (FREE_REPLIES + self._replies) - free)
        return tuple(sorted((term, mean) for term, mean in (*core, *others, now) if mean))

    def count(self, *, hindered: bool) -> None:
        """Counts a first reply."""
        self._replies += 1
        self._hindered += hindered

    def view(self, terms: Sequence[tuple[str, float]]) -> "ShadowView":
        """What is known of these terms, with the features that they have in some log-odds."""
        features = [0.0] * len(CORE)
        for term, feature in terms:
            if term in _PLACES:
                features[_PLACES[term]] = feature
        others = {
            term: Bearing(self._others.get(term) or _unheard_of(term), feature)
            for term, feature in terms
            if term not in _PLACES
        }
        return ShadowView(self._core, tuple(features), self._core.towards(features), others)

    def learn(self, view: "ShadowView", message: Message) -> None:
        """Takes the message of a reply."""
        self._core = taught_together(self._core, view.towards, message)
        for term, bearing in view.others.items():
            self._others[term] = taught(bearing, message)


@dataclass(frozen=True, slots=True)
class ShadowView:
    """The beliefs that bear on some log-odds."""

    core: Joint
    features: tuple[float, ...]
    towards: tuple[float, ...]
    others: Mapping[str, Bearing]

    @property
    def mean(self) -> float:
        """What the shifts add to the log-odds."""
        core = sum(m * x for m, x in zip(self.core.means, self.features, strict=True))
        return core + sum(each.belief.mean * each.feature for each in self.others.values())

    @property
    def variance(self) -> float:
        core = sum(c * x for c, x in zip(self.towards, self.features, strict=True))
        return core + sum(each.belief.variance * each.feature**2 for each in self.others.values())


def _unheard_of(term: str) -> Belief:
    doubts = (doubt for beginning, doubt in ALONE.items() if term.startswith(beginning))
    return Belief(0.0, next(doubts) ** 2)
