"""The matcher's memory: takes inputs one after the other, and settles them together.

The state after settling depends on the facts alone, not on the order or the portions in which they came, as long as the
allocator's choice depends on the board alone.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import singledispatchmethod
from uuid import UUID

import numpy as np

from kindred_matching.domain.allocation import Allocator, choices_of
from kindred_matching.domain.board import Board
from kindred_matching.domain.commitments import Commitment, Ledger
from kindred_matching.domain.events import EventTable
from kindred_matching.domain.facts import Customer, Event
from kindred_matching.domain.greedy import GreedyAllocator
from kindred_matching.domain.inputs import (
    ClockTicked,
    CustomerRemoved,
    CustomerReplaced,
    EpochBegun,
    EventRemoved,
    EventReplaced,
    Input,
    InvitationStepped,
    RematchAsked,
    RulesReplaced,
    SliceScored,
)
from kindred_matching.domain.lens import Outlook
from kindred_matching.domain.pricing import Pricing, starts_after
from kindred_matching.domain.proposals import Proposal, describe
from kindred_matching.domain.rules import Rules
from kindred_matching.domain.slots import Slot, Slots
from kindred_matching.domain.state import EngineState, Settlement
from kindred_matching.domain.teaching import Pair, Teaching

CreateAllocator = Callable[[Board], Allocator]

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
KEEP_ENDED = timedelta(days=30)
"""How long an event stays on the board after its end, so that refusals can still tell that it is past."""


class Engine:
    """Knows every customer, event and commitment, and keeps the allocation over them."""

    def __init__(self, rules: Rules, create_allocator: CreateAllocator = GreedyAllocator) -> None:
        self.rules = rules
        self.teaching = Teaching(rules)
        self.now = LONG_AGO
        self.customers: dict[UUID, Customer] = {}
        self.events: dict[UUID, Event] = {}
        self.ledger = Ledger()
        self.board = Board(EventTable())
        self.allocator = create_allocator(self.board)
        self._rows: set[UUID] = set()
        self._columns: set[Slot] = set()
        self._pairs: list[tuple[Slot, Slot]] = []
        self._touched: set[UUID] = set()
        self._removed: set[UUID] = set()
        self._regiven: set[UUID] = set()
        self._taught: set[UUID] = set()
        self._years = 0

    @classmethod
    def restored(
        cls, state: EngineState, create_allocator: CreateAllocator = GreedyAllocator
    ) -> "Engine":
        """An engine that goes on where the one that gave ``state`` stood."""
        engine = cls(state.rules, create_allocator)
        engine.teaching = Teaching(state.rules, state.taught)
        engine.now = state.now
        engine.customers = {c.id: c for c in state.customers if c is not None}
        engine.events = {e.id: e for e in state.events if e is not None}
        engine.ledger = Ledger(state.commitments)
        table = EventTable(Slots.restored(_ids(state.events), state.free_events))
        customers = Slots.restored(_ids(state.customers), state.free_customers)
        engine.board = Board(table, customers)
        engine.allocator = create_allocator(engine.board)
        for event in engine.events.values():
            engine._list(event)
        engine._rows = set(engine.customers)
        engine._reprice()
        engine.allocator.restore(state.chosen)
        engine._touched.clear()
        return engine

    def state(self) -> EngineState:
        """Everything from which :meth:`restored` goes on; to be asked for after :meth:`settle`."""
        customers, events = self.board.customers, self.board.events.slots
        return EngineState(
            rules=self.rules,
            now=self.now,
            customers=tuple(None if c is None else self.customers[c] for c in customers.ids),
            free_customers=tuple(customers.free),
            events=tuple(None if e is None else self.events[e] for e in events.ids),
            free_events=tuple(events.free),
            commitments=tuple(self.ledger),
            chosen=tuple(choices_of(self.allocator.chosen)),
            taught=self.teaching.taught(),
        )

    def settle(self) -> Settlement:
        """Brings scores and choice up to date; tells whose matches have to be looked at."""
        self._reprice()
        ids = self.board.customers.ids
        changed = (ids[place] for place in self.allocator.settle().tolist())
        self._touched.update(known for known in changed if known is not None)
        pending = (self._touched, self._removed, self._regiven, self._taught)
        settlement = Settlement(*(tuple(sorted(each)) for each in pending))
        for each in pending:
            each.clear()
        return settlement

    def describe(self, customers: Iterable[UUID]) -> list[Proposal]:
        """What there is to say about these customers, after :meth:`settle`; all of them must be known."""
        board, chosen = self.board, self.allocator.chosen
        left = board.events.free_seats() - chosen.sum(axis=0, dtype=np.int64)
        return [
            describe(board, chosen, self.customers[customer], self.outlook(customer), left)
            for customer in customers
        ]

    def outlook(self, customer: UUID) -> Outlook:
        """How the customer is seen."""
        return self.teaching.outlook(customer)

    def replay(self, batch: Iterable[Input]) -> None:
        """Takes a batch of the journal that was settled once; a :meth:`settle` must follow the last."""
        for happening in batch:
            self.apply(happening)
        self._reprice()
        self.allocator.catch_up()

    @singledispatchmethod
    def apply(self, happening: Input) -> None:
        """Takes one input; what it means for the matches is known after :meth:`settle`."""
        raise TypeError(type(happening).__name__)

    @apply.register
    def _(self, happening: CustomerReplaced) -> None:
        customer = happening.customer
        self.customers[customer.id] = customer
        self.board.customers.take(customer.id)
        self.board.fit()
        self._removed.discard(customer.id)
        self._rows.add(customer.id)

    @apply.register
    def _(self, happening: CustomerRemoved) -> None:
        customer_id = happening.customer_id
        self.teaching.forget(customer_id)
        for commitment in self.ledger.forget_customer(customer_id):
            self._count_held(commitment.event_id)
        self._removed.add(customer_id)
        self._rows.discard(customer_id)
        self._touched.discard(customer_id)
        self._taught.discard(customer_id)
        if self.customers.pop(customer_id, None) is not None:
            place = self.board.customers.leave(customer_id)
            self._pairs = [pair for pair in self._pairs if pair[0] != place]
            self.board.clear_customer(place)
            self.allocator.remove_customer(place)

    @apply.register
    def _(self, happening: EventReplaced) -> None:
        event = happening.event
        before = self.events.get(event.id)
        if before == event or event.ends_at < self.now - KEEP_ENDED:
            return
        self.events[event.id] = event
        if before is not None and replace(before, seats=event.seats) == event:
            place = self.board.events.slots.take(event.id)
            self.board.events.rows["seats"][place] = event.seats
            self.allocator.change_seats(place)
            return
        self._list(event)
        self._rows |= self._known(self.ledger.customers_of(event.id))
        if before is not None and before.open != event.open:
            self._touched |= set(self.customers)

    @apply.register
    def _(self, happening: EventRemoved) -> None:
        if happening.event_id in self.events:
            self._unlist(happening.event_id)
            self._touched |= set(self.customers)

    @apply.register
    def _(self, happening: InvitationStepped) -> None:
        if self.teaching.take(happening, self._pair(happening), self.now):
            self._learned([happening.customer_id])
        before, after = self.ledger.step(happening)
        if before == after:
            return
        self._count_held(happening.event_id)
        customer = self.board.customers.find(happening.customer_id)
        event = self.board.events.slots.find(happening.event_id)
        if customer is None:
            return
        self._rows.add(happening.customer_id)
        if event is not None and _is_fixed(before) != _is_fixed(after):
            self._pairs.append((customer, event))

    @apply.register
    def _(self, happening: RematchAsked) -> None:
        self._rows |= self._known([happening.customer_id])

    @apply.register
    def _(self, happening: ClockTicked) -> None:
        before, now = self.now, max(self.now, happening.now)
        self.now = now
        table = self.board.events
        self._learned(self.teaching.tick(now))
        self._rows |= self._known(
            commitment.customer_id
            for commitment in self.ledger.each()
            if starts_after(commitment, table, before) != starts_after(commitment, table, now)
        )
        self._columns.update(table.begin(before, now).tolist())
        if before.year != now.year:
            self.ledger.forget_before(now.year)
        for event in [e for e in self.events.values() if e.ends_at < now - KEEP_ENDED]:
            self._unlist(event.id)
        self.allocator.tick(now)

    @apply.register
    def _(self, happening: RulesReplaced) -> None:
        self.rules = happening.rules
        self.teaching.change_rules(self.rules)
        self._rows |= set(self.customers)

    @apply.register
    def _(self, happening: EpochBegun) -> None:  # noqa: ARG002 - who asked is told elsewhere
        self._rows |= self._known(self.teaching.begin_epoch(self.customers.keys()))

    @apply.register
    def _(self, happening: SliceScored) -> None:
        self._rows |= set(self.teaching.next_slice(self.customers.keys(), happening.most))

    def _learned(self, customers: Iterable[UUID]) -> None:
        """What was learned of a customer changes his own row alone."""
        known = self._known(customers)
        self._rows |= known
        self._taught |= known

    def _pair(self, step: InvitationStepped) -> Pair | None:
        customer, event = self.customers.get(step.customer_id), self.events.get(step.event_id)
        if customer is None or event is None:
            return None
        return Pair(
            customer, event, self.board.events.view([self.board.events.slots.take(event.id)])
        )

    def _known(self, customers: Iterable[UUID]) -> set[UUID]:
        return {customer for customer in customers if customer in self.customers}

    def _list(self, event: Event) -> None:
        place = self.board.events.put(event, self.now)
        self.board.fit()
        self.board.events.rows["held"][place] = self.ledger.held(event.id)
        self._columns.add(place)

    def _unlist(self, event_id: UUID) -> None:
        """Takes the event off the board; commitments for it go on with what their invitations told."""
        del self.events[event_id]
        place = self.board.events.remove(event_id)
        self.board.clear_event(place)
        self._columns.discard(place)
        self._pairs = [pair for pair in self._pairs if pair[1] != place]
        self._rows |= self._known(self.ledger.customers_of(event_id))
        self.allocator.cancel_event(place)

    def _count_held(self, event_id: UUID) -> None:
        place = self.board.events.slots.find(event_id)
        if place is not None:
            self.board.events.rows["held"][place] = self.ledger.held(event_id)
            self._regiven.add(event_id)
            self.allocator.change_seats(place)

    def _reprice(self) -> None:
        """Fills the rows and columns that are out of date, then tells the allocator, always in the same order."""
        self._fill_limits_of_new_years()
        self._fill_rows()
        self._fill_columns()
        for customer, event in self._pairs:
            fixed = self.board.fixed[customer, event] > 0
            (self.allocator.fix_pair if fixed else self.allocator.release_pair)(customer, event)
        self._rows, self._columns, self._pairs = set(), set(), []

    def _fill_limits_of_new_years(self) -> None:
        years = len(self.board.events.years)
        if years > self._years:
            self._years = years
            pricing = Pricing(self.board, self.rules, self.now)
            for customer_id in self.customers:
                place = self.board.customers.take(customer_id)
                pricing.fill_limits(place, self.ledger.of(customer_id))

    def _fill_rows(self) -> None:
        pricing = Pricing(self.board, self.rules, self.now)
        view = self.board.events.view(self.board.events.slots.in_order())
        for customer_id in sorted(self._rows):
            place = self.board.customers.take(customer_id)
            commitments = self.ledger.of(customer_id)
            pricing.fill_limits(place, commitments)
            customer, outlook = self.customers[customer_id], self.outlook(customer_id)
            pricing.fill_pairs(customer, outlook, commitments, view)
            self.allocator.replace_row(place)
        self._touched |= self._rows

    def _fill_columns(self) -> None:
        if not self._columns:
            return
        pricing = Pricing(self.board, self.rules, self.now)
        view = self.board.events.view(sorted(self._columns))
        for customer_id in sorted(self.customers.keys() - self._rows):
            customer, outlook = self.customers[customer_id], self.outlook(customer_id)
            if pricing.fill_pairs(customer, outlook, self.ledger.of(customer_id), view):
                self._touched.add(customer_id)
        for event in sorted(self._columns):
            live = self.board.events.rows["live"][event]
            (self.allocator.put_event if live else self.allocator.cancel_event)(event)


def _is_fixed(commitment: Commitment | None) -> bool:
    return commitment is not None and commitment.fixed


def _ids(things: Sequence[Customer | None] | Sequence[Event | None]) -> list[UUID | None]:
    return [None if thing is None else thing.id for thing in things]
