"""What invitations teach the engine, and how it comes into use."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from services.matching.tests.desks import TICK, Desk
from services.matching.tests.test_allocation_properties import bits
from services.matching.tests.test_filling import fill
from services.matching.tests.worlds import (
    NOW,
    a_customer,
    a_step,
    an_engine,
    an_event,
    customer_id,
    some_world,
    told,
)
from sqlalchemy import text

from kindred_matching.adapters.postgres_readings import PostgresReadings
from kindred_matching.adapters.replica_process import ReplicaProcess
from kindred_matching.domain.assessment import Assessor
from kindred_matching.domain.engine import Engine
from kindred_matching.domain.epochs import Epochs
from kindred_matching.domain.explanation import WhyPair, explain
from kindred_matching.domain.inputs import (
    ClockTicked,
    CustomerRemoved,
    CustomerReplaced,
    EpochBegun,
    Input,
    SliceScored,
)
from kindred_matching.domain.rules import Rules

OPERA = an_event(5, kind="culture", themes=(("opera", 1.0),))
CONCERT = an_event(9, kind="culture", themes=(("opera", 1.0),))


def weights(engine: Engine, number: int = 1) -> list[float]:
    view = engine.table.view([engine.table.slots.take(CONCERT.id)])
    dossier = engine.dossier(customer_id(number))
    seen = Assessor(engine.table, engine.rules, engine.now).assess(dossier, view)
    return [float(weight) for weight in seen.weight[0]]


def after(engine: Engine, *happenings: Input) -> Engine:
    for happening in happenings:
        engine.apply(happening)
    engine.settle()
    return engine


def invited_and(step: str, number: int = 1, reason: str | None = None) -> list[Input]:
    sent, reply = (a_step(each, a_customer(number), OPERA) for each in ("sent", step))
    return [sent, replace(reply, reason=reason)]


def an_opera(*numbers: int, rules: Rules | None = None) -> Engine:
    return an_engine(OPERA, CONCERT, *(a_customer(n) for n in numbers), rules=rules)


def test_a_reply_changes_the_own_row_at_once_and_that_of_others_with_the_epoch() -> None:
    engine = an_opera(1, 2)
    before = weights(engine), weights(engine, 2)
    after(engine, *invited_and("declined", reason="topic"))
    assert weights(engine)[0] < before[0][0]
    assert weights(engine, 2) == before[1]
    after(engine, EpochBegun("anna"))
    assert weights(engine, 2) == before[1], "the slices come later"
    after(engine, SliceScored(10))
    assert weights(engine, 2)[0] < before[1][0]
    assert engine.teaching.epochs.number == 1
    assert engine.teaching.epochs.scored_to is None


def test_the_first_word_counts_and_who_came_counts_once_more() -> None:
    engine = after(an_opera(1), *invited_and("accepted"))
    accepted = weights(engine)
    after(engine, a_step("accepted", a_customer(1), OPERA))
    assert weights(engine) == accepted
    after(engine, a_step("attended", a_customer(1), OPERA))
    came = weights(engine)
    assert came[0] > accepted[0]
    after(engine, a_step("attended", a_customer(1), OPERA))
    assert weights(engine) == came
    assert engine.teaching.model.tally.replies == 1


def test_silence_until_the_event_begins_is_a_no_but_only_of_who_was_asked() -> None:
    asked, unasked = an_opera(1), an_opera(1)
    after(asked, a_step("sent", a_customer(1), OPERA))
    after(unasked, a_step("approved", a_customer(1), OPERA))
    later = ClockTicked(OPERA.starts_at)
    settled = asked.settle()
    assert not settled.taught
    for engine in (asked, unasked):
        engine.apply(later)
    assert asked.settle().taught == (customer_id(1),)
    assert not unasked.settle().taught
    assert weights(asked)[0] < weights(unasked)[0]
    assert asked.teaching.model.tally.replies == 1
    after(unasked, ClockTicked(OPERA.starts_at + timedelta(days=61)))
    assert unasked.teaching.taught().exposures == (), "what nobody will tell of any more is dropped"


@pytest.mark.parametrize("step", ["withdrawn", "cancelled"])
def test_what_was_taken_back_teaches_nothing(step: str) -> None:
    engine = after(an_opera(1), *invited_and(step))
    after(engine, ClockTicked(OPERA.starts_at))
    assert engine.teaching.taught() == an_opera(1).teaching.taught()


def test_nothing_is_learned_where_that_is_not_wanted() -> None:
    engine = after(an_opera(1, rules=Rules(learn=False)), *invited_and("declined"))
    assert engine.teaching.taught() == an_opera(1).teaching.taught()


def test_a_forgotten_customer_leaves_no_lesson_and_no_invitation() -> None:
    engine = after(an_opera(1, 2), *invited_and("declined"), a_step("sent", a_customer(2), OPERA))
    after(engine, CustomerRemoved(customer_id(1)), CustomerRemoved(customer_id(2)))
    taught = engine.teaching.taught()
    assert (taught.learned.lessons, taught.exposures) == ((), ())


def test_slices_go_through_the_customers_and_newcomers_fit_in() -> None:
    engine = an_opera(*range(1, 8))
    for number in (1, 2):
        after(engine, *invited_and("declined", number))
    before = {n: weights(engine, n) for n in range(1, 8)}
    after(engine, EpochBegun("night"), SliceScored(3))
    assert [weights(engine, n) != before[n] for n in range(1, 8)] == [True] * 3 + [False] * 4
    after(engine, CustomerReplaced(a_customer(9)), CustomerReplaced(a_customer(0)))
    assert weights(engine, 9) == before[7], "who has yet to be scored is seen as before"
    assert weights(engine, 0) == weights(engine, 3)
    again = Engine.restored(engine.snapshot())
    for each in (engine, again):
        after(each, SliceScored(3), EpochBegun("anna"), SliceScored(100))
        assert len({tuple(weights(each, n)) for n in (0, 3, 4, 5, 6, 7, 9)}) == 1
    assert bits(again) == bits(engine)


def test_prices_are_sought_anew_when_an_epoch_has_weighed_everybody_otherwise() -> None:
    """With the prices of before, the certificate stood at a gap of a half."""
    customers, events = some_world(600, 30, seed=3)
    engine = fill(an_engine(*events), customers)
    kinds = dict.fromkeys(("culture", "dinner"), "accepted")
    for number, customer in enumerate(customers[:300]):
        event = events[number % 20]
        for step in ("sent", kinds.get(event.kind, "declined")):
            reason = "topic" if step == "declined" else None
            engine.apply(replace(a_step(step, customer, event), manner="email", reason=reason))
    engine.settle()
    after(engine, EpochBegun("anna"))
    while engine.scoring_anew:
        after(engine, SliceScored(100))
    assert engine.allocation.certificate.gap < 0.05


def test_an_epoch_that_changes_nothing_scores_nobody() -> None:
    assert Epochs(shifts=(("base", 0.1),)).next((("base", 0.1),)).scored_to is None


async def test_an_epoch_is_told_and_explained_as_it_was_applied(desk: Desk) -> None:
    clerk = await desk.hire()
    people = [a_customer(n) for n in range(1, 7)]
    await clerk.take(told(OPERA), told(CONCERT), *map(told, people))
    await clerk.take(*invited_and("declined", 1, reason="topic"), *invited_and("accepted", 2))
    before = len(await desk.published())
    await clerk.ask_epoch()
    assert len(await desk.published()) == before
    await clerk.take(SliceScored(4))
    assert len(await desk.published()) > before
    engine = await clerk.engine()
    replicas = ReplicaProcess(desk.database, lambda: ThreadPoolExecutor(1))
    for number in range(1, 7):
        found = await replicas.ask(WhyPair(customer_id(number), CONCERT.id))
        assert found == explain(engine, customer_id(number), CONCERT.id)
    replicas.close()
    async with desk.transactions.begin() as transaction:
        (latest, first) = await PostgresReadings(transaction.connection).epochs(None, 10)
    assert (latest.number, latest.asked_by, latest.begun_at) == (1, "anna", NOW)
    assert dict(latest.shifts)
    assert (first.number, first.tally.replies, latest.tally.replies) == (0, 2, 0)


async def test_another_writer_goes_on_in_the_middle_of_an_epoch(desk: Desk) -> None:
    clerk = await desk.hire()
    await clerk.take(told(OPERA), *(told(a_customer(n)) for n in range(1, 5)))
    await clerk.take(*invited_and("declined", 1))
    await clerk.ask_epoch("night")
    await clerk.take(SliceScored(2))
    taught = (await clerk.engine()).teaching.taught()

    other = await desk.hire()

    waits = other.matchmaker.scoring_anew
    assert waits
    assert (await other.engine()).teaching.taught() == taught
    await other.take(SliceScored(9))
    assert not other.matchmaker.scoring_anew
    await other.ask_epoch()
    async with desk.engine.begin() as connection:
        numbers = await connection.scalars(text("SELECT number FROM model_epoch ORDER BY number"))
        assert list(numbers) == [0, 1, 2]


async def test_nobody_asked_nothing_begins(desk: Desk) -> None:
    clerk = await desk.hire()
    position, _ = await clerk.bits()
    async with desk.transactions.begin() as transaction:
        await clerk.matchmaker.begin_epoch(clerk.stores(transaction), TICK)
    assert (await clerk.bits())[0] == position
