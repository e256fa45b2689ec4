"""The matcher's memory: takes inputs one after the other, and settles them together.

Facts and scores depend on what was told alone. The choice depends on its past too, as prices do: the same inputs in the same
batches give the same bits, others an allocation of its own with a certificate of its own.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import singledispatchmethod
from uuid import UUID

import numpy as np

from kindred_matching.domain import inputs
from kindred_matching.domain.accounts import Accounts, Books
from kindred_matching.domain.allocation import Allocation
from kindred_matching.domain.assessment import Assessment, Assessor, Dossier, starts_after
from kindred_matching.domain.commitments import WITHDRAWN, Ledger
from kindred_matching.domain.draws import Draws, Hat
from kindred_matching.domain.events import EventTable, EventView, seconds
from kindred_matching.domain.facts import Customer, Event
from kindred_matching.domain.programme import ProgrammeChanges
from kindred_matching.domain.proposals import Left, Proposal, Sight, describe
from kindred_matching.domain.rules import Rules
from kindred_matching.domain.slots import Slot, Slots
from kindred_matching.domain.state import EngineState, Pending, Settlement, Snapshot
from kindred_matching.domain.sweep import Sweeping
from kindred_matching.domain.teaching import Pair, Teaching
from kindred_matching.domain.vocabulary import BIT
from kindred_matching.domain.wishes import Wishes

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
KEEP_ENDED = timedelta(days=30)
"""How long an event is remembered after its end, so that refusals can still tell that it is past."""

AT_ONCE = 1000
"""Up to so many customers are assessed at once when something concerns everybody; more of them in slices.

