"""What many customers are worth at all events at once: the weights of :mod:`kindred_matching.domain.scoring`, to the last bit.

Nothing is named here: all is arrays over the pairs of a block of customers with the events, small enough for the processor to have
them at hand. As amounts are multiples of 2^-20, a block gives what each customer alone would. What weights are made of is named
by :mod:`kindred_matching.domain.telling`.
"""

from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np

from kindred_matching.domain.circumstances import (
    ACCOMPANIED,
    ALONE,
    DAY,
    DISTANCE_DOUBT,
    FARTHEST_KM,
    NEGLECTED_DAYS,
    PASSIVE,
    PROMOTER,
    RECENT_DAYS,
    loyalty_doubt,
    manner_term,
    weekday,
)
from kindred_matching.domain.events import EventView
from kindred_matching.domain.exact import Floats, quantise
from kindred_matching.domain.experiences import (
    Evidence,
    Experiences,
    about_openness,
    about_tastes,
    evidence,
    newness,
    of_openness,
    of_tastes,
)
from kindred_matching.domain.facts import Customer
from kindred_matching.domain.hearing import Heard, Reach, Sums, Words, by_event, heard, summed
from kindred_matching.domain.lens import Lens
from kindred_matching.domain.lessons import NOVELTY, Lessons
from kindred_matching.domain.pairs import Pairs
from kindred_matching.domain.parts import Contribution
from kindred_matching.domain.scoring import ABSENT, moderated
from kindred_matching.domain.slots import Places
from kindred_matching.domain.tastes import in_general, kind_doubt, theme_doubt
from kindred_matching.domain.travel import Bools
from kindred_matching.domain.worth import RAISED, potentials


class Block(NamedTuple):
    """Customers who are weighed together, each with what his replies have taught."""

    customers: Sequence[Customer]
    lessons: Sequence[Lessons]


class At(NamedTuple):
    """The pairs that are weighed: rows of customers, rows of events, and customer x number of events + event."""

    person: Places
    event: Places
    pair: Places

    @classmethod
    def where(cls, wanted: Bools) -> "At":
        pair = np.flatnonzero(wanted)
        person = np.repeat(np.arange(len(wanted)), np.count_nonzero(wanted, axis=1))
        return cls(person, pair - person * wanted.shape[1], pair)


class Leaning(NamedTuple):
    """What speaks for or against some pairs: the sum, and the variance of what is not known about it."""

    amount: Floats
    variance: Floats


class Reading(NamedTuple):
    """All that speaks for or against the pairs ``at``, before it is added up.

    ``said`` is by word of ``told``, ``taught`` by lesson of ``tastes``, ``open`` by lesson of ``openness``. ``kinds`` has a row for each
    customer and a column for each kind of event. ``loyalty``, ``manner`` and ``company`` (alone, and with somebody) are by
    customer, ``distance``, ``moment`` and ``novelty`` by pair. ``doubt`` is the variance of what is not known of a customer at all.
    """

    at: At
    shape: tuple[int, int]
    told: Heard
    said: Sums
    tastes: Experiences
    proof: Evidence
    taught: Sums
    openness: Experiences
    open: Sums
    kinds: Leaning
    loyalty: Floats
    manner: Floats
    doubt: Floats
    distance: Leaning
    moment: Floats
    novelty: Floats
    company: tuple[Floats, Floats]
    together: Bools
    value: Floats


