"""What an event is about against what the customer likes: said by himself, learned from his replies, or true of everybody.

A stated interest speaks of a theme with its **voice**: kinship x confidence left when the event begins. What he said of the
theme itself is heard in full; his words on relatives share what is left of the certainty::

    share(theme itself) = voice
    share(relative)     = voice x (1 - share of the theme itself) / max(1, sum of the relatives' voices)

The theme's taste is the sum of share x (2 x value - 1), and its doubt the part 1 - (sum of shares)^2 of the variance of a theme of
which nothing was said.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kindred_matching.domain.events import EventView
from kindred_matching.domain.exact import Floats, halved, quantise
from kindred_matching.domain.facts import Customer
from kindred_matching.domain.lens import Lens
from kindred_matching.domain.lessons import KIND, OPENNESS, THEME, Lessons
from kindred_matching.domain.naming import Names
from kindred_matching.domain.parts import OWN, Part, nothing, weighed

DAY = 86_400.0
TOLD = 0.5
"""The part of the doubt about a kind of event that is left when the customer told how he likes it."""


@dataclass(frozen=True, slots=True)
class _Links:
    """Which words bear on which subjects of the events: places in both lists, and the kinship between them."""

    word: NDArray[np.int64]
    subject: NDArray[np.int64]
    kinship: Floats


def interests(customer: Customer, events: EventView, lens: Lens, lessons: Lessons) -> Part:
    """Each interest on each event; subjects of which too little was said only add doubt."""
    spoken, subjects = customer.interests, events.subjects
    links, share = _heard(customer, events, lens)
    taste = np.array([2.0 * interest.value - 1.0 for interest in spoken])
    pull = subjects.strength[links.subject] * share * taste[links.word]
    doubt = quantise(subjects.strength**2 * _open(events, lens, links, share, lessons))
    return weighed(
        lens,
        [(f"interest:{interest.theme}", "interest") for interest in spoken],
        _spread(links, quantise(pull), events, len(spoken)),
        np.bincount(subjects.event, doubt, minlength=len(events)).astype(np.float64),
    )


def theme_variances(
    customer: Customer, events: EventView, lens: Lens, lessons: Lessons = ()
) -> Floats:
    """How unsure we are what each subject would add to the log-odds of an event that is all about it."""
    links, share = _heard(customer, events, lens)
    return _open(events, lens, links, share, lessons)


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
    variance = np.where(unknown, (lens.weight("kind") * lens.prior.unknown) ** 2, 0.0)
    columns = [(f"kind:{customer.kinds[place][0]}", "kind") for place in known]
    return weighed(lens, columns, np.where(of_kind, taste, 0.0), quantise(variance))


def in_general(events: EventView, lens: Lens) -> Part:
    """How themes and kinds go down with everybody, better or worse than their fans alone would explain.

    A column is the first, second, ... theme of each event, and the last its kind: there are many themes, but few in an event.
    """
    subjects, size = events.subjects, len(events)
    themes, theme_names = _by_number(THEME, events.theme_numbers, lens)
    kinds, kind_names = _by_number(KIND, events.kind_numbers, lens)
    first = np.searchsorted(subjects.event, np.arange(size))
    column = np.arange(len(subjects)) - first[subjects.event]
    width = int(column.max(initial=-1)) + 2
    amounts, labels = np.zeros((size, width)), np.full((size, width), -1, dtype=np.int64)
    amounts[subjects.event, column] = quantise(subjects.strength * themes[subjects.theme])
    labels[subjects.event, column] = subjects.theme
    amounts[:, -1] = quantise(kinds[events.rows["kind"]])
    labels[:, -1] = len(theme_names) + events.rows["kind"]
    names = [f"general:{name}" for name in (*theme_names, *kind_names)]
    return Part(names, (), np.zeros((size, 0)), amounts, np.zeros(size), labels)


def _by_number(prefix: str, numbers: Names, lens: Lens) -> tuple[Floats, list[str]]:
    """The weights of the terms that begin so, and the terms, in the order of the numbers of their names."""
    terms = [f"{prefix}{name}" for name in numbers]
    return np.array([lens.weight(term) for term in terms] or [0.0]), terms


def experience(events: EventView, lens: Lens, lessons: Lessons) -> Part:
    """What his replies have taught of his tastes; a lesson on a theme speaks of its relatives too."""
    lessons = [lesson for lesson in lessons if lesson.subject != OPENNESS]
    if not lessons:
        return nothing(lens, len(events))
    names = [lesson.subject for lesson in lessons]
    about = [name.removeprefix(THEME) if name.startswith(THEME) else "" for name in names]
    links = _links(about, events, lens)
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


def _links(themes: list[str], events: EventView, lens: Lens) -> _Links:
    """Words on the empty theme bear on nothing."""
    kinship = lens.kinship.table(themes, events.theme_numbers)[:, events.subjects.theme]
    word, subject = np.nonzero(kinship)
    return _Links(word, subject, kinship[word, subject])


def _heard(customer: Customer, events: EventView, lens: Lens) -> tuple[_Links, Floats]:
    """Which interests bear on which subjects, and the share that each of them has there."""
    spoken, subjects = customer.interests, events.subjects
    links = _links([interest.theme for interest in spoken], events, lens)
    observed = np.array([interest.observed_at.timestamp() for interest in spoken])
    confidence = np.array([interest.confidence for interest in spoken])
    half_life = np.array([lens.half_life(interest.theme) for interest in spoken])
    age = (events.rows["start"][subjects.event[links.subject]] - observed[links.word]) / DAY
    left = confidence[links.word] * halved(age, half_life[links.word])
    return links, _shares(links, quantise(links.kinship * left), len(subjects))


def _shares(links: _Links, voice: Floats, size: int) -> Floats:
    own = links.kinship == 1.0
    itself = np.minimum(1.0, _summed(links, np.where(own, voice, 0.0), size))
    relatives = _summed(links, np.where(own, 0.0, voice), size)
    left = (1.0 - itself) / np.maximum(1.0, relatives)
    shares: Floats = quantise(np.where(own, voice, voice * left[links.subject]))
    return shares


def _summed(links: _Links, amounts: Floats, size: int) -> Floats:
    summed: Floats = np.bincount(links.subject, amounts, minlength=size).astype(np.float64)
    return summed


def _spread(links: _Links, amounts: Floats, events: EventView, words: int) -> Floats:
    """A row for each event and a column for each word: the sum over the event's subjects."""
    row = events.subjects.event[links.subject]
    flat = np.bincount(row * words + links.word, amounts, minlength=len(events) * words)
    return flat.reshape(len(events), words).astype(np.float64)


def _open(events: EventView, lens: Lens, links: _Links, share: Floats, lessons: Lessons) -> Floats:
    """The variance left on each subject after what was said, and after what replies have taught."""
    subjects = events.subjects
    heard = np.minimum(1.0, _summed(links, share, len(subjects)))
    variance = (lens.weight("interest") * lens.prior.unknown) ** 2 * (1.0 - heard**2)
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
