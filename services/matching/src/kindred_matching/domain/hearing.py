"""How much of what customers said of themes is heard of each subject of the events.

A stated interest speaks of a theme with its **voice**: kinship x confidence left when the event begins. What he said of the
theme itself is heard in full; his words on relatives share what is left of the certainty::

    share(theme itself) = voice
    share(relative)     = voice x (1 - share of the theme itself) / max(1, sum of the relatives' voices)

The theme's taste is the sum of share x (2 x value - 1), and its doubt the part 1 - (sum of shares)^2 of the variance of a theme of
which nothing was said.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, count
from typing import NamedTuple

import numpy as np

from kindred_matching.domain.events import EventView
from kindred_matching.domain.exact import Floats, halved, quantise
from kindred_matching.domain.facts import Customer
from kindred_matching.domain.lens import Lens
from kindred_matching.domain.slots import Places
from kindred_matching.domain.travel import Bools

DAY = 86_400.0
NOWHERE: Places = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Links:
    """Which words bear on which subjects of the events, by word and then by subject, and the kinship between them."""

    word: Places
    subject: Places
    kinship: Floats

    def only(self, kept: Places) -> "Links":
        return Links(self.word.take(kept), self.subject.take(kept), self.kinship.take(kept))


class Reach:
    """Which subjects of the events each theme bears on, through one lens; found once for each theme that is spoken of."""

    def __init__(self, events: EventView, lens: Lens) -> None:
        subjects, numbers = events.subjects, np.arange(len(events.theme_numbers) + 1)
        self.events, self.lens = events, lens
        self.start = events.rows["start"][subjects.event].astype(np.float64)
        self._by_theme = np.argsort(subjects.theme, kind="stable")
        self._begin = np.searchsorted(subjects.theme[self._by_theme], numbers)
        self._rows: dict[str, int] = {}
        self._size = self._first = self._subject = NOWHERE
        self._kinship = np.zeros(0)
        self.half_life = np.zeros(0)

    def rows(self, themes: Sequence[str]) -> Places:
        """The rows of the themes, in ``half_life`` and for :meth:`links`."""
        unheard = [theme for theme in dict.fromkeys(themes) if theme not in self._rows]
        if unheard:
            self._hear_of(unheard)
        return np.array([self._rows[theme] for theme in themes], dtype=np.int64)

    def links(self, rows: Places) -> Links:
        """What words on the themes of these rows bear on."""
        word, at = stretches(self._first[rows], self._size[rows])
        return Links(word, self._subject.take(at), self._kinship.take(at))

    def about(self, themes: Places) -> tuple[Places, Places]:
        """The subjects that are the themes of these numbers: the place among the themes, and the subject."""
        which, at = stretches(self._begin[themes], self._begin[themes + 1] - self._begin[themes])
        return which, self._by_theme[at]

    def _hear_of(self, themes: Sequence[str]) -> None:
        """Finds the subjects on which each of these themes bears, in order, with its kinship to each."""
        related = [self.lens.kinship.relatives(theme) for theme in themes]
        found = [self.events.theme_numbers.find_all(each) for each in related]
        row = np.repeat(np.arange(len(themes)), [len(each) for each in related])
        number = np.fromiter(chain.from_iterable(found), dtype=np.int64)
        factor = np.fromiter(chain.from_iterable(each.values() for each in related), np.float64)
        known = np.flatnonzero(number >= 0)
        bearing, subject = self.about(number[known])
        theme, kinship = row[known][bearing], factor[known][bearing]
        order = np.lexsort((subject, theme))
        self._subject = np.append(self._subject, subject[order])
        self._kinship = np.append(self._kinship, kinship[order])
        self._size = np.append(self._size, np.bincount(theme, minlength=len(themes)))
        self._first = np.cumsum(self._size) - self._size
        self.half_life = np.append(self.half_life, [self.lens.half_life(each) for each in themes])
        self._rows.update(zip(themes, count(len(self._rows)), strict=False))


def stretches(first: Places, size: Places) -> tuple[Places, Places]:
    """The places from ``first`` on, ``size`` of them, of each stretch in turn: which stretch, and the place."""
    which = np.repeat(np.arange(len(size)), size)
    skipped = first - (np.cumsum(size) - size)
    return which, np.arange(len(which)) + skipped.take(which)


class Words(NamedTuple):
    """What customers said of themes: each word's speaker (a row), the row of its theme in a reach, and how it was meant."""

    person: Places
    theme: Places
    taste: Floats
    confidence: Floats
    observed: Floats

    @classmethod
    def of(cls, customers: Iterable[Customer], reach: Reach) -> "Words":
        spoken = [(row, word) for row, one in enumerate(customers) for word in one.interests]
        values = [(w.value, w.confidence, w.observed_at.timestamp()) for _, w in spoken]
        value, confidence, observed = np.array(values, dtype=np.float64).reshape(-1, 3).T
        person = np.array([row for row, _ in spoken], dtype=np.int64)
        themes = reach.rows([word.theme for _, word in spoken])
        return cls(person, themes, 2.0 * value - 1.0, confidence, observed)


