"""What an event is about against what the customer likes: said by himself, learned from his replies, or true of everybody.

Here one customer's tastes are told part by part; :mod:`kindred_matching.domain.weighing` adds up the same for many.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from kindred_matching.domain.events import EventView
from kindred_matching.domain.exact import Floats, halved, quantise
from kindred_matching.domain.facts import Customer
from kindred_matching.domain.hearing import DAY, Heard, Links, Reach, Words, by_event, heard
from kindred_matching.domain.lens import Lens
from kindred_matching.domain.lessons import KIND, NOVELTY, OPENNESS, THEME, Lessons
from kindred_matching.domain.naming import Names
from kindred_matching.domain.parts import OWN, Part, nothing, weighed

TOLD = 0.5
"""The part of the doubt about a kind of event that is left when the customer told how he likes it."""


def interests(customer: Customer, events: EventView, lens: Lens, lessons: Lessons) -> Part:
    """Each interest on each event; subjects of which too little was said only add doubt."""
    spoken, subjects = customer.interests, events.subjects
    told = _heard(customer, events, lens)
    pull = subjects.strength[told.links.subject] * told.share * told.words.taste[told.links.word]
    doubt = quantise(subjects.strength**2 * _open(events, lens, told, lessons))
    return weighed(
        lens,
        [(f"interest:{interest.theme}", "interest") for interest in spoken],
        _spread(told.links, quantise(pull), events, len(spoken)),
        np.bincount(subjects.event, doubt, minlength=len(events)).astype(np.float64),
    )


def theme_variances(
    customer: Customer, events: EventView, lens: Lens, lessons: Lessons = ()
) -> Floats:
    """How unsure we are what each subject would add to the log-odds of an event that is all about it."""
    return _open(events, lens, _heard(customer, events, lens), lessons)


def theme_doubt(lens: Lens) -> float:
    """The variance of what a theme adds of which nothing was said."""
    return (lens.weight("interest") * lens.prior.unknown) ** 2


def kind_variance(customer: Customer, kind: str, lens: Lens, lessons: Lessons = ()) -> float:
    """How unsure we are what a kind of event would add: half as much where he told."""
    told = any(kind == known for known, _ in customer.kinds)
    doubt = lens.weight("kind") * lens.prior.unknown * (TOLD if told else 1.0)
    known = next((x.evidence for x in lessons if x.subject == f"{KIND}{kind}"), 0.0)
    return float(doubt**2 / (1.0 + doubt**2 * known))


def kinds(customer: Customer, events: EventView, lens: Lens) -> Part:
    """How the customer likes the kind of the event."""
    of_kind, known = _of_kind([kind for kind, _ in customer.kinds], events)
    taste = np.array([2.0 * customer.kinds[place][1] - 1.0 for place in known])
    unknown = ~of_kind.any(axis=1)
    variance = np.where(unknown, kind_doubt(lens), 0.0)
    columns = [(f"kind:{customer.kinds[place][0]}", "kind") for place in known]
    return weighed(lens, columns, np.where(of_kind, taste, 0.0), variance)


def kind_doubt(lens: Lens) -> float:
    """The variance of what a kind adds of which the customer did not tell how he likes it."""
    return float(quantise(np.array([(lens.weight("kind") * lens.prior.unknown) ** 2]))[0])


def in_general(events: EventView, lens: Lens) -> Part:
    """How themes and kinds go down with everybody, better or worse than their fans alone would explain.

    A column is the first, second, ... theme of each event, and the last its kind: there are many themes, but few in an event.
    """
    subjects, size, kind = events.subjects, len(events), events.rows["kind"]
    first = np.searchsorted(subjects.event, np.arange(size))
    column = np.arange(len(subjects)) - first[subjects.event]
    width = int(column.max(initial=-1)) + 2
    amounts, labels = np.zeros((size, width)), np.full((size, width), -1, dtype=np.int64)
    themes, label, theme_terms = _terms(THEME, events.theme_numbers, subjects.theme, lens)
    amounts[subjects.event, column] = quantise(subjects.strength * themes)
    labels[subjects.event, column] = label
    kinds, label, kind_terms = _terms(KIND, events.kind_numbers, kind, lens)
    amounts[:, -1] = quantise(kinds)
    labels[:, -1] = len(theme_terms) + label
    names = [f"general:{term}" for term in (*theme_terms, *kind_terms)]
    return Part(names, (), np.zeros((size, 0)), amounts, np.zeros(size), labels)


def _terms(
    prefix: str, numbers: Names, named: NDArray[Any], lens: Lens
) -> tuple[Floats, NDArray[np.int64], list[str]]:
    """The weights of the terms that begin so for these numbers of names, the place of each term, and the terms."""
    present, place = np.unique(named, return_inverse=True)
    known = list(numbers)
    terms = [f"{prefix}{known[number]}" for number in present.tolist()]
    weights = np.array([lens.weight(term) for term in terms], dtype=np.float64)
    return weights[place], place, terms


def experience(events: EventView, lens: Lens, lessons: Lessons) -> Part:
    """What his replies have taught of his tastes; a lesson on a theme speaks of its relatives too."""
    lessons = [lesson for lesson in lessons if lesson.subject != OPENNESS]
    if not lessons:
        return nothing(lens, len(events))
    names = [lesson.subject for lesson in lessons]
    reach = Reach(events, lens)
    links = reach.links(reach.rows([name.removeprefix(THEME) for name in names]))
    pull = events.subjects.strength[links.subject] * links.kinship
    features = _spread(links, quantise(pull), events, len(lessons))
    of_kind, known = _of_kind([name.removeprefix(KIND) for name in names], events)
    features[:, known] += of_kind
    features *= np.array([lesson.mean for lesson in lessons])
    features *= _left(lessons, events, lens)
    return weighed(lens, [(f"experience:{name}", OWN) for name in names], features)


def openness(events: EventView, lens: Lens, lessons: Lessons) -> Part:
    """How readily he accepted anything at all, compared with others."""
    found = [lesson for lesson in lessons if lesson.subject == OPENNESS]
    if not found:
        return nothing(lens, len(events))
    features = np.array([found[0].mean]) * _left(found, events, lens)
    return weighed(lens, [(f"experience:{OPENNESS}", OWN)], features)


def novelty(events: EventView, lens: Lens, lessons: Lessons) -> Part:
    """How new the kind of event is to one whose replies to other invitations are known; it is new again as they are forgotten."""
    asked = [lesson for lesson in lessons if lesson.subject.startswith(KIND)]
    if not asked:
        return nothing(lens, len(events))
    of_kind, known = _of_kind([lesson.subject.removeprefix(KIND) for lesson in asked], events)
    left = _left([asked[place] for place in known], events, lens)
    features = 1.0 - (of_kind * left).sum(axis=1, keepdims=True)
    return weighed(lens, [(NOVELTY, NOVELTY)], features)


def _heard(customer: Customer, events: EventView, lens: Lens) -> Heard:
    """What is heard of the customer's interests."""
    reach = Reach(events, lens)
    return heard(Words.of([customer], reach), reach, np.ones((1, len(events)), dtype=np.bool_))