Of so many it is kept how they stand, for describing them; where more were assessed it is found anew.
"""

SLICES_A_TICK = 30
"""Slices of background work at each tick: what brings the certificate near when nothing else happens."""


class Engine:
    """Knows every customer, event, commitment and wish, and keeps the allocation over them."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.teaching = Teaching(rules)
        self.now = LONG_AGO
        self.customers: dict[UUID, Customer] = {}
        self.events: dict[UUID, Event] = {}
        self.ledger = Ledger()
        self.wishes = Wishes()
        self.accounts = Accounts()
        self.places = Slots()
        self.table = EventTable()
        self.allocation = Allocation()
        self.sweeping = Sweeping()
        self.draws = Draws()
        self.refused = np.zeros((16, len(BIT)), dtype=np.int32)
        self._rows: set[UUID] = set()
        self._programme = ProgrammeChanges()
        self._pending = Pending()
        self._assessed: dict[UUID, Assessment] = {}
        self.at_once = AT_ONCE

    @classmethod
    def restored(cls, snapshot: Snapshot) -> "Engine":
        """An engine that goes on where the one that gave the :meth:`snapshot` stood."""
        state, engine = snapshot.state, cls(snapshot.state.rules)
        engine.teaching = Teaching(state.rules, state.taught)
        engine.now = state.now
        engine.customers = {c.id: c for c in state.customers if c is not None}
        engine.events = {e.id: e for e in state.events if e is not None}
        engine.ledger, engine.wishes = Ledger(state.commitments), Wishes(state.wishes)
        engine.places = Slots.restored(state.customer_ids(), state.free_customers)
        engine.table = EventTable(Slots.restored(state.event_ids(), state.free_events))
        engine.table.years = list(state.years)
        for event in engine.events.values():
            place = engine.table.put(event, engine.now)
            engine.table.rows["held"][place] = engine.ledger.held(event.id)
        engine.accounts = Accounts.restored(
            state.accounts, engine.customers.values(), engine._books
        )
        engine.sweeping = Sweeping(state.sweep)
        engine.draws = Draws(state.draws, state.drawn_in)
        engine.allocation = Allocation.restored(snapshot.market)
        engine._make_room()
        return engine

    def state(self) -> EngineState:
        """What the engine knows; to be asked for after :meth:`settle`."""
        customers, events = self.places, self.table.slots
        return EngineState(
            rules=self.rules,
            now=self.now,
            customers=tuple(None if c is None else self.customers[c] for c in customers.ids),
            free_customers=tuple(customers.free),
            events=tuple(None if e is None else self.events[e] for e in events.ids),
            free_events=tuple(events.free),
            years=tuple(self.table.years),
            commitments=tuple(self.ledger),
            wishes=tuple(self.wishes),
            accounts=self.accounts.ids,
            taught=self.teaching.taught(),
            sweep=self.sweeping.image(len(customers)),
            draws=tuple(self.draws),
            drawn_in=self.draws.week,
        )

    def snapshot(self) -> Snapshot:
        """Everything from which :meth:`restored` goes on; to be asked for after :meth:`settle`."""
        return Snapshot(self.state(), self.allocation.image())

    def settle(self) -> Settlement:
        """Brings scores and choice up to date; tells whose matches have to be looked at."""
        self._assessed.clear()
        self._make_room()
        if self._programme.settle(self.table, self.rules.budget, self.allocation):
            self._rows |= self._known([*self.wishes.pinned(), *self.draws.drawn()])
        self.accounts.settle(self._books, self.allocation)
        drawn = self.draws.draw(self._hat, self.allocation)
        self._rows |= {one.customer_id for one in drawn}
        self._enter_customers()
        self.allocation.keep_calm(self.rules.stability)
        self._pending.touch(self.places.ids[place] for place in self.allocation.settle())
        return self._pending.settlement(drawn)

    def describe(self, customers: Iterable[UUID]) -> list[Proposal]:
        """What there is to say about these customers, after :meth:`settle`; all of them must be known."""
        view, asked, left = self.view(), list(customers), self._left()
        assessor = Assessor(self.table, self.rules, self.now)
        unseen = (self.dossier(one) for one in asked if one not in self._assessed)
        anew = assessor.assess_all(unseen, view)
        seen = (self._assessed[one] if one in self._assessed else next(anew) for one in asked)
        return list(describe((self._sight(each, left) for each in seen), view, seconds(self.now)))

    def sight(self, customer: UUID, view: EventView) -> Sight:
        """The customer's part of the allocation, after :meth:`settle`."""
        seen = Assessor(self.table, self.rules, self.now).assess(self.dossier(customer), view)
        return self._sight(seen, self._left())

    def _sight(self, seen: Assessment, left: Left) -> Sight:
        place = self.places.take(seen.customer.id)
        choices, barred = self.allocation.chosen(place), self.allocation.barred_by_account(place)
        return Sight.of(seen, self.table, choices, left, barred, self.draws.of(seen.customer.id))

    def view(self) -> EventView:
        """All events, in the order of their identifiers."""
        return self.table.view(self.table.slots.in_order())

    def _left(self) -> Left:
        free = self.table.free_seats()
        taken = self.allocation.seats_taken()[: len(free)]
        free[: len(taken)] -= taken
        return Left(free, self.allocation.money(), self.allocation.prices())

    def dossier(self, customer: UUID) -> Dossier:
        """All that is known of a customer."""
        facts, outlook = self.customers[customer], self.teaching.outlook(customer)
        return Dossier(facts, outlook, self.ledger.of(customer), self.wishes.of(customer))

    @property
    def scoring_anew(self) -> bool:
        """Whether customers still wait to be scored anew, by :class:`SliceScored`."""
        return self.sweeping.under_way or self.teaching.is_scoring()

    def replay(self, batch: Iterable[inputs.Input]) -> None:
        """Takes a batch of the journal that was settled once."""
        for happening in batch:
            self.apply(happening)
        self.settle()

    @singledispatchmethod
    def apply(self, happening: inputs.Input) -> None:
        """Takes one input; what it means for the matches is known after :meth:`settle`."""
        raise TypeError(type(happening).__name__)

    @apply.register
    def _(self, happening: inputs.CustomerReplaced) -> None:
        customer = happening.customer
        self.customers[customer.id] = customer
        self.accounts.enter(customer)
        self.places.take(customer.id)
        self._pending.removed.discard(customer.id)
        self._rows.add(customer.id)

    @apply.register
    def _(self, happening: inputs.CustomerRemoved) -> None:
        customer_id = happening.customer_id
        self.teaching.forget(customer_id)
        for event_id in self.wishes.pinned_for(customer_id):
            self._rows |= self._waiting(event_id)
        self.wishes.forget_customer(customer_id)
        self.draws.end(customer_id)
        for commitment in self.ledger.forget_customer(customer_id):
            self._count_held(commitment.event_id)
        self._pending.removed.add(customer_id)
        self._rows.discard(customer_id)
        self._pending.touched.discard(customer_id)
        self._pending.taught.discard(customer_id)
        self.accounts.leave(customer_id)
        if self.customers.pop(customer_id, None) is not None:
            place = self.places.leave(customer_id)
            self.allocation.remove_customer(place)
            self.refused[place : place + 1] = 0

    @apply.register
    def _(self, happening: inputs.EventReplaced) -> None:
        event = happening.event
        before = self.events.get(event.id)
        if before == event or event.ends_at < self.now - KEEP_ENDED:
            return
        self.events[event.id] = event
        if before is not None and replace(before, seats=event.seats) == event:
            self.table.rows["seats"][self.table.slots.take(event.id)] = event.seats
            self._reseat(event.id)
            return
        self._list(event)
        self._rows |= self._known(self.ledger.customers_of(event.id))
        self._assess_everybody()

    @apply.register
    def _(self, happening: inputs.EventRemoved) -> None:
        if happening.event_id in self.events:
            self._unlist(happening.event_id)
            self._assess_everybody()

    @apply.register
    def _(self, happening: inputs.InvitationStepped) -> None:
        if self.teaching.take(happening, self._pair(happening), self.now):
            self._learned([happening.customer_id])
        customer_id, event_id = happening.customer_id, happening.event_id
        if happening.step == WITHDRAWN and self.draws.end_pair(customer_id, event_id):
            self._rows |= self._known([customer_id])
        before, after = self.ledger.step(happening)
        if before == after:
            return
        self._count_held(happening.event_id)
        self.accounts.count_anew([happening.customer_id])
        self._rows |= self._known([happening.customer_id])

    @apply.register
    def _(self, happening: inputs.RematchAsked) -> None:
        self._rows |= self._known([happening.customer_id])

    @apply.register
    def _(self, happening: inputs.ClockTicked) -> None:
        before, now = self.now, max(self.now, happening.now)
        self.now = now
        table = self.table
        self._learned(self.teaching.tick(now))
        self._rows |= self._known(
            commitment.customer_id
            for commitment in self.ledger.each()
            if starts_after(commitment, table, before) != starts_after(commitment, table, now)
        )
        begun = table.begin(before, now).tolist()
        self._programme.begin(begun)
        self.draws.end_events(map(table.slots.at, begun))
        if before.year != now.year:
            self.ledger.forget_before(now.year)
            self.accounts.count_all_anew()
        for event in [e for e in self.events.values() if e.ends_at < now - KEEP_ENDED]:
            self._unlist(event.id)
        self.allocation.rest(SLICES_A_TICK)

    @apply.register
    def _(self, happening: inputs.RulesReplaced) -> None:
        self.allocation.limit_anew()
        self.rules = happening.rules
        self.teaching.change_rules(self.rules)
        self._assess_everybody()

    @apply.register
    def _(self, happening: inputs.EpochBegun) -> None:  # noqa: ARG002 - who asked is told elsewhere
        self._rows |= self._known(self.teaching.begin_epoch(self.customers.keys()))

    @apply.register
    def _(self, happening: inputs.SliceScored) -> None:
        if self.teaching.is_scoring():
            turn = self.teaching.next_slice(self.customers.keys(), happening.most)
            if not self.teaching.is_scoring():
                self.allocation.outgrow()
        else:
            turn = self.sweeping.slice(self.places, happening.most)
        self._rows |= set(turn)

    @apply.register
    def _(self, happening: inputs.WishMade) -> None:
        wish = happening.wish
        if wish.customer_id in self.customers and wish.event_id in self.events:
            self.wishes.put(wish)
            self._rows |= {wish.customer_id} | self._waiting(wish.event_id)

    @apply.register
    def _(self, happening: inputs.WishEnded) -> None:
        self.wishes.drop(happening.customer_id, happening.event_id)
        self._rows |= self._known([happening.customer_id]) | self._waiting(happening.event_id)

    def _assess_everybody(self) -> None:
        """At once, or slice by slice where that would make others wait."""
        self.sweeping.change()
        if len(self.customers) <= self.at_once:
            self._rows |= set(self.customers)
        else:
            self.sweeping.ask()

    def _waiting(self, event_id: UUID) -> set[UUID]:
        """Whose pins may come true, or have to make way, when one at the event begins or ends: for its seats, or for money."""
        pinned_to = self.wishes.pinned_to(event_id)
        return self._known(pinned_to if self.rules.budget is None else self.wishes.pinned())

    def _learned(self, customers: Iterable[UUID]) -> None:
        """What was learned of a customer changes his own row alone."""
        known = self._known(customers)
        self._rows |= known
        self._pending.taught |= known

    def _pair(self, step: inputs.InvitationStepped) -> Pair | None:
        customer, event = self.customers.get(step.customer_id), self.events.get(step.event_id)
        if customer is None or event is None:
            return None
        view = self.table.view([self.table.slots.take(event.id)])
        return Pair(customer, event, view, drawn=self.draws.has(customer.id, event.id))

    def _known(self, customers: Iterable[UUID]) -> set[UUID]:
        return {customer for customer in customers if customer in self.customers}

    def _list(self, event: Event) -> None:
        place = self.table.put(event, self.now)
        self.table.rows["held"][place] = self.ledger.held(event.id)
        self._programme.put(place)
        self._recount(event.id, place)

    def _unlist(self, event_id: UUID) -> None:
        """Takes the event off the offer; commitments for it go on with what their invitations told."""
        del self.events[event_id]
        place = self.table.remove(event_id)
        self._programme.forget(place)
        self.wishes.forget_event(event_id)
        self.draws.end_events([event_id])
        self._rows |= self._known(self.ledger.customers_of(event_id))
        self._recount(event_id, place)
        self.allocation.withdraw_event(place)

    def _recount(self, event_id: UUID, place: Slot) -> None:
        """The allocation will forget, or has, to whom the event was given."""
        self.accounts.relist(place)
        self.accounts.count_anew(self.ledger.customers_of(event_id))

    @property
    def _books(self) -> Books:
        return Books(self.rules, self.ledger, self.table, self.places)

    @property
    def _hat(self) -> Hat:
        assessor = Assessor(self.table, self.rules, self.now)
        return Hat(self.customers, self.dossier, assessor, self.places, self.wishes)

    def _count_held(self, event_id: UUID) -> None:
        place = self.table.slots.find(event_id)
        if place is not None:
            self.table.rows["held"][place] = self.ledger.held(event_id)
            self._pending.regiven.add(event_id)
            self._reseat(event_id)

    def _reseat(self, event_id: UUID) -> None:
        self._programme.reseat(self.table.slots.take(event_id))
        self._rows |= self._known(self.wishes.pinned_to(event_id) + self.draws.drawn_to(event_id))

    def _make_room(self) -> None:
        """Places in market and counts for all who have one."""
        people, widest = len(self.places), max(1, self.rules.cap)
        self.allocation.fit(people, self.table.capacity, len(self.table.years), widest)
        while len(self.refused) < people:
            self.refused = np.pad(self.refused, ((0, len(self.refused)), (0, 0)))

    def _enter_customers(self) -> None:
        """Assesses whoever is to be, always in the same order."""
        hat, view = self._hat, self.view()
        pins = {one: self.draws.pinned(hat, one) for one in sorted(self._rows)}
        for customer, pinned in pins.items():
            self.allocation.release_wishes(self.places.take(customer), pinned)
        found = hat.assessor.assess_all(map(self.dossier, pins), view)
        for (customer, pinned), seen in zip(pins.items(), found, strict=True):
            place = self.places.take(customer)
            self.sweeping.assessed(place)
            self.allocation.assess(place, seen, pinned)
            settled = map(self.table.slots.at, self.allocation.settled(place))
            self.draws.end_if_void(customer, settled, self.ledger.of(customer))
            self.refused[place] = seen.refused_by_reason()
            if len(pins) <= AT_ONCE:
                self._assessed[customer] = seen
        self._pending.touched |= self._rows
        self._rows = set()
