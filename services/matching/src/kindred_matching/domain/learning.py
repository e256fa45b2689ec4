"""Learns from replies: beliefs about everybody in a shadow of the model in use, lessons about each customer.

The shadow changes with each reply; what is in use changes only when a model epoch begins (:mod:`.epochs`). A lesson about one
customer counts at once: it bears on his row alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

import numpy as np

from kindred_matching.domain.beliefs import Bearing, Belief, message_of, taught
from kindred_matching.domain.exact import halved
from kindred_matching.domain.exposures import Exposure, OwnTerm
from kindred_matching.domain.lens import Lens, Shifts
from kindred_matching.domain.lessons import OPENNESS, THEME, Lesson, Lessons
from kindred_matching.domain.replies import (
    AFTERWARDS,
    Credit,
    Reply,
    credit_of,
    is_hindered,
    is_yes,
)
from kindred_matching.domain.rules import Coefficients
from kindred_matching.domain.shadow import Shadow, ShadowModel

DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Tally:
    """How well the model in use foretold the first replies to invitations: sums over them."""

    replies: int = 0
    accepted: float = 0.0
    expected: float = 0.0
    squared_error: float = 0.0

    def with_reply(self, probability: float, reply: float) -> "Tally":
        return Tally(
            self.replies + 1,
            self.accepted + reply,
            self.expected + probability,
            self.squared_error + (reply - probability) ** 2,
        )

    @property
    def calibration(self) -> float | None:
        """Expected over accepted: 1 when as many came as were foretold; None before anybody accepted."""
        return self.expected / self.accepted if self.accepted else None

    @property
    def brier(self) -> float | None:
        """The mean squared error of the forecasts; None before anybody replied."""
        return self.squared_error / self.replies if self.replies else None


@dataclass(frozen=True, slots=True)
class Learned:
    """Everything that was learned, as plain values; ``drawn`` are the replies to what was drawn by lot, in all epochs."""

    shadow: Shadow = field(default_factory=Shadow)
    lessons: tuple[tuple[UUID, tuple[Lesson, ...]], ...] = ()
    tally: Tally = field(default_factory=Tally)
    drawn: Tally = field(default_factory=Tally)


class Learner:
    """Takes replies one by one, in the order in which they are applied."""

    def __init__(self, learned: Learned | None = None) -> None:
        learned = learned or Learned()
        self._shadow = ShadowModel(learned.shadow)
        self._lessons: dict[UUID, Lessons] = dict(learned.lessons)
        self.tally = learned.tally
        self.drawn = learned.drawn

    def learned(self) -> Learned:
        return Learned(
            self._shadow.shadow(),
            tuple((who, tuple(own)) for who, own in sorted(self._lessons.items())),
            self.tally,
            self.drawn,
        )

    def shifts(self, prior: Coefficients) -> Shifts:
        """What a model epoch that begins now would shift the shared weights by."""
        return self._shadow.shifts(prior.free)

    def lessons_of(self, customer_id: UUID) -> Lessons:
        return self._lessons.get(customer_id, ())

    def forget(self, customer_id: UUID) -> None:
        """Drops the lessons about a customer; what everybody's replies have taught together stays."""
        self._lessons.pop(customer_id, None)

    def count_anew(self) -> None:
        """Begins to count for another model."""
        self.tally = Tally()

    def teach(
        self, exposure: Exposure, reply: Reply, reason: str | None, lens: Lens, now: datetime
    ) -> None:
        """Learns from what the customer did; ``lens`` tells the weights before anything was learned and the half-lives."""
        yes, credit = is_yes(reply), credit_of(reply, reason)
        if reply not in AFTERWARDS:
            self.tally = self.tally.with_reply(exposure.probability, yes)
            if exposure.drawn:
                self.drawn = self.drawn.with_reply(exposure.probability, yes)
            self._shadow.count(hindered=is_hindered(reply, reason))
        shared = self._shadow.view(exposure.terms)
        prior = sum(lens.prior_weight(term) * feature for term, feature in exposure.terms)
        doubt = sum(each.variance * each.feature**2 for each in exposure.own)
        log_odds = exposure.rest + prior + shared.mean
        message = message_of(log_odds, shared.variance + doubt, yes)
        if credit.everybody:
            self._shadow.learn(shared, message)
        own = [taught(_own_bearing(each, credit), message) for each in exposure.own]
        self._take_lessons(exposure, own, lens, now)

    def _take_lessons(
        self, exposure: Exposure, after: Sequence[Belief], lens: Lens, now: datetime
    ) -> None:
        lessons = {lesson.subject: lesson for lesson in self.lessons_of(exposure.customer_id)}
        for term, belief in zip(exposure.own, after, strict=True):
            evidence = 1.0 / belief.variance - 1.0 / term.variance if term.variance else 0.0
            if evidence > 0.0:
                before = _faded(lessons.get(term.subject), term.subject, lens, now)
                mean, known = before.mean + belief.mean, before.evidence + evidence
                lessons[term.subject] = replace(before, mean=mean, evidence=known)
        ordered = tuple(lesson for _, lesson in sorted(lessons.items()))
        if ordered:
            self._lessons[exposure.customer_id] = ordered


def _own_bearing(term: OwnTerm, credit: Credit) -> Bearing:
    """The belief about the customer's own term is a deviation from what was thought of it."""
    if term.subject.startswith(THEME):
        share = credit.themes
    else:
        share = credit.openness if term.subject == OPENNESS else credit.kind
    return Bearing(Belief(0.0, term.variance), term.feature, share)


def _faded(lesson: Lesson | None, subject: str, lens: Lens, now: datetime) -> Lesson:
    """What is left of the lesson now, or the one that says nothing."""
    if lesson is None:
        return Lesson(subject, 0.0, 0.0, now)
    age = np.array([(now - lesson.at).total_seconds() / DAY])
    left = float(halved(age, lens.half_life(subject.removeprefix(THEME)))[0])
    return Lesson(subject, lesson.mean * left, lesson.evidence * left, max(lesson.at, now))