class Scale:
    """Weighs customers who are seen through one lens, with the events of one view."""

    def __init__(self, events: EventView, lens: Lens) -> None:
        self.events, self.lens, self._reach = events, lens, Reach(events, lens)
        self._general = in_general(events, lens)
        self._in_general = self._general.amounts.sum(axis=1)
        self._told_in_general: dict[int, Sequence[Contribution]] = {}
        self._weekday = weekday(events, lens)
        self._on_the_day = self._weekday.amounts.sum(axis=1)
        self.base = float(quantise(np.array([lens.weight("base")]))[0])
        # The doubt about each subject, and about each event, as long as nothing is known.
        self._doubt = quantise(events.subjects.strength**2 * theme_doubt(lens))
        self._doubts = summed(events.subjects.event, self._doubt, len(events))

    def weights(self, block: Block, pairs: Pairs, wanted: Bools) -> Floats:
        """A row for each customer, a column for each event, and both ways to come; ``ABSENT`` for pairs that are not ``wanted``."""
        weights = np.full((wanted.size, 2), ABSENT)
        reading = self.read(block, pairs, wanted)
        weights[reading.at.pair] = self.weigh(reading)
        return weights.reshape(*wanted.shape, 2)

    def read(self, block: Block, pairs: Pairs, wanted: Bools) -> Reading:
        """What there is to be said of the ``wanted`` pairs."""
        reach, lens, at = self._reach, self.lens, At.where(wanted)
        tastes, openness = about_tastes(block.lessons, reach), about_openness(block.lessons, reach)
        proof = evidence(tastes, reach)
        told = heard(Words.of(block.customers, reach), reach, wanted, proof.line)
        moment = quantise(np.array([0.0, lens.weight("recent_moment")]))
        nps, company = pairs.people.rows["nps"], pairs.people.rows["company"]
        return Reading(
            at=at,
            shape=pairs.shape,
            told=told,
            said=self._said(told),
            tastes=tastes,
            proof=proof,
            taught=of_tastes(tastes, reach),
            openness=openness,
            open=of_openness(openness, reach, len(self.events)),
            kinds=self._kinds(block.customers),
            loyalty=quantise(loyalty_of(nps, lens)),
            manner=quantise(
                np.array([lens.weight(manner_term(x.manner)) for x in block.customers])
            ),
            doubt=np.where(np.isnan(nps), loyalty_doubt(lens), 0.0),
            distance=distance_of(pairs, at, lens),
            moment=moment[(days_of(pairs, at) < RECENT_DAYS).view(np.uint8)],
            novelty=self._novelty(tastes, pairs.shape, at),
            company=(
                quantise(company * lens.weight("without_company")),
                quantise(company * lens.weight("in_company")),
            ),
            together=company.take(at.person) & self.events.rows["companion"].take(at.event),
            value=worth_of(pairs, at),
        )

    def weigh(self, reading: Reading) -> Floats:
        """A row for each pair that was read, with a column for each way to come."""
        taste = self._taste(reading)
        whole, fit = self._whole(reading, taste), moderated(*taste)
        weights = np.full((len(fit), 2), ABSENT)
        everywhere, together = np.arange(len(fit)), np.flatnonzero(reading.together)
        for way, rows in ((ALONE, everywhere), (ACCOMPANIED, together)):
            company = reading.company[way].take(reading.at.person.take(rows))
            log_odds = whole.amount.take(rows) + company
            chance = self.lens.weight("free") * moderated(log_odds, whole.variance.take(rows))
            weights[rows, way] = quantise(reading.value.take(rows) * chance * fit.take(rows))
        return weights

    def in_general(self, row: int) -> Sequence[Contribution]:
        """What themes, kind and days of one event do with everybody."""
        if row not in self._told_in_general:
            told = chain(self._general.contributions(row), self._weekday.contributions(row))
            self._told_in_general[row] = tuple(each for each in told if each.amount)
        return self._told_in_general[row]

    def _novelty(self, tastes: Experiences, shape: tuple[int, int], at: At) -> Floats:
        """What it does that the kind of event is new to the customer."""
        weight = self.lens.weight(NOVELTY)
        if not weight:
            return np.zeros(len(at.pair))
        return quantise(newness(tastes, self._reach, shape).take(at.pair) * weight)

    def _taste(self, reading: Reading) -> Leaning:
        """What the events are about against what the customers like."""
        at, kinds = reading.at, reading.kinds
        size, kind = reading.shape[0] * reading.shape[1], self.events.rows["kind"].take(at.event)
        person = reading.told.words.person
        liked = _by_pair(reading.said, person, reading.shape) + _by_pair(
            reading.taught, reading.tastes.person, reading.shape
        )
        amount = (
            liked.take(at.pair) + self._in_general.take(at.event) + kinds.amount[at.person, kind]
        )
        less = self._less_doubt(reading.told, reading.proof, size).take(at.pair)
        return Leaning(amount, self._doubts.take(at.event) + less + kinds.variance[at.person, kind])

    def _whole(self, reading: Reading, taste: Leaning) -> Leaning:
        """Taste, and what speaks for or against coming whatever the event is about."""
        at, always = reading.at, self.base + reading.loyalty + reading.manner
        amount = taste.amount + reading.distance.amount + always.take(at.person) + reading.moment
        amount += reading.novelty + self._on_the_day.take(at.event)
        if len(reading.open.word):
            amount += _by_pair(reading.open, reading.openness.person, reading.shape).take(at.pair)
        return Leaning(
            amount, taste.variance + reading.distance.variance + reading.doubt.take(at.person)
        )

    def _said(self, told: Heard) -> Sums:
        """What was said of themes, by word and event."""
        events, links = self.events, told.links
        strength = events.subjects.strength.take(links.subject)
        pull = quantise(strength * told.share * told.words.taste.take(links.word))
        sums = by_event(links, pull, events)
        return sums._replace(amount=quantise(sums.amount * self.lens.weight("interest")))

    def _less_doubt(self, told: Heard, proof: Evidence, size: int) -> Floats:
        """By how much what was said and learned changes the doubt, for each pair."""
        subjects = self.events.subjects
        person, subject = np.divmod(told.lines, max(1, len(subjects)))
        variance = theme_doubt(self.lens) * (1.0 - told.known**2)
        if len(proof.line):
            known = np.zeros(len(told.lines))
            known[told.taught] = proof.amount[told.heeded]
            variance /= 1.0 + variance * known
        doubt = quantise(subjects.strength[subject] ** 2 * variance)
        pair = person * len(self.events) + subjects.event[subject]
        return summed(pair, doubt - self._doubt[subject], size)

    def _kinds(self, customers: Sequence[Customer]) -> Leaning:
        """How each customer likes each kind of event, by its number."""
        lens, numbers = self.lens, self.events.kind_numbers
        told = [
            (row, numbers.find(kind), value)
            for row, customer in enumerate(customers)
            for kind, value in customer.kinds
        ]
        row, number, value = np.array(told, dtype=np.float64).reshape(-1, 3).T
        known = number >= 0
        place = row[known].astype(np.int64), number[known].astype(np.int64)
        amount = np.zeros((len(customers), max(1, len(numbers))))
        np.add.at(amount, place, quantise((2.0 * value[known] - 1.0) * lens.weight("kind")))
        variance = np.full(amount.shape, kind_doubt(lens))
        variance[place] = 0.0
        return Leaning(amount, variance)


