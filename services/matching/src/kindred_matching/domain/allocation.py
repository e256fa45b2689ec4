"""The allocation of the service: a market over customers' and events' places, kept while both come, go and change."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from kindred_matching.domain.assessment import Assessment
from kindred_matching.domain.choices import Choice, Money
from kindred_matching.domain.exact import Floats
from kindred_matching.domain.market.effort import Start
from kindred_matching.domain.market.keeping import go_back, keep
from kindred_matching.domain.market.market import Certificate, Market
from kindred_matching.domain.market.problem import NO_MAXIMUM, Column, EventDetails
from kindred_matching.domain.market.state import CLOSED, MARKET, Array
from kindred_matching.domain.market_terms import row_of
from kindred_matching.domain.pace import (
    EFFORT,
    FEWEST,
    FILLING,
    HEARD,
    OUTGROWN,
    OUTGROWN_AT_REST,
    SEEK,
    SHARING,
    SLICES,
)
from kindred_matching.domain.settling import keep_wishes, offers, settleable
from kindred_matching.domain.slots import Places, Slot
from kindred_matching.domain.travel import Bools

SOUGHT = "sought"
"""The name, in an image, of how many customers there were when prices were last sought, and when it last rested."""


class Allocation:
    """Who is chosen for what. What invitations has settled lies outside: it leaves fewer seats, days and euros to choose from.

    Changes are entered one by one and take effect together in :meth:`settle`. The same calls in the same order give the same
    choice to the last bit.
    """

    def __init__(self, market: Market | None = None, sought: int = 0, rested: int = 0) -> None:
        self.market = market or _market_of_nobody(np.float32)
        self.market.put_off = True
        self._changed: set[Slot] = set()
        self._moves = 0
        self.sought, self.rested = sought, rested
        self.seek, self._limited_anew = SEEK, False
        self._assessed: list[Slot] = []

    @classmethod
    def of_nobody(cls, weight_type: type) -> "Allocation":
        """An allocation that keeps weights so wide; four bytes do where nothing else is asked for."""
        return cls(_market_of_nobody(weight_type))

    @classmethod
    def restored(cls, image: Mapping[str, Array]) -> "Allocation":
        """The allocation that gave this :meth:`image`."""
        arrays = dict(image)
        counts = arrays.pop(SOUGHT, np.zeros(2, dtype=np.int64)).tolist()
        return cls(Market.restored(arrays, EFFORT), *counts)

    def image(self) -> dict[str, Array]:
        """Everything from which :meth:`restored` goes on, after :meth:`settle`."""
        return {**self.market.snapshot(), SOUGHT: np.array([self.sought, self.rested])}

    def fork(self) -> "Allocation":
        """A copy that shares nothing, for trying things out after :meth:`settle`."""
        return Allocation(self.market.fork(), self.sought, self.rested)

    def stand_as(self, other: "Allocation") -> None:
        """Forgets all that has happened here: the same as a :meth:`fork` of the other, in less time."""
        self.market.stand_as(other.market)
        self.sought, self.rested = other.sought, other.rested
        self.seek, self._limited_anew = SEEK, False
        self._changed, self._moves, self._assessed = set(), 0, []

    @property
    def widest(self) -> int:
        """The most events that may be chosen for one customer."""
        return int(self.market.state.held_code.shape[1])

    @property
    def certificate(self) -> Certificate:
        return self.market.certificate

    def chosen(self, customer: Slot) -> list[Choice]:
        """The events that were chosen for the customer, those of wishes included."""
        pairs = self.market.choice(customer) + self.market.fixed(customer)
        return [Choice(*pair) for pair in sorted(pairs)]

    def weight_of(self, customer: Slot, event: Slot, seats: int) -> float:
        """What an option of the customer's weighs; 0 for one that he does not have."""
        state = self.market.state
        begin = int(state.row_begin[customer])
        row = slice(begin, begin + int(state.row_size[customer]))
        return float(state.weight[row][state.code[row] == 2 * event + seats - 1].sum())

    def seats_taken(self) -> Array:
        """The seats of each event that were chosen for somebody."""
        state = self.market.state
        taken: Array = state.load + state.fixed_load
        return taken

    def prices(self) -> Array:
        """The price of a seat at each event, in units of weight; infinite where there is none to be had."""
        prices: Array = self.market.state.price[MARKET, ::2]
        return np.where(prices < CLOSED, prices, np.inf)

    def money(self) -> "Money":
        """What the budget still bears, and where money is all that is short."""
        state, totals = self.market.state, self.market.state.totals[0]
        left = float(totals["budget"] - totals["fixed_spent"] - totals["spent"])
        priced = float(state.budget_rate[MARKET]) > 0.0
        return Money(left, (state.event_cost > 0.0) & (self.prices() <= 0.0) & priced)

    def last_is_worth(self, customer: Slot) -> float:
        """What the least of the customer's choices is worth beyond its price; 0 while he may still be invited to more."""
        return float(self.market.state.marginal[customer])

    def fit(self, customers: int, events: int, years: int, choices: int) -> None:
        """Makes room for as many places, twice as many at a time."""
        state = self.market.state
        self.market.grow(
            _enough(len(state.held), customers),
            _enough(len(state.room), events),
            _enough(state.person_room.shape[1], years),
            _enough(state.held_code.shape[1], choices),
        )

    def fit_accounts(self, accounts: int) -> None:
        """Makes room for as many accounts, twice as many at a time."""
        state = self.market.state
        places = _enough(max(1, len(state.account_first)), accounts) if accounts else 0
        people, years = state.person_room.shape
        self.market.grow(people, len(state.room), years, state.held_code.shape[1], places)

    def join(self, customer: Slot, account: Slot) -> None:
        """The customer belongs to the account in that place, -1: to none; what he had he has to win anew."""
        if int(self.market.state.account[customer]) != account:
            self.market.move_customer(customer, account)
            self._entered(EFFORT.chain)

    def limit_guests(self, most: int | None) -> None:
        """Each account may have so many guests at each event; None is no limit."""
        self.market.limit_guests(NO_MAXIMUM if most is None else most)
        self._entered(EFFORT.event_chain)

    def settle_guests(self, account: Slot, event: Slot, guests: int) -> None:
        """Invitations has given the event to so many customers of the account."""
        self.market.settle_guests(account, event, guests)
        self._entered(EFFORT.chain)

    def limit_account(self, account: Slot, room: Floats) -> None:
        """So many cents of the account's hospitality are left in each year; infinite is no limit."""
        limits = np.full(self.market.state.account_limit.shape[1], np.inf)
        limits[: len(room)] = room
        self.market.limit_hospitality(account, limits)
        self._entered(EFFORT.chain)

    def barred_by_account(self, customer: Slot) -> Bools:
        """At which events, by place, others of the customer's account have what it may have."""
        state = self.market.state
        account = int(state.account[customer])
        if account < 0:
            return np.zeros(len(state.room), dtype=np.bool_)
        full = state.account_count[account] >= state.totals["account_max"][0]
        left = state.account_room[account][state.year]
        barred: Bools = full | ((state.event_cost > 0.0) & (state.event_cost > left))
        return barred

    def assess(self, customer: Slot, assessment: Assessment, wished: Sequence[Slot] = ()) -> None:
        """The customer's options and limits are these now; of the ``wished`` events he gets those that he may have."""
        row = row_of(assessment)
        for _ in keep_wishes(self.market, customer, offers(self.market, row, assessment, wished)):
            self._entered(EFFORT.chain)
        width = self.market.state.person_room.shape[1]
        room = np.zeros(width)
        room[: len(assessment.room)] = assessment.room
        self.market.replace_customer(customer, row, assessment.cap, room)
        self._assessed.append(customer)
        self._entered(EFFORT.chain)

    def limit_invitations(self, customer: Slot, cap: int) -> None:
        """The customer may get so many invitations; all else about him stays as it was assessed."""
        if int(self.market.state.cap[customer]) != cap:
            self.market.limit_customer(customer, cap)
            self._assessed.append(customer)
            self._entered(EFFORT.chain)

    def settleable(
        self, customer: Slot, assessment: Assessment, wished: Sequence[Slot]
    ) -> list[Slot]:
        """The events that could be settled for the customer beside what is settled and ``wished`` for him, none of these."""
        return settleable(self.market, customer, row_of(assessment), assessment, wished)

    def settled(self, customer: Slot) -> list[Slot]:
        """The events that the customer was given because of a wish or a lot."""
        return [event for event, _ in self.market.fixed(customer)]

    def remove_customer(self, customer: Slot) -> None:
        """The customer left; his place may be given to another."""
        if customer < len(self.market.state.held):
            self.market.remove_customer(customer)
            self.join(customer, -1)
            self._entered(EFFORT.chain)
            self._changed.discard(customer)
            self._assessed = [other for other in self._assessed if other != customer]

    def put_event(self, event: Slot, details: EventDetails) -> None:
        """The event is new or another: whoever may want it must be assessed."""
        self.market.withdraw_event(event)
        self.market.put_event(event, details)
        self._entered(EFFORT.event_chain)

    def enter_event(self, event: Slot, customers: Places, weight: Floats) -> None:
        """Who may come to an event that was put anew, instead of assessing everybody.

        ``weight`` has a row for each customer, with a column for coming alone and one for coming in company, 0 for none.
        """
        rows, company = np.nonzero(weight > 0.0)
        column = Column(customers[rows], company + 1, weight[rows, company])
        self.market.enter_column(event, column)
        self._entered(max(EFFORT.event_chain, len(rows)))

    def withdraw_event(self, event: Slot) -> None:
        """The event is off: nobody is offered it."""
        if event < len(self.market.state.room):
            self.market.withdraw_event(event)
            self._entered(EFFORT.event_chain)

    def close_event(self, event: Slot) -> None:
        """The event has begun."""
        self.market.close_event(event)
        self._entered(EFFORT.event_chain)

    def change_seats(self, event: Slot, seats: int) -> None:
        """The event has so many seats to choose guests for."""
        if int(self.market.state.seats[event]) != seats:
            self.market.change_seats(event, seats)
            self._entered(EFFORT.event_chain)

    def limit_budget(self, cents: int | None) -> bool:
        """What is chosen may cost so much in all; None is no limit. Tells whether that is another than before."""
        budget = np.inf if cents is None else float(max(0, cents))
        if float(self.market.state.totals["budget"][0]) == budget:
            return False
        self.market.limit_budget(budget)
        self._entered(EFFORT.event_chain)
        return True

    def keep_calm(self, share: float) -> None:
        """What is chosen counts for more, by this share of the mean weight of what is chosen, give or take a tenth."""
        state, totals = self.market.state, self.market.state.totals[0]
        chosen = int(state.held.sum())
        mean = float(totals["value"]) / chosen if chosen else float(totals["eps"]) / EFFORT.eps
        if abs(share * mean - float(totals["stability"])) > 0.1 * share * mean:
            self.market.prefer_present(share * mean)

    def settle(self) -> list[Slot]:
        """Lets all that was entered take effect, and works in the background; returns whose choice may be another now."""
        if self._limited_anew and self._is_short():
            self.outgrow()
        self._limited_anew = False
        if self._moves:
            if not self._seek_prices_if(OUTGROWN):
                self._follow()
            self._moves, self._assessed = 0, []
        for _ in range(SLICES):
            self.market.work()
            self._note()
        changed, self._changed = sorted(self._changed), set()
        return changed

    def _follow(self) -> None:
        """The moves that wait; then those who were assessed choose once more, as prices have moved since the first of them did."""
        self.market.go_on(self._moves)
        self._note()
        self.market.hear(np.array(self._assessed, dtype=np.int64), self._moves)
        self._note()

    def outgrow(self) -> None:
        """Everybody weighs otherwise: at the next :meth:`settle` prices are sought anew, from those that there are."""
        self.sought = 0

    def limit_anew(self) -> None:
        """What customers share is limited otherwise: where any of it is short, prices are sought anew at the next :meth:`settle`."""
        self._limited_anew = True

    def _is_short(self) -> bool:
        state = self.market.state
        return bool(state.budget_rate[MARKET] > 0.0 or len(state.account_first))

    def _seek_prices_if(self, outgrown: float) -> bool:
        """Seeks prices anew if the market holds so many times the customers for whom they were sought; tells whether it has."""
        people = self._people()
        if people < max(FEWEST, outgrown * self.sought):
            return False
        self._seek_prices(people)
        return True

    def _people(self) -> int:
        return int(np.count_nonzero(self.market.state.row_size))

    def _seek_prices(self, people: int) -> None:
        """Prices for everybody at once, from those that there are; all choose at them, and about a move each follows.

        Chains would have to find the prices of a market that has just been filled one bid after the other.
        """
        before = self._held()
        self.market.start(self.seek)
        self.market.state.unpriced[:] = False
        self.market.go_on(people)
        self._note_moves(before)
        self.sought = people

    def rest(self, slices: int) -> None:
        """So many slices of background work in which customers choose anew; it is kept if it is worth more than before.

        Two seats for one guest, and bundles, are no substitutes for each other: left alone, rounds of choosing wander about the
        optimum.
        """
        before_last, self.rested = self.rested, self._people()
        if self.rested <= FILLING * before_last:
            self._seek_prices_if(OUTGROWN_AT_REST)
        market, kept, before = self.market, keep(self.market.state), self._held()
        effort, market.effort = market.effort, replace(EFFORT, heard=HEARD)
        for _ in range(slices):
            market.work()
        if float(market.state.totals["value"][0]) < kept.value:
            go_back(market.state, kept)
        market.effort = effort
        market.share_out(SHARING)
        self._note_moves(before)

    def _note_moves(self, before: Array) -> None:
        moved = (self._held() != before).any(axis=1)
        self._changed.update(np.flatnonzero(moved).tolist())

    def _held(self) -> Array:
        """What each customer was chosen for, in an order that does not matter."""
        held, codes = self.market.state.held, self.market.state.held_code
        taken = np.arange(codes.shape[1])[None, :] < held[:, None]
        ordered: Array = np.sort(np.where(taken, codes, -1), axis=1)
        return ordered

    def improve(self, rounds: int) -> None:
        """So many rounds of background work in which everybody is asked, instead of slices."""
        market, people = self.market, len(self.market.state.held)
        effort, market.effort = market.effort, replace(EFFORT, heard=people, asked=people)
        for _ in range(rounds):
            market.work()
            self._note()
        market.effort = effort

    def seek_bound(self, plan: Start) -> float:
        """A bound by prices that are sought from the best so far; choices stay, background work goes on from the new prices."""
        return self.market.seek_bound(plan)

    def release_wishes(self, customer: Slot, wished: Sequence[Slot]) -> None:
        """What is not wished for any longer is let go, before others are assessed who may have it then."""
        for event, _ in self.market.fixed(customer):
            if event not in wished:
                self.market.release_pair(customer, event)
                self._entered(EFFORT.chain)

    def _entered(self, moves: int) -> None:
        self._moves += moves
        self._note()

    def _note(self) -> None:
        self._changed.update(self.market.changed.tolist())


def _market_of_nobody(weight_type: type) -> Market:
    return Market.empty(16, 16, 1, 1, effort=EFFORT, weight_type=weight_type, cost=False)


def _enough(size: int, needed: int) -> int:
    while size < needed:
        size *= 2
    return size
