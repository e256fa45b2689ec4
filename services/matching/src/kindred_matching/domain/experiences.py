"""What replies have taught of many customers, on each event: the same as :mod:`kindred_matching.domain.tastes` tells of one."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from kindred_matching.domain.exact import Floats, halved, quantise
from kindred_matching.domain.hearing import DAY, Reach, Sums, by_event, stretches, summed
from kindred_matching.domain.lessons import KIND, OPENNESS, THEME, Lesson, Lessons
from kindred_matching.domain.slots import Places

Shape = tuple[int, int]


class Experiences(NamedTuple):
    """Lessons of customers: each one's customer (a row), the row of its theme in a reach, the number of its kind, and the lesson.

    ``theme_number`` and ``kind_number`` are below 0 where no event of the table ever was about that.
    """

    person: Places
    theme: Places
    theme_number: Places
    kind_number: Places
    mean: Floats
    evidence: Floats
    at: Floats

    @classmethod
    def of(cls, lessons: Sequence[tuple[int, Lesson]], reach: Reach) -> "Experiences":
        themes, kinds = reach.events.theme_numbers, reach.events.kind_numbers
        subjects = [lesson.subject for _, lesson in lessons]
        known = [name.removeprefix(THEME) if name.startswith(THEME) else None for name in subjects]
        numbers = [-1 if name is None else themes.find(name) for name in known]
        amounts = [(x.mean, x.evidence, x.at.timestamp()) for _, x in lessons]
        return cls(
            np.array([row for row, _ in lessons], dtype=np.int64),
            reach.rows([name.removeprefix(THEME) for name in subjects]),
            np.array(numbers, dtype=np.int64),
            np.array([kinds.find(name.removeprefix(KIND)) for name in subjects], dtype=np.int64),
            *np.array(amounts, dtype=np.float64).reshape(-1, 3).T,
        )

    def left(self, reach: Reach, lesson: Places, start: Floats) -> Floats:
        """What is left of each of these lessons when an event begins."""
        return halved((start - self.at[lesson]) / DAY, reach.half_life[self.theme[lesson]])


def about_tastes(lessons: Sequence[Lessons], reach: Reach) -> Experiences:
    """What the customers' lessons tell of themes and kinds."""
    found = [(row, x) for row, own in enumerate(lessons) for x in own if x.subject != OPENNESS]
    return Experiences.of(found, reach)


def about_openness(lessons: Sequence[Lessons], reach: Reach) -> Experiences:
    """What they tell of how readily each customer accepts anything at all."""
    own = (next((x for x in own if x.subject == OPENNESS), None) for own in lessons)
    return Experiences.of([(row, x) for row, x in enumerate(own) if x is not None], reach)


def taught_taste(experiences: Experiences, reach: Reach, shape: Shape) -> Floats:
    """What lessons on themes and kinds add to the log-odds of each pair; a lesson on a theme speaks of its relatives too."""
    links = reach.links(experiences.theme)
    pull = reach.events.subjects.strength[links.subject] * links.kinship
    of_themes = by_event(links, quantise(pull), reach.events)
    of_kinds = _of_kinds(experiences, reach)
    both = Sums(*(np.concatenate(each) for each in zip(of_themes, of_kinds, strict=True)))
    return _added(experiences, reach, both, shape)


def taught_openness(experiences: Experiences, reach: Reach, shape: Shape) -> Floats:
    """What it adds to the log-odds of each pair that the customer is readier than others, or less."""
    lesson, event = stretches(
        np.zeros(len(experiences.person), dtype=np.int64),
        np.full(len(experiences.person), shape[1]),
    )
    return _added(experiences, reach, Sums(lesson, event, np.ones(len(lesson))), shape)


class Evidence(NamedTuple):
    """The precision that replies have added to what is known of lines: pairs of a customer and a subject, numbered as in ``Heard``."""

    line: Places
    amount: Floats


def evidence(experiences: Experiences, reach: Reach) -> Evidence:
    """What lessons on themes prove of the subjects that are these very themes, when their events begin."""
    on_themes = np.flatnonzero(experiences.theme_number >= 0)
    which, subject = reach.about(experiences.theme_number[on_themes])
    lesson = on_themes[which]
    left = experiences.left(reach, lesson, reach.start[subject])
    line = experiences.person[lesson] * len(reach.events.subjects) + subject
    return Evidence(line, experiences.evidence[lesson] * left)


def _of_kinds(experiences: Experiences, reach: Reach) -> Sums:
    """Each lesson on a kind, at the events of that kind."""
    wanted, kinds = experiences.kind_number[:, None], reach.events.rows["kind"]
    lesson, event = np.nonzero((wanted == kinds) & (wanted >= 0))
    return Sums(lesson, event, np.ones(len(lesson)))


def _added(experiences: Experiences, reach: Reach, sums: Sums, shape: Shape) -> Floats:
    """Feature x mean x what is left of it, added up for each pair."""
    start = reach.events.rows["start"][sums.event].astype(np.float64)
    amount = sums.amount * experiences.mean[sums.word] * experiences.left(reach, sums.word, start)
    pair = experiences.person[sums.word] * shape[1] + sums.event
    return summed(pair, quantise(amount), shape[0] * shape[1])
