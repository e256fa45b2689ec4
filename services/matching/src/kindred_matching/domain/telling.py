"""What the weights of some pairs are made of, by name: what :mod:`kindred_matching.domain.scoring` tells of each pair alone.

A block of customers is read as :mod:`kindred_matching.domain.weighing` reads it, with no other pairs than those to tell of.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, islice

import numpy as np

from kindred_matching.domain.assessment import PAIRS_AT_ONCE, Assessment
from kindred_matching.domain.events import EventView
from kindred_matching.domain.hearing import Sums
from kindred_matching.domain.lessons import NOVELTY
from kindred_matching.domain.pairs import UNSETTLED, Pairs
from kindred_matching.domain.parts import Contribution, strongest_first
from kindred_matching.domain.people import People
from kindred_matching.domain.slots import Places
from kindred_matching.domain.weighing import Block, Reading, Scale

NOTHING: Sequence[Contribution] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """A pair, by the row of its event: its weight alone and in company, and what adds up to the log-odds of each.

    ``company`` is what it adds to come in either way, ``parts`` all the rest.
    """

    row: int
    weight: Sequence[float]
    parts: Sequence[Contribution]
    company: Sequence[float]

    def contributions(self, option: int) -> tuple[Contribution, ...]:
        """What adds up to the log-odds of one option, the strongest first."""
        return strongest_first([*self.parts, Contribution("companion", self.company[option])])


def tell(
    asked: Iterable[tuple[Assessment, Places]],
    view: EventView,
    now: int,
    pairs_at_once: int = PAIRS_AT_ONCE,
) -> Iterator[list[Told]]:
    """Of each customer some rows of the ``view`` in which all were assessed, whatever is refused or preferred."""
    together = max(1, pairs_at_once // max(1, len(view)))
    for _, alike in groupby(asked, key=lambda each: id(each[0].outlook.lens)):
        scale = None
        while block := list(islice(alike, together)):
            scale = scale or Scale(view, block[0][0].outlook.lens)
            yield from _told(scale, block, now)


def _told(scale: Scale, asked: Sequence[tuple[Assessment, Places]], now: int) -> list[list[Told]]:
    view, wanted = scale.events, np.zeros((len(asked), len(scale.events)), dtype=np.bool_)
    for person, (_, rows) in enumerate(asked):
        wanted[person, rows] = True
    block = Block([x.customer for x, _ in asked], [x.outlook.lessons for x, _ in asked])
    people = People.of(block.customers, view.theme_numbers, view.language_numbers)
    reading = scale.read(block, Pairs.of(people, view, UNSETTLED, now), wanted)
    found: list[list[Told]] = [[] for _ in asked]
    for person, told in zip(reading.at.person.tolist(), _each(scale, block, reading), strict=True):
        found[person].append(told)
    return found


def _each(scale: Scale, block: Block, reading: Reading) -> Iterator[Told]:
    """Each pair that was read."""
    at, width = reading.at, reading.shape[1]
    said = _named(reading.said, reading.told.words.person, _words(block), width)
    lessons = [f"experience:{subject}" for subject in reading.tastes.subjects]
    taught = _named(reading.taught, reading.tastes.person, lessons, width)
    openness = [f"experience:{subject}" for subject in reading.openness.subjects]
    open_ = _named(reading.open, reading.openness.person, openness, width)
    kind = scale.events.rows["kind"].take(at.event)
    kinds, names = reading.kinds.amount[at.person, kind], list(scale.events.kind_numbers)
    base = Contribution("base", scale.base)
    ways = np.stack(reading.company, axis=1).take(at.person, axis=0)
    rest = zip(
        at.pair.tolist(),
        at.event.tolist(),
        scale.weigh(reading).tolist(),
        ways.tolist(),
        kind.tolist(),
        kinds.tolist(),
        reading.distance.amount.tolist(),
        reading.loyalty.take(at.person).tolist(),
        reading.moment.tolist(),
        reading.novelty.tolist(),
        reading.manner.take(at.person).tolist(),
        strict=True,
    )
    for pair, row, weight, company, number, liked, far, loyalty, moment, new, manner in rest:
        parts = (
            *said.get(pair, NOTHING),
            Contribution(f"kind:{names[number]}", liked),
            *scale.in_general(row),
            *taught.get(pair, NOTHING),
            base,
            Contribution("distance", far),
            Contribution("loyalty", loyalty),
            Contribution("recent-moment", moment),
            Contribution(NOVELTY, new),
            Contribution("manner", manner),
            *open_.get(pair, NOTHING),
        )
        yield Told(row, weight, parts, company)


def _words(block: Block) -> list[str]:
    """What each word that the customers said of themes is called."""
    return [f"interest:{word.theme}" for one in block.customers for word in one.interests]


def _named(
    sums: Sums, person: Places, names: Sequence[str], width: int
) -> Mapping[int, Sequence[Contribution]]:
    """The contributions of words, or lessons, to each pair; ``person`` is whose each is."""
    found: dict[int, list[Contribution]] = defaultdict(list)
    pairs = person.take(sums.word) * width + sums.event
    for pair, word, amount in zip(
        pairs.tolist(), sums.word.tolist(), sums.amount.tolist(), strict=True
    ):
        found[pair].append(Contribution(names[word], amount))
    return found
