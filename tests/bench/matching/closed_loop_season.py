"""Plays a season with one policy: weights, allocation within seats and caps, invitations, replies, lessons."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray
from tests.bench.matching.closed_loop_policies import Invited, Policy, Round, true_weight
from tests.bench.matching.closed_loop_world import (
    AGENDA,
    START,
    Occasion,
    World,
    draw_occasion,
    true_chances,
)

from kindred_matching.domain.events import EventTable
from kindred_matching.domain.replies import Reply
from kindred_matching.domain.scoring import ABSENT

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Season:
    """``worth`` is what the invitations of each round were truly worth, before chance had its say."""

    worth: Floats
    invitations: int
    accepted: int


@dataclass(frozen=True, slots=True)
class HoldOut:
    """Pairs that nobody chose, whom the policy foretold and chance decided: ``expected`` against ``happened``."""

    expected: Floats
    happened: Floats

    @property
    def calibration(self) -> float:
        return float(self.expected.sum() / self.happened.sum())

    @property
    def normalised_entropy(self) -> float:
        """Log loss over that of always foretelling the mean (He et al., ADKDD 2014)."""
        mean = np.full_like(self.happened, self.happened.mean())
        return _log_loss(self.expected, self.happened) / _log_loss(mean, self.happened)


def play(world: World, policy: Policy, rounds: int, events: int) -> Season:
    """A season of rounds; the same events and the same luck for every policy."""
    worth, invitations, accepted = np.zeros(rounds), 0, 0
    for number in range(rounds):
        occasion = draw_occasion(world, number, events)
        round_ = look_at(world, occasion, number)
        invited = list(_invitations(world, policy, round_))
        weights = true_weight(world, round_)
        worth[number] = sum(weights[each.customer, each.event, each.option] for each in invited)
        policy.invite(round_, invited)
        replies = [_reply(world, round_, each) for each in invited]
        policy.hear(replies, round_.now + timedelta(weeks=1))
        invitations += len(invited)
        accepted += sum(reply is Reply.ACCEPTED for reply, _ in replies)
    return Season(worth, invitations, accepted)


def look_at(world: World, occasion: Occasion, number: int) -> Round:
    now = START + timedelta(weeks=number)
    table = EventTable()
    view = table.view([table.put(event, now) for event in occasion.events])
    return Round(number, now, occasion, view, true_chances(world, occasion))


def _invitations(world: World, policy: Policy, round_: Round) -> Iterator[Invited]:
    rows = {customer.id: row for row, customer in enumerate(world.customers)}
    columns = {event.id: column for column, event in enumerate(round_.occasion.events)}
    seats = [event.seats for event in round_.occasion.events]
    weight = policy.weigh(round_).copy()
    for pair in policy.drawn(round_):
        row, column = rows[pair.customer_id], columns[pair.event_id]
        weight[row], seats[column] = ABSENT, seats[column] - 1
        yield Invited(row, column, 0)
    yield from _best_first(weight, seats)


def _best_first(weight: Floats, seats: list[int]) -> Iterator[Invited]:
    """One invitation for each customer, always the pair of most weight that still fits."""
    free = np.ones(len(weight), dtype=np.bool_)
    order = np.argsort(-weight, axis=None, kind="stable")
    for row, column, option in zip(*np.unravel_index(order, weight.shape), strict=True):
        if weight[row, column, option] < 0.0:
            return
        if free[row] and seats[column] > option:
            free[row], seats[column] = False, seats[column] - 1 - int(option)
            yield Invited(int(row), int(column), int(option))


def _reply(world: World, round_: Round, invited: Invited) -> tuple[Reply, str | None]:
    """Luck belongs to the pair: whoever invites the same customer to the same event gets the same answer."""
    luck = np.random.default_rng(
        (world.seed, 4, round_.number, invited.customer, invited.event)
    ).random(4)
    chance = round_.chances.accepts[invited.customer, invited.event, invited.option]
    if luck[0] < chance:
        return Reply.ACCEPTED, None
    if luck[1] < AGENDA / (1.0 - chance):
        return Reply.DECLINED, "date"
    if luck[2] < 0.3:
        return Reply.SILENT, None
    disliked = round_.chances.taste[invited.customer, invited.event] < 0
    return Reply.DECLINED, "topic" if disliked and luck[3] < 0.5 else None


def hold_out(world: World, policy: Policy, after: int, size: int, events: int) -> HoldOut | None:
    """Random customers at random events of the rounds behind the season."""
    random = np.random.default_rng((world.seed, 5))
    expected: list[float] = []
    happened: list[float] = []
    number = after
    while len(expected) < size:
        round_ = look_at(world, draw_occasion(world, number, events, season=1), number)
        for customer in range(len(world.customers)):
            foretold = policy.probability(round_, customer)
            if foretold is None:
                return None
            luck = random.random(events)
            expected += foretold[:, 0].tolist()
            happened += (luck < round_.chances.accepts[customer, :, 0]).astype(float).tolist()
    return HoldOut(np.array(expected[:size]), np.array(happened[:size]))


def _log_loss(expected: Floats, happened: Floats) -> float:
    return float(-(happened * np.log(expected) + (1 - happened) * np.log(1 - expected)).mean())
