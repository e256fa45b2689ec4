"""Whatever people, the matcher and other systems do in whatever order: seats given are those of the guests, never more."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

import kindred_invitations
from kindred_common.clock import new_id
from kindred_common.contracts.profile import CustomerProfile
from kindred_common.contracts.record import Cause
from kindred_common.db.engine import create_engine
from kindred_common.db.transactions import Transactions
from kindred_common.messaging.outbox import Outbox, RelayWaker
from kindred_common.testing.clocks import FakeClock
from kindred_common.testing.databases import fresh_database
from kindred_invitations.adapters.postgres_projections import PostgresProjections
from kindred_invitations.application.add_event import add_event
from kindred_invitations.application.answer_invitation import Answer, answer_invitation
from kindred_invitations.application.apply_response import Response, apply_response
from kindred_invitations.application.approve_invitation import Terms, approve_invitation
from kindred_invitations.application.approve_many import approve_many
from kindred_invitations.application.because import Because
from kindred_invitations.application.cancel_event import cancel_event
from kindred_invitations.application.change_event import change_event
from kindred_invitations.application.draft_invitations import Proposal, draft_invitations
from kindred_invitations.application.invite_customer import invite_customer
from kindred_invitations.application.note_outcomes import note_outcomes
from kindred_invitations.application.ports import Outcome, Ports
from kindred_invitations.application.report_attendance import report_attendance
from kindred_invitations.application.withdraw_invitation import withdraw_invitation
from kindred_invitations.bootstrap import ports_on
from kindred_invitations.domain.drafting import Chosen
from kindred_invitations.domain.errors import NotPossible
from kindred_invitations.domain.event import CancelledBy, Event, EventDetails
from kindred_invitations.domain.invitation import Invitation

GUESTS = st.integers(0, 2)
SEATS = st.integers(1, 2)
COUNT = text("""
SELECT held, seats,
       (SELECT coalesce(sum(i.seats), 0) FROM invitation AS i WHERE i.event_id = e.id
           AND i.step IN ('approved', 'sent', 'not_sent', 'accepted', 'attended')) AS guests,
       (SELECT convert_from(body, 'UTF8')::jsonb ->> 'seats_to_allocate' FROM outbox
         WHERE topic = 'event-catalogue' AND key = e.id::text ORDER BY id DESC LIMIT 1) AS listed
  FROM event AS e WHERE id = :id
