"""The market: allocates options to customers by prices, after each change anew, and certifies how near the optimum it is."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from kindred_matching.domain.market import event_changes, refreshing, starting, updates
from kindred_matching.domain.market.bonds import tie
from kindred_matching.domain.market.building import codes_of, lay_out, put_details
from kindred_matching.domain.market.certificate import upper_bound
from kindred_matching.domain.market.effort import Effort, Start
from kindred_matching.domain.market.growing import (
    widen_bonds,
    widen_columns,
    widen_guests,
    widen_items,
)
from kindred_matching.domain.market.handles import handle_of
from kindred_matching.domain.market.problem import EventDetails, Integers, Offer, Programme, Row
from kindred_matching.domain.market.state import FIXED, Array, State


@dataclass(frozen=True, slots=True)
class Certificate:
    """What is proven: no feasible allocation is worth more than ``bound``; fixed pairs are included in both."""

    value: float
    bound: float
    fixed: float

    @property
    def gap(self) -> float:
        """(bound - value) / (bound - fixed): how much of what was left to choose may have been missed."""
        choosable = self.bound - self.fixed
        return max(0.0, self.bound - self.value) / choosable if choosable > 0.0 else 0.0


class Market:
    """One programme's customers and events, with prices. Customers and events are places (rows, columns).

    Every operation leaves a feasible allocation, a current certificate, and in ``changed`` the customers whose choice is another
    than before it. The same operations in the same order on the same state give the same bits.
    """

    def __init__(self, state: State, effort: Effort | None = None) -> None:
        self.state = state
        self.effort = effort or Effort()
        self._handle = handle_of(state)

    @classmethod
    def open(cls, programme: Programme, effort: Effort | None = None) -> "Market":
        """A market in which nobody has chosen; fix pairs, then :meth:`start` it."""
        return cls(lay_out(programme), effort)

    def fork(self) -> "Market":
        """A copy that shares nothing: what happens to it leaves this one alone."""
        return Market(State(*(array.copy() for array in self.state)), self.effort)

    @property
    def certificate(self) -> Certificate:
        totals = self.state.totals[0]
        fixed = float(totals["fixed_value"])
        bound = fixed + upper_bound(self._handle)
        return Certificate(fixed + float(totals["value"]), bound, fixed)

    @property
    def changed(self) -> Integers:
        """The customers whose choice the last operation has changed, in the order in which they were first moved."""
        state = self.state
        moved = state.changed[: state.totals[0]["changed"]]
        return np.array([one for one in moved if self._differs(int(one))], dtype=np.int64)

    def choice(self, customer: int) -> list[tuple[int, int]]:
        """The chosen events, by place, with the seats each takes; fixed pairs are not among them."""
        codes = sorted(self.state.held_code[customer, : self.state.held[customer]].tolist())
        return [(code >> 1, 1 + (code & 1)) for code in codes]

    @property
    def handle(self) -> State:
        """What kernels take for the state."""
        return self._handle

    def fixed(self, customer: int) -> list[tuple[int, int]]:
        """The customer's fixed events, by place, with the seats each takes."""
        state, pairs, bond = self.state, [], int(self.state.bond_first[customer])
        while bond >= 0:
            if state.bond_kind[bond] == FIXED:
                pairs.append((int(state.bond_event[bond]), int(state.bond_seats[bond])))
            bond = int(state.bond_next[bond])
        return sorted(pairs)

    def enter_fixed(self, customer: int, event: int, offer: Offer) -> None:
        """Fixes a pair before the start, when nobody has chosen anything."""
        self._have_bond()
        tie(self._handle, customer, event, FIXED, offer.seats, offer.weight, offer.cost)

    def weigh_fixed(self, customer: int, row: Row) -> None:
        """Fixed pairs that a new row has too are worth what it says; others keep their weight."""
        state, bond = self.state, int(self.state.bond_first[customer])
        while bond >= 0:
            same = np.flatnonzero(row.event == state.bond_event[bond])
            if state.bond_kind[bond] == FIXED and len(same):
                weight = float(row.weight[same[0]])
                state.totals["fixed_value"] += weight - state.bond_weight[bond]
                state.bond_weight[bond] = weight
            bond = int(state.bond_next[bond])

    def start(self, start: Start | None = None, warm: Array | None = None) -> None:
        """Finds prices from nothing or from those of an earlier certificate, lets everybody choose, and certifies."""
        starting.start(self.state, self._handle, self.effort, start or Start(), warm)

    def replace_row(self, customer: int, row: Row) -> None:
        """The customer's eligible options are these now."""
        codes = codes_of(row, self.state.code.dtype)
        weights = row.weight.astype(self.state.weight.dtype)
        self.replace_codes(customer, codes, weights, row.cost)

    def replace_codes(self, customer: int, codes: Array, weights: Array, costs: Array) -> None:
        """The same with codes and weights of the state's own types: what is timed."""
        if len(codes) + 8 > len(self.state.item_code):
            self._rebuild(widen_items(self.state, len(codes)))
        chain = self.effort.chain
        if not updates.replace_row(self._handle, customer, codes, weights, costs, chain):
            self._rebuild(widen_columns(self.state, self._handle, len(codes)))
            updates.replace_row(self._handle, customer, codes, weights, costs, chain)

    def limit_customer(self, customer: int, cap: int) -> None:
        """The customer may have ``cap`` invitations, fixed ones included; not more than anybody had at the opening."""
        if cap > self.state.held_code.shape[1]:
            raise ValueError("the cap is above the largest at the opening")
        updates.limit_customer(self._handle, customer, cap, self.effort.chain)

    def remove_customer(self, customer: int) -> None:
        """The customer leaves, with his fixed pairs; his place may be given to another by a row and a cap."""
        updates.empty_customer(self._handle, customer, self.effort.chain)

    def fix_pair(self, customer: int, event: int, offer: Offer) -> None:
        """Settles a pair from outside; this never fails, and what others have chosen makes way."""
        self._have_bond()
        chain = self.effort.chain
        updates.fix_pair(
            self._handle, customer, event, offer.seats, offer.weight, offer.cost, chain
        )

    def forbid_pair(self, customer: int, event: int) -> None:
        """Rules a pair out until it is released."""
        self._have_bond()
        updates.forbid_pair(self._handle, customer, event, self.effort.chain)

    def release_pair(self, customer: int, event: int) -> None:
        """The pair is neither fixed nor forbidden any longer."""
        updates.release_pair(self._handle, customer, event, self.effort.chain)

    def change_seats(self, event: int, seats: int) -> None:
        """The event has so many seats, those of fixed pairs included."""
        self._have_seats(event, seats)
        event_changes.change_seats(self._handle, event, seats, self.effort.event_chain)

    def close_event(self, event: int) -> None:
        """The event was cancelled or has begun: it takes nobody, and those who had chosen it choose again."""
        event_changes.close_events(self._handle, np.array([event]), self.effort.event_chain)

    def put_event(self, event: int, details: EventDetails) -> None:
        """The event is new in its place, or its time, conflicts, seats or cost have changed. Rows follow by replacing them."""
        self._have_seats(event, details.seats)
        put_details(self.state, event, details)
        event_changes.renew_event(self._handle, event, details.seats, self.effort.event_chain)

    def tick(self, now: int) -> None:
        """Closes what has begun by ``now``, in epoch seconds; ``changed`` are all whom this moved."""
        begun = np.flatnonzero(~self.state.closed & (self.state.start <= now))
        event_changes.close_events(self._handle, begun, self.effort.event_chain)

    def begin_epoch(self, rows: Iterable[Row]) -> None:
        """All weights are new: every row is replaced, then all choose again, from the prices as they are."""
        starting.replace_all(self.state, self._handle, rows, self.effort)

    def work(self) -> None:
        """One slice of background work; it may change choices, as an operation does."""
        effort = self.effort
        refreshing.work(self._handle, effort.steps, effort.heard, effort.asked)

    def prefer_present(self, stability: float) -> None:
        """What a choice made is worth beyond its weight, so that drafts do not flip for a trifle."""
        self.state.totals["stability"] = stability
        updates.mark_everybody(self._handle)

    def _rebuild(self, state: State) -> None:
        self.state, self._handle = state, handle_of(state)

    def _have_bond(self) -> None:
        totals = self.state.totals[0]
        if totals["bond_free"] < 0 and totals["bond_end"] == len(self.state.bond_next):
            self._rebuild(widen_bonds(self.state))

    def _have_seats(self, event: int, seats: int) -> None:
        if seats > self.state.guest_space[event]:
            self._rebuild(widen_guests(self.state, event, seats))

    def _differs(self, customer: int) -> bool:
        before, state = self.state.before[customer], self.state
        held = state.held_code[customer, : state.held[customer]]
        return sorted(before[1 : 1 + before[0]].tolist()) != sorted(held.tolist())
