"""What replies have taught of many customers, on each event: the same as :mod:`kindred_matching.domain.tastes` tells of one."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from kindred_matching.domain.exact import Floats, halved, quantise
from kindred_matching.domain.hearing import DAY, Reach, Sums, by_event, stretches, summed
from kindred_matching.domain.lessons import KIND, OPENNESS, THEME, Lesson, Lessons
from kindred_matching.domain.naming import Names
from kindred_matching.domain.slots import Places


class Experiences(NamedTuple):
    """Lessons of customers: each one's customer (a row), the row of its theme in a reach, the number of its kind, and the lesson.

    ``theme_number`` and ``kind_number`` are below 0 where no event of the table ever was about that, or the subject is none.
    """

    subjects: Sequence[str]
    person: Places
    theme: Places
    theme_number: Places
    kind_number: Places
    mean: Floats
    evidence: Floats
    at: Floats

    @classmethod
    def of(cls, lessons: Sequence[tuple[int, Lesson]], reach: Reach) -> "Experiences":
        subjects = [lesson.subject for _, lesson in lessons]
        amounts = [(x.mean, x.evidence, x.at.timestamp()) for _, x in lessons]
        return cls(
            subjects,
            np.array([row for row, _ in lessons], dtype=np.int64),
            reach.rows([name.removeprefix(THEME) for name in subjects]),
            _numbers(subjects, THEME, reach.events.theme_numbers),
            _numbers(subjects, KIND, reach.events.kind_numbers),
            *np.array(amounts, dtype=np.float64).reshape(-1, 3).T,
        )

    def left(self, reach: Reach, lesson: Places, start: Floats) -> Floats:
        """What is left of each of these lessons when an event begins."""
        return halved((start - self.at[lesson]) / DAY, reach.half_life[self.theme[lesson]])


def _numbers(subjects: Sequence[str], prefix: str, names: Names) -> Places:
    """The number of the name behind the prefix, -1 where there is none."""
    found = (names.find(s.removeprefix(prefix)) if s.startswith(prefix) else -1 for s in subjects)
    return np.fromiter(found, dtype=np.int64, count=len(subjects))


def about_tastes(lessons: Sequence[Lessons], reach: Reach) -> Experiences:
    """What the customers' lessons tell of themes and kinds."""
    found = [(row, x) for row, own in enumerate(lessons) for x in own if x.subject != OPENNESS]
    return Experiences.of(found, reach)


def about_openness(lessons: Sequence[Lessons], reach: Reach) -> Experiences:
    """What they tell of how readily each customer accepts anything at all."""
    own = (next((x for x in own if x.subject == OPENNESS), None) for own in lessons)
    return Experiences.of([(row, x) for row, x in enumerate(own) if x is not None], reach)


def of_tastes(experiences: Experiences, reach: Reach) -> Sums:
    """What each lesson on a theme or kind adds to the log-odds, by lesson; one on a theme speaks of its relatives too."""
    links = reach.links(experiences.theme)
    pull = reach.events.subjects.strength[links.subject] * links.kinship
    of_themes = by_event(links, quantise(pull), reach.events)
    of_kinds = _of_kinds(experiences, reach)
    both = Sums(*(np.concatenate(each) for each in zip(of_themes, of_kinds, strict=True)))
    return _remembered(experiences, reach, both)


def of_openness(experiences: Experiences, reach: Reach, events: int) -> Sums:
    """What it adds to the log-odds of each of so many events that the customer is readier than others, or less."""
    people = len(experiences.person)
    lesson, event = stretches(np.zeros(people, dtype=np.int64), np.full(people, events))
    return _remembered(experiences, reach, Sums(lesson, event, np.ones(len(lesson))))


def newness(experiences: Experiences, reach: Reach, shape: tuple[int, int]) -> Floats:
    """How new each event's kind is to each customer, by pair; nothing to those of whose replies nothing is known."""
    people, events = shape
    kinds = _of_kinds(experiences, reach)
    start = reach.events.rows["start"][kinds.event].astype(np.float64)
    pair = experiences.person[kinds.word] * events + kinds.event
    known = summed(pair, experiences.left(reach, kinds.word, start), people * events)
    new = np.zeros(people)
    told = zip(experiences.person.tolist(), experiences.subjects, strict=True)
    new[[person for person, subject in told if subject.startswith(KIND)]] = 1.0
    return np.asarray(new.repeat(events) - known)


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


def _remembered(experiences: Experiences, reach: Reach, features: Sums) -> Sums:
    """Feature x mean x what is left of the lesson when the event begins."""
    start = reach.events.rows["start"][features.event].astype(np.float64)
    left = experiences.left(reach, features.word, start)
    amount = features.amount * experiences.mean[features.word] * left
    return features._replace(amount=quantise(amount))