""")


class Bench:
    """A database and a loop that all examples share; each example has an event and customers of its own."""

    def __init__(self, runner: "asyncio.Runner", engine: AsyncEngine) -> None:
        self.runner = runner
        self.engine = engine
        self.transactions = Transactions(engine)

    def run(self, work: Awaitable[Any]) -> Any:
        async def whole() -> Any:
            return await work

        return self.runner.run(whole())


@pytest.fixture
def bench(postgres_server: str) -> Iterator[Bench]:
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        database = runner.run(
            stack.enter_async_context(fresh_database(postgres_server, kindred_invitations))
        )
        engine = create_engine(database, application="test")
        yield Bench(runner, engine)
        runner.run(engine.dispose())
        runner.run(stack.aclose())


class Seats(RuleBasedStateMachine):
    """An event with few seats and three customers who want them."""

    bench: Bench

    @initialize(seats=st.integers(1, 4))
    def open_event(self, seats: int) -> None:
        self.clock = FakeClock()
        self.event_id = new_id()
        self.customers = [new_id() for _ in range(3)]
        starts_at = self.clock.now() + timedelta(hours=20)
        self.details = EventDetails(
            kind="seminar",
            title="Robots",
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=2),
            zone="Europe/Amsterdam",
            seats=seats,
            companion_allowed=True,
        )
        event = Event(id=self.event_id, details=self.details)
        self.act(lambda ports: add_event(ports, self.because(), event))
        self.bench.run(self._meet())

    async def _meet(self) -> None:
        async with self.bench.transactions.begin() as transaction:
            await PostgresProjections(transaction.connection).keep_profiles(
                [
                    CustomerProfile(
                        customer_id=customer, version=1, active=True, may_be_invited=True
                    )
                    for customer in self.customers
                ]
            )

    def because(self) -> Because:
        return Because(Cause("chain"), "tester", self.clock.now())

    def act(self, work: Callable[[Ports], Awaitable[object]]) -> None:
        """One use case in one transaction; being refused is fine, anything else is not."""

        async def whole() -> None:
            outbox = Outbox(RelayWaker(), self.clock, new_id)
            async with self.bench.transactions.begin() as transaction:
                await work(ports_on(transaction, outbox, self.clock, new_id, "http://pages"))

        with suppress(NotPossible):
            self.bench.run(whole())

    def on_invitation(
        self, guest: int, work: Callable[[Ports, Invitation], Awaitable[object]]
    ) -> None:
        async def found(ports: Ports) -> None:
            pair = await ports.invitations.lock_pair(self.customers[guest], self.event_id)
            if pair is not None:
                await work(ports, pair)

        self.act(found)

    @rule(chosen=st.sets(GUESTS), seats=SEATS)
    def propose(self, chosen: set[int], seats: int) -> None:
        choice = (Chosen(self.event_id, seats, 0.5),)
        proposals = [
            (self.because(), Proposal(customer, choice if number in chosen else ()))
            for number, customer in enumerate(self.customers)
        ]
        self.act(lambda ports: draft_invitations(ports, proposals))

    @rule(guest=GUESTS, act=st.sampled_from(["approve", "invite", "withdraw"]), seats=SEATS)
    def people_decide(self, guest: int, act: str, seats: int) -> None:
        async def decide(ports: Ports, pair: Invitation) -> None:
            if act == "approve":
                await approve_invitation(ports, self.because(), pair.id, Terms(seats=seats))
            else:
                await withdraw_invitation(ports, self.because(), pair.id)

        if act != "invite":
            self.on_invitation(guest, decide)
            return
        customer, terms = self.customers[guest], Terms(seats=seats)
        self.act(
            lambda ports: invite_customer(ports, self.because(), customer, self.event_id, terms)
        )

    @rule(guests=st.lists(GUESTS, min_size=2), seats=SEATS)
    def people_approve_together(self, guests: list[int], seats: int) -> None:
        async def together(ports: Ports) -> None:
            ids = []
            for guest in guests:
                pair = await ports.invitations.lock_pair(self.customers[guest], self.event_id)
                ids += [pair.id] if pair else []
            await approve_many(ports, self.because(), self.event_id, ids, Terms(seats=seats))

        self.act(together)

    @rule(guest=GUESTS, result=st.sampled_from(["sent", "skipped", "bounced", "uncertain"]))
    def message_is_delivered(self, guest: int, result: str) -> None:
        async def delivered(ports: Ports, pair: Invitation) -> None:
            outcome = Outcome(pair.message_id or new_id(), result, self.clock.now())
            await note_outcomes(ports, [(self.because(), outcome)])

        self.on_invitation(guest, delivered)

    @rule(guest=GUESTS, accepts=st.booleans(), companion=st.booleans(), outside=st.booleans())
    def guest_answers(self, guest: int, accepts: bool, companion: bool, outside: bool) -> None:
        answer = Answer(accepts, companion and accepts, None if accepts else "date")
        if outside:
            response = Response(self.customers[guest], self.event_id, answer)
            self.act(lambda ports: apply_response(ports, self.because(), response))
            return
        self.on_invitation(
            guest, lambda ports, pair: answer_invitation(ports, self.because(), pair.id, answer)
        )

    @rule(guest=GUESTS, attended=st.booleans(), outside=st.booleans())
    def guest_comes(self, guest: int, attended: bool, outside: bool) -> None:
        if outside:
            response = Response(self.customers[guest], self.event_id, attended=attended)
            self.act(lambda ports: apply_response(ports, self.because(), response))
            return
        self.on_invitation(
            guest,
            lambda ports, pair: report_attendance(
                ports, self.because(), pair.id, attended=attended
            ),
        )

    @rule(seats=st.integers(0, 5), off=st.integers(0, 30), hours=st.sampled_from([0, 0, 1, 9]))
    def plans_change(self, seats: int, off: int, hours: int) -> None:
        self.clock.advance(timedelta(hours=hours))
        by = CancelledBy.PEOPLE
        if off == 17:
            self.act(lambda ports: cancel_event(ports, self.because(), self.event_id, by))

        async def resize(ports: Ports) -> None:
            event = await ports.events.lock(self.event_id)
            details = replace(event.details, seats=seats)
            await change_event(ports, self.because(), self.event_id, event.edition, details)

        self.act(resize)

    @invariant()
    def seats_are_those_of_the_guests(self) -> None:
        held, seats, guests, listed = self.bench.run(self._count())
        assert held == guests <= seats
        assert listed == seats - held

    async def _count(self) -> tuple[int, int, int, int]:
        async with self.bench.engine.connect() as connection:
            row = (await connection.execute(COUNT, {"id": self.event_id})).one()
            return row.held, row.seats, row.guests, int(row.listed)


@pytest.mark.timeout(300)
def test_seats_given_are_those_of_the_guests(bench: Bench) -> None:
    machine = type("Machine", (Seats,), {"bench": bench})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=30,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