@dataclass(frozen=True, slots=True)
class Heard:
    """What is heard of the words.

    ``lines`` are the pairs of customer and subject of which anything is known, customer x number of subjects + subject, in order.
    ``share`` is the part that each link has in what is known of its line, whose place in ``lines`` is ``line``. Of the lines that were
    taught those ``heeded`` have the places ``taught``.
    """

    words: Words
    links: Links
    line: Places
    lines: Places
    share: Floats
    heeded: Bools
    taught: Places

    @property
    def known(self) -> Floats:
        """The sum of the shares for each line, at most 1."""
        return np.minimum(1.0, summed(self.line, self.share, len(self.lines)))


def heard(words: Words, reach: Reach, wanted: Bools, taught: Places = NOWHERE) -> Heard:
    """What is heard of the words, where the pairs of customers (rows) and events (columns) are wanted.

    ``taught`` are lines of which something is known besides.
    """
    links, subjects = reach.links(words.theme), reach.events.subjects
    line = words.person.take(links.word) * len(subjects) + links.subject
    wanted_line = wanted.take(subjects.event, axis=1).ravel()
    kept, heeded = np.flatnonzero(wanted_line.take(line)), wanted_line[taught]
    links = links.only(kept)
    lines, (line, taught) = _numbered(len(wanted_line), line.take(kept), taught[heeded])
    age = (reach.start.take(links.subject) - words.observed.take(links.word)) / DAY
    left = words.confidence.take(links.word) * halved(
        age, reach.half_life.take(words.theme).take(links.word)
    )
    share = _shares(links, line, quantise(links.kinship * left), len(lines))
    return Heard(words, links, line, lines, share, heeded, taught)


def _numbered(size: int, *named: Places) -> tuple[Places, list[Places]]:
    """The lines among so many that are named, in order, and the places in them of those named."""
    there, places = np.zeros(size, dtype=np.bool_), np.empty(size, dtype=np.int64)
    for lines in named:
        there[lines] = True
    all_lines = np.flatnonzero(there)
    places[all_lines] = np.arange(len(all_lines))
    return all_lines, [places.take(lines) for lines in named]


def _shares(links: Links, line: Places, voice: Floats, lines: int) -> Floats:
    own = links.kinship == 1.0
    itself = np.minimum(1.0, summed(line, np.where(own, voice, 0.0), lines))
    relatives = summed(line, np.where(own, 0.0, voice), lines)
    left = (1.0 - itself) / np.maximum(1.0, relatives)
    return quantise(np.where(own, voice, voice * left.take(line)))


def summed(places: Places, amounts: Floats, size: int) -> Floats:
    """The sum of the amounts at each of so many places."""
    return np.bincount(places, amounts, minlength=size).astype(np.float64, copy=False)


class Sums(NamedTuple):
    """What each word (or lesson) amounts to at each event on which it bears at all."""

    word: Places
    event: Places
    amount: Floats


def by_event(links: Links, amounts: Floats, events: EventView) -> Sums:
    """The sums over the subjects of each event."""
    event = events.subjects.event.take(links.subject)
    fresh = np.ones(len(event), dtype=np.bool_)
    fresh[1:] = (links.word[1:] != links.word[:-1]) | (event[1:] != event[:-1])
    first = np.flatnonzero(fresh)
    sums = np.add.reduceat(amounts, first) if len(first) else amounts
    return Sums(links.word[first], event[first], sums)
