"""What many customers are worth at all events at once: the weights of :mod:`kindred_matching.domain.scoring`, to the last bit.

Nothing is named here and nothing kept for telling: all is arrays over the pairs of a block of customers with the events, small
enough for the processor to have them at hand. As amounts are multiples of 2^-20, a block gives what each customer alone would.
"""

from collections.abc import Sequence
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
)
from kindred_matching.domain.events import EventView
from kindred_matching.domain.exact import Floats, quantise
from kindred_matching.domain.experiences import (
    Evidence,
    about_openness,
    about_tastes,
    evidence,
    taught_openness,
    taught_taste,
)
from kindred_matching.domain.facts import Customer
from kindred_matching.domain.hearing import Heard, Reach, Words, by_event, heard, summed
from kindred_matching.domain.lens import Lens
from kindred_matching.domain.lessons import Lessons
from kindred_matching.domain.pairs import Pairs
from kindred_matching.domain.people import People
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

    def only(self, kept: Places) -> "At":
        return At(*(each.take(kept) for each in self))


class Leaning(NamedTuple):
    """What speaks for or against some pairs: the sum, and the variance of what is not known about it."""

    amount: Floats
    variance: Floats


class Scale:
    """Weighs customers who are seen through one lens, with the events of one view."""

    def __init__(self, events: EventView, lens: Lens) -> None:
        self._events, self._lens, self._reach = events, lens, Reach(events, lens)
        self._general = in_general(events, lens).amounts.sum(axis=1)
        # The doubt about each subject, and about each event, as long as nothing is known.
        self._doubt = quantise(events.subjects.strength**2 * theme_doubt(lens))
        self._doubts = summed(events.subjects.event, self._doubt, len(events))

    def weights(self, block: Block, pairs: Pairs, wanted: Bools) -> Floats:
        """A row for each customer, a column for each event, and both ways to come; ``ABSENT`` for pairs that are not ``wanted``."""
        at = At.where(wanted)
        taste = self._taste(block, wanted, at)
        whole, fit, value = (
            self._whole(block, pairs, taste, at),
            moderated(*taste),
            worth_of(pairs, at),
        )
        weights = np.full((wanted.size, 2), ABSENT)
        chance = self._accepts(pairs, whole, at, "without_company")
        weights[at.pair, ALONE] = quantise(value * chance * fit)
        company = pairs.people.rows["company"].take(at.person) & self._events.rows[
            "companion"
        ].take(at.event)
        both = np.flatnonzero(company)
        chance = self._accepts(
            pairs, Leaning(*(x[both] for x in whole)), at.only(both), "in_company"
        )
        weights[at.pair[both], ACCOMPANIED] = quantise(value[both] * chance * fit[both])
        return weights.reshape(*wanted.shape, 2)

    def _accepts(self, pairs: Pairs, whole: Leaning, at: At, term: str) -> Floats:
        """The probability that he accepts to come in the way of the term."""
        wishes = pairs.people.rows["company"].astype(np.float64)
        company = quantise(wishes * self._lens.weight(term)).take(at.person)
        return self._lens.weight("free") * moderated(whole.amount + company, whole.variance)

    def _taste(self, block: Block, wanted: Bools, at: At) -> Leaning:
        """What the events are about against what the customers like."""
        reach, size = self._reach, wanted.size
        experiences = about_tastes(block.lessons, reach)
        proof = evidence(experiences, reach)
        told = heard(Words.of(block.customers, reach), reach, wanted, proof.line)
        liked = self._said(told, size) + taught_taste(experiences, reach, wanted.shape)
        kinds, kind = self._kinds(block.customers), self._events.rows["kind"].take(at.event)
        amount = liked.take(at.pair) + self._general.take(at.event) + kinds.amount[at.person, kind]
        less = self._less_doubt(told, proof, size).take(at.pair)
        return Leaning(amount, self._doubts.take(at.event) + less + kinds.variance[at.person, kind])

    def _said(self, told: Heard, size: int) -> Floats:
        """What was said of themes, for each pair."""
        events, links, words = self._events, told.links, told.words
        strength = events.subjects.strength.take(links.subject)
        pull = quantise(strength * told.share * words.taste.take(links.word))
        sums = by_event(links, pull, events)
        pair = words.person.take(sums.word) * len(events) + sums.event
        return summed(pair, quantise(sums.amount * self._lens.weight("interest")), size)

    def _less_doubt(self, told: Heard, proof: Evidence, size: int) -> Floats:
        """By how much what was said and learned changes the doubt, for each pair."""
        subjects = self._events.subjects
        person, subject = np.divmod(told.lines, max(1, len(subjects)))
        variance = theme_doubt(self._lens) * (1.0 - told.known**2)
        if len(proof.line):
            known = np.zeros(len(told.lines))
            known[told.taught] = proof.amount[told.heeded]
            variance /= 1.0 + variance * known
        doubt = quantise(subjects.strength[subject] ** 2 * variance)
        pair = person * len(self._events) + subjects.event[subject]
        return summed(pair, doubt - self._doubt[subject], size)

    def _kinds(self, customers: Sequence[Customer]) -> Leaning:
        """How each customer likes each kind of event, by its number."""
        lens, numbers = self._lens, self._events.kind_numbers
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

    def _whole(self, block: Block, pairs: Pairs, taste: Leaning, at: At) -> Leaning:
        """Taste, and what speaks for or against coming whatever the event is about."""
        far, always = (
            distance_of(pairs, at, self._lens),
            self._always(block.customers, pairs.people),
        )
        recent = days_of(pairs, at) < RECENT_DAYS
        moment = quantise(np.array([0.0, self._lens.weight("recent_moment")]))
        amount = (
            taste.amount
            + far.amount
            + always.amount.take(at.person)
            + moment[recent.view(np.uint8)]
        )
        openness = about_openness(block.lessons, self._reach)
        if len(openness.person):
            amount += taught_openness(openness, self._reach, pairs.shape)[at.pair]
        return Leaning(amount, taste.variance + far.variance + always.variance.take(at.person))

    def _always(self, customers: Sequence[Customer], people: People) -> Leaning:
        """What is the same for each event: loyalty, and the manner in which customers are asked."""
        lens, nps = self._lens, people.rows["nps"]
        loyalty = np.where(nps >= PASSIVE, lens.weight("passive"), lens.weight("detractor"))
        loyalty = np.where(nps >= PROMOTER, lens.weight("promoter"), loyalty)
        loyalty = np.where(np.isnan(nps), 0.0, loyalty)
        manner = np.array([lens.weight(manner_term(each.manner)) for each in customers])
        base = quantise(np.array([lens.weight("base")]))
        doubt = np.where(np.isnan(nps), loyalty_doubt(lens), 0.0)
        return Leaning(base + quantise(loyalty) + quantise(manner), doubt)


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