def _by_pair(sums: Sums, person: Places, shape: tuple[int, int]) -> Floats:
    """The sums over the words, or lessons, of each customer at each event; ``person`` is whose each word is."""
    pair = person.take(sums.word) * shape[1] + sums.event
    return summed(pair, sums.amount, shape[0] * shape[1])


def loyalty_of(nps: Floats, lens: Lens) -> Floats:
    """What each answer to the recommendation question does; nothing where it was not given."""
    loyalty = np.where(nps >= PASSIVE, lens.weight("passive"), lens.weight("detractor"))
    loyalty = np.where(nps >= PROMOTER, lens.weight("promoter"), loyalty)
    return np.where(np.isnan(nps), 0.0, loyalty)


def distance_of(pairs: Pairs, at: At, lens: Lens) -> Leaning:
    """What the way to each event does; doubt where a place is not known."""
    km, weight = pairs.km.take(at.pair), lens.weight("distance_per_100_km")
    far = np.where(pairs.events.rows["online"].take(at.event), 0.0, np.minimum(km, FARTHEST_KM))
    unknown = np.isnan(far)
    far[unknown] = 0.0
    doubt = np.where(unknown, (DISTANCE_DOUBT * weight) ** 2, 0.0)
    return Leaning(quantise(far / 100.0 * weight), doubt)


def days_of(pairs: Pairs, at: At) -> Floats:
    """Days from each customer's last moment to the event; without end when there was none."""
    last = pairs.people.rows["last_moment"].take(at.person)
    days: Floats = (pairs.events.rows["start"].take(at.event) - last) / DAY
    return days


def worth_of(pairs: Pairs, at: At) -> Floats:
    """What each customer is worth to the company that invites him."""
    people = pairs.people.rows
    nps = people["nps"]
    value = (people["account_value"] * potentials(nps)).take(at.person)
    raised = (nps >= PROMOTER).take(at.person) & (days_of(pairs, at) >= NEGLECTED_DAYS)
    worth: Floats = value * np.where(raised, RAISED, 1.0)
    return worth
