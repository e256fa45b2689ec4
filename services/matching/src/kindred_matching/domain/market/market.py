"""The market: allocates options to customers by prices, after each change anew, and certifies how near the optimum it is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from kindred_matching.domain.market import (
    account_changes,
    event_changes,
    refreshing,
    sharing,
    starting,
    updates,
)
from kindred_matching.domain.market.bonds import tie
from kindred_matching.domain.market.building import (
    codes_of,
    lay_out,
    lay_out_empty,
    put_details,
    restore,
)
from kindred_matching.domain.market.certificate import upper_bound
from kindred_matching.domain.market.effort import Effort, Start
from kindred_matching.domain.market.growing import (
    widen_bonds,
    widen_columns,
    widen_guests,
    widen_items,
    widen_places,
)
from kindred_matching.domain.market.handles import handle_of
from kindred_matching.domain.market.problem import (
    NO_LIMIT,
    Column,
    EventDetails,
    Floats,
    Integers,
    Offer,
    Programme,
    Row,
)
from kindred_matching.domain.market.sizes import SCRATCH, empty_sizes, items_for
from kindred_matching.domain.market.state import FIXED, Array, State, overwritten


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

    While ``put_off`` is true, moves that follow from an operation wait, in a batch of many, for :meth:`go_on`.
    """

    def __init__(self, state: State, effort: Effort | None = None) -> None:
        self.state = state
        self.effort = effort or Effort()
        self.put_off = False
        self._handle = handle_of(state)

    @classmethod
    def open(cls, programme: Programme, effort: Effort | None = None) -> "Market":
        """A market in which nobody has chosen; fix pairs, then :meth:`start` it."""
        return cls(lay_out(programme), effort)

    @classmethod
    def empty(
        cls,
        people: int,
        events: int,
        years: int,
        choices: int,
        *,
        effort: Effort | None = None,
        weight_type: type = np.float32,
        budget: float = NO_LIMIT,
        cost: bool = True,
    ) -> "Market":
        """Places for customers, events, years and a customer's invitations, all empty; no :meth:`start` is needed.

        Every customer has a limit of hospitality, 0 at first; ``cost`` tells that costs differ by pair. The first row tells how
        large weights are, hence the least step of a price; a later ``start`` knows it better.
        """
        sizes = empty_sizes((people, events, years, choices), np.dtype(weight_type), cost)
        return cls(lay_out_empty(sizes, budget), effort)

    @classmethod
    def restored(cls, arrays: Mapping[str, Array], effort: Effort | None = None) -> "Market":
        """The market of a snapshot, whose arrays are copied. Raises ``ValueError`` if it is of another version or not whole."""
        return cls(restore(arrays), effort)

    def snapshot(self) -> dict[str, Array]:
        """The arrays from which :meth:`restored` goes on with the same bits. Not copies: the next operation changes them."""
        arrays = self.state._asdict()
        return {name: array for name, array in arrays.items() if name not in SCRATCH}

    def fork(self) -> "Market":
        """A copy that shares nothing: what happens to it leaves this one alone."""
        copy = Market(State(*(array.copy() for array in self.state)), self.effort)
        copy.put_off = self.put_off
        return copy

    def stand_as(self, other: "Market") -> None:
        """The same as a :meth:`fork` of the other; memory of arrays of the same sizes is used again, which is what takes time."""
        self._rebuild(overwritten(self.state, other.state))
        self.effort, self.put_off = other.effort, other.put_off

    def grow(self, people: int, events: int, years: int, choices: int, accounts: int = 0) -> None:
        """At least so many places of each kind, the new ones empty; nothing else changes.

        All arrays are copied: whoever adds one at a time should ask for some to spare. A new year has no hospitality yet.
        Beyond 32,768 events codes are wider, and the kernels others: loaded, or compiled, at the next operation.
        """
        self._rebuild(widen_places(self.state, people, events, years, choices, accounts))

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

    def start(self, start: Start | None = None, warm: starting.Prices | None = None) -> None:
        """Finds prices from nothing or from those of an earlier certificate, lets everybody choose, and certifies."""
        starting.start(self.state, self._handle, self.effort, start or Start(), warm)

    def replace_row(self, customer: int, row: Row) -> None:
        """The customer's eligible options are these now."""
        self.replace_codes(customer, *self._encoded(row))

    def replace_codes(self, customer: int, codes: Array, weights: Array, costs: Array) -> None:
        """The same with codes and weights of the state's own types: what is timed."""
        self._expect(weights)
        chain = self._chain
        if not updates.replace_row(self._handle, customer, codes, weights, costs, chain):
            self._rebuild(widen_columns(self.state, self._handle, len(codes)))
            updates.replace_row(self._handle, customer, codes, weights, costs, chain)

    def replace_customer(self, customer: int, row: Row, cap: int, hospitality: Floats) -> None:
        """Row, cap, and what is left of each year's hospitality apart from this market's fixed pairs, as one operation.

        Fixed pairs that the row has are worth what it says. What no longer fits is given up.
        """
        self._have_choices(cap)
        if hospitality.shape != self.state.person_room[customer].shape:
            raise ValueError("hospitality is not that of each year")
        change = customer, self._encoded(row), cap, hospitality.astype(np.float64)
        if not updates.replace_customer(self._handle, *change, self._chain):
            self._rebuild(widen_columns(self.state, self._handle, len(row.event)))
            updates.replace_customer(self._handle, *change, self._chain)

    def limit_customer(self, customer: int, cap: int) -> None:
        """The customer may have ``cap`` invitations, fixed ones included; not more than the market has choices."""
        self._have_choices(cap)
        updates.limit_customer(self._handle, customer, cap, self._chain)

    def remove_customer(self, customer: int) -> None:
        """The customer leaves, with his fixed pairs; his place may be given to another by a row and a cap."""
        updates.empty_customer(self._handle, customer, self._chain)

    def move_customer(self, customer: int, account: int) -> None:
        """The customer belongs to this account, by place, from now on; to none if it is -1."""
        account_changes.move_customer(self._handle, customer, account, self._chain)

    def settle_guests(self, account: int, event: int, guests: int) -> None:
        """So many guests of the account have the event beside those of this market; until the event is withdrawn."""
        account_changes.settle_guests(self._handle, account, event, guests, self._event_chain)

    def limit_guests(self, most: int) -> None:
        """Each account may have so many guests at each event, fixed ones included."""
        account_changes.limit_guests(self._handle, most, self._event_chain)

    def limit_hospitality(self, account: int, hospitality: Floats) -> None:
        """What is left of the account's hospitality in each year, apart from this market's fixed pairs."""
        account_changes.limit_hospitality(self._handle, account, hospitality, self._event_chain)

    def fix_pair(self, customer: int, event: int, offer: Offer) -> None:
        """Settles a pair from outside; this never fails, and what others have chosen makes way."""
        self._have_bond()
        chain = self._chain
        updates.fix_pair(
            self._handle, customer, event, offer.seats, offer.weight, offer.cost, chain
        )

    def forbid_pair(self, customer: int, event: int) -> None:
        """Rules a pair out until it is released."""
        self._have_bond()
        updates.forbid_pair(self._handle, customer, event, self._chain)

    def release_pair(self, customer: int, event: int) -> None:
        """The pair is neither fixed nor forbidden any longer."""
        updates.release_pair(self._handle, customer, event, self._chain)

    def change_seats(self, event: int, seats: int) -> None:
        """The event has so many seats, those of fixed pairs included."""
        self._have_seats(event, seats)
        event_changes.change_seats(self._handle, event, seats, self._event_chain)

    def withdraw_event(self, event: int) -> None:
        """The event is no more: no row has it, its fixed and forbidden pairs end, it is closed. Its place may be put anew."""
        event_changes.withdraw_event(self._handle, event, self._event_chain)

    def close_event(self, event: int) -> None:
        """The event was cancelled or has begun: it takes nobody, and those who had chosen it choose again."""
        event_changes.close_events(self._handle, np.array([event]), self._event_chain)

    def put_event(self, event: int, details: EventDetails) -> None:
        """The event is new in its place, or its time, conflicts, seats or cost have changed. Rows follow by replacing them."""
        self._have_seats(event, details.seats)
        event_changes.vacate_event(self._handle, event, details.year)
        put_details(self.state, event, details)
        event_changes.renew_event(self._handle, event, details.seats, self._event_chain)

    def enter_column(self, event: int, column: Column) -> None:
        """Rows have these options of the event too, which was just put; those that they have already stay as they are.

        Whoever they may be worth more to than what he has chooses again, those first for whom that may be most.
        """
        codes, done = 2 * event + column.seats - 1, 0
        options = column.customer, codes, column.weight
        while (done := event_changes.enter_options(self._handle, *options, done)) < len(codes):
            longest = int(self.state.row_size.max()) + 1
            self._rebuild(widen_columns(self.state, self._handle, longest))
        if items_for(longest := int(self.state.row_size.max())) > len(self.state.item_code):
            self._rebuild(widen_items(self.state, longest))
        hope = column.weight - self.state.marginal[column.customer]
        order = column.customer[np.argsort(-hope, kind="stable")[: np.count_nonzero(hope > 0.0)]]
        hearers = order[np.sort(np.unique(order, return_index=True)[1])]
        event_changes.offer_column(self._handle, event, hearers, self._event_chain)

    def seek_bound(self, plan: Start) -> float:
        """The bound by prices sought from those of the certificate; these and all choices stay, trial prices are the new ones."""
        return float(self.state.totals[0]["fixed_value"]) + starting.seek_bound(
            self.state, self._handle, plan
        )

    def tick(self, now: int) -> None:
        """Closes what has begun by ``now``, in epoch seconds; ``changed`` are all whom this moved."""
        begun = np.flatnonzero(~self.state.closed & (self.state.start <= now))
        event_changes.close_events(self._handle, begun, self._event_chain)

    def begin_epoch(self, rows: Iterable[Row]) -> None:
        """All weights are new: every row is replaced, in order of places; all choose again, from the prices as they are."""
        updates.begin_operation(self._handle)
        for customer, row in enumerate(rows):
            enter = customer, *self._encoded(row)
            if not updates.enter_row(self._handle, *enter):
                self._rebuild(widen_columns(self.state, self._handle, len(row.event)))
                updates.enter_row(self._handle, *enter)
        starting.choose_again(self._handle, self._event_chain)
        event_changes.recertify(self._handle)

    def work(self) -> None:
        """One slice of background work; it may change choices, as an operation does."""
        effort = self.effort
        refreshing.work(self._handle, effort.steps, effort.heard, effort.asked)

    def share_out(self, customers: int) -> None:
        """Up to so many customers share the money that they have and that is left anew; it changes nothing unless it gains."""
        sharing.share_out(self.state, self._handle, customers, self.effort.event_chain)

    def limit_budget(self, budget: float) -> None:
        """All options together may cost ``budget``, fixed pairs included; infinity is no limit.

        What is worth least for its cost makes way, and sets what cost is charged at until background work knows better.
        """
        held = np.arange(self.state.held_code.shape[1])[None, :] < self.state.held[:, None]
        costly = held & (self.state.held_cost > 0.0)
        weight, cost = self.state.held_weight[costly], self.state.held_cost[costly]
        order = np.argsort(-weight / cost, kind="stable")
        left = budget - float(self.state.totals[0]["fixed_spent"])
        over = np.flatnonzero(np.cumsum(cost[order]) > left)
        rate = float(weight[order[over[0]]] / cost[order[over[0]]]) if len(over) else 0.0
        event_changes.limit_budget(self._handle, budget, rate, self._event_chain)

    def hear(self, customers: Integers, steps: int) -> None:
        """These customers choose again at the prices as they are now, and up to ``steps`` moves follow."""
        event_changes.hear(self._handle, customers, steps)

    def go_on(self, steps: int) -> None:
        """Up to ``steps`` of the moves that wait, as one operation."""
        event_changes.go_on(self._handle, steps)

    @property
    def waiting(self) -> int:
        """How many moves wait: customers to choose again, and events with seats to fill."""
        totals = self.state.totals[0]
        return int(totals["rehearing_waiting"] + totals["refilling_waiting"])

    def prefer_present(self, stability: float) -> None:
        """What a choice made is worth beyond its weight, so that drafts do not flip for a trifle."""
        self.state.totals["stability"] = stability
        updates.mark_everybody(self._handle)

    @property
    def _chain(self) -> int:
        return 0 if self.put_off else self.effort.chain

    @property
    def _event_chain(self) -> int:
        return 0 if self.put_off else self.effort.event_chain

    def _encoded(self, row: Row) -> tuple[Array, Array, Array]:
        """Codes, weights and costs in the state's own types, for which there is space."""
        weights = row.weight.astype(self.state.weight.dtype)
        self._expect(weights)
        return codes_of(row, self.state.code.dtype), weights, row.cost

    def _expect(self, weights: Array) -> None:
        """Space to look at a row; and the first row of all tells how large weights are."""
        if items_for(len(weights)) > len(self.state.item_code):
            self._rebuild(widen_items(self.state, len(weights)))
        if self.state.totals[0]["eps"] <= 0.0 and len(weights):
            self.state.totals["eps"] = self.effort.eps * float(weights.mean(dtype=np.float64))

    def _have_choices(self, cap: int) -> None:
        if cap > self.state.held_code.shape[1]:
            raise ValueError("the cap is above the choices that the market has places for")

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
