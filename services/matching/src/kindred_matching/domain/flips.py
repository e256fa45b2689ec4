"""The smallest changes that would turn a pair from not chosen into chosen, or back: each tried out on a copy of the market."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import numpy as np

from kindred_matching.domain.allocation import Allocation
from kindred_matching.domain.assessment import Assessment, Assessor, Dossier
from kindred_matching.domain.engine import Engine
from kindred_matching.domain.facts import Customer, Interest
from kindred_matching.domain.slots import Slot
from kindred_matching.domain.vocabulary import BIT, Reason, reasons_in

MOST_SEATS = 12
"""More seats than this are no small change."""

SLICES = 30
"""Slices of background work in which money that is added is shared out."""

SURE = 0.99
"""Confidence from which an interest need not be confirmed any more."""


class FlipKind(StrEnum):
    """What would have to be different."""

    MORE_SEATS = "more_seats"
    FEWER_SEATS = "fewer_seats"
    INTEREST_CONFIRMED = "interest_confirmed"
    INTEREST_FOUND = "interest_found"
    GIVEN_UP = "given_up"
    ONE_MORE_INVITATION = "one_more_invitation"
    ONE_MORE_GUEST = "one_more_guest"
    MORE_FOR_ACCOUNT = "more_for_account"
    MORE_BUDGET = "more_budget"
    ALLOWED = "allowed"


@dataclass(frozen=True, slots=True)
class Flip:
    """One change that would be enough alone.

    So many ``seats`` more or fewer, interest in a ``theme``, another ``event_id`` that is not proposed to him, a ``refusal`` that
    no longer holds, or so many ``cents`` more to spend in all or for his account. One more guest is one of each account.
    """

    kind: FlipKind
    seats: int = 0
    theme: str | None = None
    event_id: UUID | None = None
    refusal: Reason | None = None
    cents: int = 0


def flips(engine: Engine, customer_id: UUID, event_id: UUID) -> tuple[Flip, ...]:
    """The changes that would flip the pair, the easiest first; none for a pair that invitations has settled."""
    trial = _Trial.of(engine, customer_id, event_id)
    seen = trial.assessment
    if seen.fixed[trial.row] or not seen.view.rows["live"][trial.row]:
        return ()
    if trial.chosen:
        return tuple(_fewer_seats(trial))
    if seen.refused[trial.row]:
        return tuple(_allowed(trial))
    return tuple(_wins(trial))


@dataclass(frozen=True, slots=True)
class _Trial:
    """A pair, and what is needed to try it otherwise: on a ``spare`` allocation, one thing at a time."""

    engine: Engine
    dossier: Dossier
    assessment: Assessment
    customer: Slot
    event: Slot
    row: int
    chosen: bool
    spare: Allocation

    @classmethod
    def of(cls, engine: Engine, customer_id: UUID, event_id: UUID) -> "_Trial":
        customer, event = engine.places.take(customer_id), engine.table.slots.take(event_id)
        view, dossier = engine.view(), engine.dossier(customer_id)
        seen = Assessor(engine.table, engine.rules, engine.now).assess(dossier, view)
        row = int(np.flatnonzero(view.places == event)[0])
        chosen = _has(engine.allocation, customer, event)
        spare = engine.allocation.fork()
        return cls(engine, dossier, seen, customer, event, row, chosen, spare)

    def _fork(self) -> Allocation:
        """The allocation as it is, to try one thing on."""
        self.spare.stand_as(self.engine.allocation)
        return self.spare

    def with_seats(self, more: int) -> bool:
        """Whether the customer is chosen when the event has so many seats more."""
        fork = self._fork()
        seats = int(fork.market.state.seats[self.event]) + more
        fork.change_seats(self.event, max(0, seats))
        return self._settled(fork)

    def with_budget(self, more: int) -> bool:
        """Whether the customer is chosen when there are so many cents more to spend, and they are shared out."""
        fork = self._fork()
        fork.limit_budget(int(fork.market.state.totals[0]["budget"]) + more)
        fork.rest(SLICES)
        return self._settled(fork)

    def with_guests(self, most: int) -> bool:
        """Whether the customer is chosen when each account may send so many guests to an event."""
        fork = self._fork()
        fork.limit_guests(most)
        return self._assessed_as(fork, self.assessment)

    def left_to_account(self) -> float:
        """The cents that his account still has in the year of the event; infinite without a limit."""
        state = self.engine.allocation.market.state
        account = int(state.account[self.customer])
        return np.inf if account < 0 else float(state.account_room[account, state.year[self.event]])

    def with_account(self, more: int) -> bool:
        """Whether the customer is chosen when his account has so many cents more in the year of the event."""
        fork = self._fork()
        state = fork.market.state
        account, limits = int(state.account[self.customer]), state.account_limit
        room = limits[account].copy()
        room[state.year[self.event]] += more
        fork.limit_account(account, room)
        return self._assessed_as(fork, self.assessment)

    def assessed_as(self, seen: Assessment) -> bool:
        """Whether the customer is chosen when he stands so."""
        return self._assessed_as(self._fork(), seen)

    def _assessed_as(self, fork: Allocation, seen: Assessment) -> bool:
        fork.fit(0, 0, 0, seen.cap)
        fork.assess(self.customer, seen, self._pinned())
        return self._settled(fork)

    def seen_with(self, customer: Customer) -> Assessment:
        """How he would stand if these were the facts about him."""
        assessor = Assessor(self.engine.table, self.engine.rules, self.engine.now)
        return assessor.assess(self.dossier._replace(customer=customer), self.assessment.view)

    def _pinned(self) -> list[Slot]:
        found = self.engine.wishes.pinned_for(self.dossier.customer.id)
        return [self.engine.table.slots.take(event) for event in found]

    def _settled(self, fork: Allocation) -> bool:
        fork.settle()
        return _has(fork, self.customer, self.event)


def _has(allocation: Allocation, customer: Slot, event: Slot) -> bool:
    return any(choice.event == event for choice in allocation.chosen(customer))


def _wins(trial: _Trial) -> Iterator[Flip]:
    found, confirmed = list(_interests(trial)), FlipKind.INTEREST_CONFIRMED
    yield from (flip for flip in found if flip.kind is confirmed)
    for more in range(1, MOST_SEATS + 1):
        if trial.with_seats(more):
            yield Flip(FlipKind.MORE_SEATS, seats=more)
            break
    yield from _given_up(trial)
    if trial.assessed_as(replace(trial.assessment, cap=trial.assessment.cap + 1)):
        yield Flip(FlipKind.ONE_MORE_INVITATION)
    yield from _more_for_account(trial)
    yield from _more_budget(trial)
    # Nobody ever said so: what would have to be found out is the boldest thing to suppose.
    yield from (flip for flip in found if flip.kind is not confirmed)


def _more_for_account(trial: _Trial) -> Iterator[Flip]:
    """If his account might send one guest more, or had what coming alone or in company costs beyond what it has left."""
    if not trial.engine.allocation.barred_by_account(trial.customer)[trial.event]:
        return
    most = trial.engine.rules.per_account
    if most is not None and trial.with_guests(most + 1):
        yield Flip(FlipKind.ONE_MORE_GUEST)
    left = trial.left_to_account()
    for seats in (1, 2) if np.isfinite(left) else ():
        more = int(np.ceil(seats * float(trial.assessment.view.rows["cost"][trial.row]) - left))
        if more > 0 and trial.with_account(more):
            yield Flip(FlipKind.MORE_FOR_ACCOUNT, cents=more)
            return


def _more_budget(trial: _Trial) -> Iterator[Flip]:
    """What coming alone, then in company, costs beyond what is left, if that is all that is missing."""
    left, cost = trial.engine.allocation.money().left, trial.assessment.view.rows["cost"]
    for seats in (1, 2) if np.isfinite(left) else ():
        more = int(np.ceil(seats * float(cost[trial.row]) - left))
        if more > 0 and trial.with_budget(more):
            yield Flip(FlipKind.MORE_BUDGET, cents=more)
            return


def _fewer_seats(trial: _Trial) -> Iterator[Flip]:
    seats = int(trial.engine.allocation.market.state.seats[trial.event])
    for fewer in range(1, min(seats, MOST_SEATS) + 1):
        if not trial.with_seats(-fewer):
            yield Flip(FlipKind.FEWER_SEATS, seats=fewer)
            return


def _allowed(trial: _Trial) -> Iterator[Flip]:
    """If but one rule refuses the pair, and it would be chosen without."""
    reasons = reasons_in(int(trial.assessment.refused[trial.row]))
    if len(reasons) == 1:
        refused, room = trial.assessment.refused.copy(), trial.assessment.room.copy()
        refused[trial.row] &= ~np.uint16(BIT[reasons[0]])
        if reasons[0] is Reason.HOSPITALITY:
            rows = trial.assessment.view.rows
            year = rows["year"][trial.row]
            room[year] = max(room[year], rows["cost"][trial.row])
        if trial.assessed_as(replace(trial.assessment, refused=refused, room=room)):
            yield Flip(FlipKind.ALLOWED, refusal=reasons[0])


def _interests(trial: _Trial) -> Iterator[Flip]:
    """A theme of the event that he is said to like but not for sure, or that nobody has asked him about."""
    event = trial.engine.events[trial.engine.table.slots.at(trial.event)]
    customer, now = trial.dossier.customer, trial.engine.now
    known = {interest.theme: interest for interest in customer.interests}
    for theme, _ in sorted(event.themes, key=lambda pair: (-pair[1], pair[0])):
        before = known.get(theme)
        if before is not None and (before.value <= 0.5 or before.confidence >= SURE):
            continue
        if trial.assessed_as(trial.seen_with(_interested(customer, theme, before, now))):
            kind = FlipKind.INTEREST_FOUND if before is None else FlipKind.INTEREST_CONFIRMED
            yield Flip(kind, theme=theme)


def _interested(customer: Customer, theme: str, before: Interest | None, now: datetime) -> Customer:
    others = tuple(each for each in customer.interests if each.theme != theme)
    value = 1.0 if before is None else before.value
    return replace(customer, interests=(*others, Interest(theme, value, 1.0, now)))


def _given_up(trial: _Trial) -> Iterator[Flip]:
    """If he were not proposed for one of the others."""
    places = trial.assessment.view.places
    for choice in trial.engine.allocation.chosen(trial.customer):
        refused = trial.assessment.refused.copy()
        refused[places == choice.event] |= np.uint16(BIT[Reason.EXCLUDED])
        if trial.assessed_as(replace(trial.assessment, refused=refused)):
            other = trial.engine.table.slots.at(choice.event)
            yield Flip(FlipKind.GIVEN_UP, event_id=other)