def _spread(links: Links, amounts: Floats, events: EventView, words: int) -> Floats:
    """A row for each event and a column for each word: the sum over the event's subjects."""
    table, sums = np.zeros((len(events), words)), by_event(links, amounts, events)
    table[sums.event, sums.word] = sums.amount
    return table


def _open(events: EventView, lens: Lens, told: Heard, lessons: Lessons) -> Floats:
    """The variance left on each subject after what was said, and after what replies have taught."""
    subjects = events.subjects
    variance = np.full(len(subjects), theme_doubt(lens))
    variance[told.lines] *= 1.0 - told.known**2
    numbers = [events.theme_numbers.find(each.subject.removeprefix(THEME)) for each in lessons]
    taught = [
        (lesson, number)
        for lesson, number in zip(lessons, numbers, strict=True)
        if number >= 0 and lesson.subject.startswith(THEME)
    ]
    if not taught:
        return np.asarray(variance)
    precision = np.array([lesson.evidence for lesson, _ in taught])
    left = precision * _left([lesson for lesson, _ in taught], events, lens)
    evidence = np.zeros((len(events), len(events.theme_numbers)))
    evidence[:, [number for _, number in taught]] = left
    return np.asarray(variance / (1.0 + variance * evidence[subjects.event, subjects.theme]))


def _left(lessons: Lessons, events: EventView, lens: Lens) -> Floats:
    """What is left of each lesson (columns) when each event begins."""
    learned = np.array([lesson.at.timestamp() for lesson in lessons])
    half_life = np.array([lens.half_life(each.subject.removeprefix(THEME)) for each in lessons])
    return halved((events.rows["start"][:, None] - learned) / DAY, half_life)


def _of_kind(kinds: list[str], events: EventView) -> tuple[NDArray[np.bool_], list[int]]:
    """Which events are of which of the kinds that any event ever was, and the places of these kinds."""
    numbers = [events.kind_numbers.find(kind) for kind in kinds]
    known = [place for place, number in enumerate(numbers) if number >= 0]
    wanted = np.array([numbers[place] for place in known], dtype=np.int32)
    return events.rows["kind"][:, None] == wanted, known
