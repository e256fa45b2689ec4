"""Ways to decide whom to invite: each gives weights to pairs and hears what became of those that were invited."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from tests.bench.matching.closed_loop_world import (
    SEATS,
    Chances,
    Occasion,
    World,
    asked_again,
    survey_estimate,
    true_chances,
)

from kindred_matching.adapters.theme_files import read_taxonomy
from kindred_matching.domain.circumstances import comes_in_company
from kindred_matching.domain.events import EventTable, EventView
from kindred_matching.domain.exploration import Draw, draw, optimism
from kindred_matching.domain.exposures import Asked, Exposure, exposed
from kindred_matching.domain.facts import Customer
from kindred_matching.domain.learning import Learner
from kindred_matching.domain.lens import Lens, Outlook
from kindred_matching.domain.replies import Reply
from kindred_matching.domain.rules import Coefficients
from kindred_matching.domain.scoring import ABSENT, score

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Invited:
    """One invitation: the places of customer and event, and 0 alone or 1 in company."""

    customer: int
    event: int
    option: int


@dataclass(frozen=True, slots=True)
class Round:
    """What a policy may see of a round; ``chances`` are for the oracle alone."""

    number: int
    now: datetime
    occasion: Occasion
    view: EventView
    chances: Chances


class Policy(Protocol):
    """Weighs every pair (alone, in company; ``ABSENT`` where there is no such option), and learns from what happens."""

    name: str

    def weigh(self, round_: Round) -> Floats: ...

    def drawn(self, round_: Round) -> list[Draw]:
        """The pairs to invite at random, before all others."""
        ...

    def invite(self, round_: Round, invited: list[Invited]) -> None: ...

    def hear(self, replies: list[tuple[Reply, str | None]], now: datetime) -> None:
        """What became of the invitations, in their order."""
        ...

    def probability(self, round_: Round, customer: int) -> Floats | None:
        """What it expects of a customer and events that nobody chose: to be compared with what happens."""
        ...


class Fixed:
    """A policy that does not learn."""

    def __init__(self, world: World) -> None:
        self.world = world

    def drawn(self, round_: Round) -> list[Draw]:  # noqa: ARG002 - the protocol's
        return []

    def invite(self, round_: Round, invited: list[Invited]) -> None:
        """Nothing is remembered."""

    def hear(self, replies: list[tuple[Reply, str | None]], now: datetime) -> None:
        """Nothing is learned."""

    def probability(self, round_: Round, customer: int) -> Floats | None:  # noqa: ARG002 - as above
        return None

    def options(self, view: EventView) -> NDArray[np.bool_]:
        """Where there is an option to come alone, and one to come in company."""
        company = np.array([comes_in_company(each, view) for each in self.world.customers])
        return np.stack([np.ones_like(company), company], axis=2)


class AtRandom(Fixed):
    """Anybody to anything."""

    name = "random"

    def weigh(self, round_: Round) -> Floats:
        random = np.random.default_rng((self.world.seed, 3, round_.number))
        options = self.options(round_.view)
        return np.where(options, random.random(options.shape), ABSENT)


class StatedOnly(Fixed):
    """What the customer said of the event's themes, and nothing else: a mailing list with tags."""

    def __init__(self, world: World, *, by_value: bool = False) -> None:
        super().__init__(world)
        self.name = "stated interest x value" if by_value else "stated interest only"
        self._by_value = by_value

    def weigh(self, round_: Round) -> Floats:
        options = self.options(round_.view)
        weight = np.array([self._affinity(each, round_) for each in self.world.customers])
        if self._by_value:
            weight *= np.array([[each.account_value] for each in self.world.customers])
        return np.where(options, weight[:, :, None] + np.array([0.0, 1e-6]), ABSENT)

    def _affinity(self, customer: Customer, round_: Round) -> list[float]:
        said = {interest.theme: 2.0 * interest.value - 1.0 for interest in customer.interests}
        return [
            1.0 + sum(strength * said.get(theme, 0.0) for theme, strength in event.themes) / 2.0
            for event in round_.occasion.events
        ]


class Oracle(Fixed):
    """Knows what nobody can know."""

    name = "oracle"

    def weigh(self, round_: Round) -> Floats:
        return np.where(self.options(round_.view), true_weight(self.world, round_), ABSENT)


class AllButTastes(Fixed):
    """Knows what nobody can know but the tastes, of which it makes the best that can be made of the survey.

    What separates it from the oracle is not in the survey; only replies and ratings could tell.
    """

    name = "all known but the tastes"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        guessed = replace(world.truth, taste=survey_estimate(world))
        self._guess = replace(world, truth=guessed)

    def weigh(self, round_: Round) -> Floats:
        guess = replace(round_, chances=true_chances(self._guess, round_.occasion))
        return np.where(self.options(round_.view), true_weight(self.world, guess), ABSENT)


def true_weight(world: World, round_: Round) -> Floats:
    """What an invitation is truly worth: value x chance x fit."""
    view, lens = round_.view, Lens.of()
    value = np.array([score(each, view, lens).value for each in world.customers])
    weight: Floats = (value * round_.chances.fit)[:, :, None] * round_.chances.accepts
    return weight


@dataclass(frozen=True, slots=True)
class Habits:
    """What a scoring policy does: reads the survey, learns, draws a share of its invitations, hopes (deviations)."""

    name: str
    survey: bool = True
    learns: bool = True
    share: float = 0.0
    width: float = 0.0


class Scoring(Fixed):
    """The scoring and learning of the product; a model epoch begins after every round."""

    def __init__(self, world: World, habits: Habits) -> None:
        super().__init__(world)
        self.name, self._habits = habits.name, habits
        self._tree = read_taxonomy().tree
        self._lens, self._learner = Lens.of(themes=self._tree), Learner()
        self._open: list[Exposure] = []
        self._customers = [
            customer if habits.survey else replace(customer, interests=(), kinds=())
            for customer in world.customers
        ]

    def weigh(self, round_: Round) -> Floats:
        self._customers = [asked_again(customer, round_.now) for customer in self._customers]
        found = []
        for customer in self._customers:
            scores = score(customer, round_.view, *self._outlook(customer))
            bonus = optimism(scores, self._lens, self._habits.width) if self._habits.width else 0.0
            found.append(scores.weight + bonus)
        return np.array(found)

    def drawn(self, round_: Round) -> list[Draw]:
        events = [event.id for event in round_.occasion.events]
        chance = self._habits.share * SEATS
        drawn = (draw(each.id, f"{round_.number}", events, chance) for each in self._customers)
        return [each for each in drawn if each is not None]

    def invite(self, round_: Round, invited: list[Invited]) -> None:
        self._open = []
        for each in invited if self._habits.learns else ():
            customer, event = self._customers[each.customer], round_.occasion.events[each.event]
            table = EventTable()
            view = table.view([table.put(event, round_.now)])
            asked = Asked(each.option, customer.manner)
            self._open.append(exposed(customer, event, view, asked, self._outlook(customer)))

    def hear(self, replies: list[tuple[Reply, str | None]], now: datetime) -> None:
        if not self._habits.learns:
            return
        for exposure, (reply, reason) in zip(self._open, replies, strict=True):
            self._learner.teach(exposure, reply, reason, self._lens, now)
        self._lens = Lens.of(shifts=self._learner.shifts(Coefficients()), themes=self._tree)

    def probability(self, round_: Round, customer: int) -> Floats | None:
        who = asked_again(self._customers[customer], round_.now)
        return score(who, round_.view, *self._outlook(who)).probability

    def _outlook(self, customer: Customer) -> Outlook:
        return Outlook(self._lens, self._learner.lessons_of(customer.id))
