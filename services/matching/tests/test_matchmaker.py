from itertools import count
from random import Random
from uuid import UUID

import pytest
from services.matching.tests.desks import Clerk, Desk
from services.matching.tests.test_allocation_properties import LIMITED, a_history, bits
from services.matching.tests.worlds import (
    NOW,
    a_customer,
    a_step,
    an_event,
    an_interest,
    customer_id,
    event_id,
    some_world,
    told,
)
from sqlalchemy import text

from kindred_common.contracts.matching import CustomerMatches
from kindred_common.contracts.record import Cause
from kindred_common.messaging.positions import Overtaken
from kindred_matching.application.matchmaker import TOLD_AT_ONCE
from kindred_matching.application.ports import Caused
from kindred_matching.domain.engine import Engine
from kindred_matching.domain.inputs import (
    ClockTicked,
    CustomerRemoved,
    CustomerReplaced,
    Input,
    RematchAsked,
    RulesReplaced,
)
from kindred_matching.domain.proposals import REFUSALS
from kindred_matching.domain.rules import Rules


async def latest(desk: Desk, number: int) -> CustomerMatches:
    records = [body for key, body, _ in await desk.published() if key == str(customer_id(number))]
    assert records[-1] is not None
    return records[-1]


async def test_a_new_customer_always_gets_a_record_and_an_unchanged_one_never(desk: Desk) -> None:
    clerk = await desk.hire()
    await clerk.take(CustomerReplaced(a_customer(1)))
    assert len(await desk.published()) == 1
    assert (await latest(desk, 1)).matches == ()

    await clerk.take(CustomerReplaced(a_customer(1)), RematchAsked(customer_id(1)))
    await clerk.take(ClockTicked(NOW))
    assert len(await desk.published()) == 1


async def test_an_answer_changes_the_match_and_carries_its_cause(desk: Desk) -> None:
    opera = an_event(1, kind="culture", themes=(("opera", 1.0),), seats=1)
    fan = a_customer(1, version=2, interests=(an_interest("opera"),))
    clerk = await desk.hire()
    await clerk.take(told(opera), told(a_customer(1)), told(a_customer(2)))
    assert [m.event_id for m in (await latest(desk, 1)).matches] == [event_id(1)]

    answer = Cause("chain", "answer 7")
    await clerk.take(told(a_customer(2, version=2, interests=fan.interests)), causes=[answer])

    assert (await latest(desk, 1)).candidates[0].not_chosen == "seats"
    match = (await latest(desk, 2)).matches[0]
    assert match.event_id == event_id(1)
    assert "interest:opera" in {reason.name for reason in match.reasons}
    causes = {key: cause for key, _, cause in await desk.published()}
    assert causes[str(customer_id(2))] == causes[str(customer_id(1))] == answer


async def test_refusals_are_told_with_all_their_reasons(desk: Desk) -> None:
    clerk = await desk.hire()
    closed = a_customer(1, objected=True, may_be_invited=False, language="fr", open_case=True)
    await clerk.take(told(an_event(1, kind="sport")), told(closed))

    record = await latest(desk, 1)

    assert not record.matches
    assert not record.candidates
    assert record.refusals[0].reasons == ("objection", "open_case", "language")


async def test_of_many_refused_events_those_with_the_fewest_reasons_are_told(desk: Desk) -> None:
    clerk, most = await desk.hire(), REFUSALS
    for_most = [an_event(number, kind="sport", languages=("fr",)) for number in range(most)]
    await clerk.take(*map(told, for_most), told(an_event(most, kind="sport")))
    await clerk.take(told(a_customer(1, objected=True)))

    record = await latest(desk, 1)

    assert record.more_refused == 1
    assert len(record.refusals) == most
    assert record.refusals[-1].event_id == event_id(most)
    assert record.refusals[-1].reasons == ("objection",)
    assert all(each.reasons == ("objection", "language") for each in record.refusals[:-1])


async def test_an_approved_pair_is_fixed_and_a_declined_one_barred(desk: Desk) -> None:
    clerk = await desk.hire()
    event = an_event(1, seats=1)
    await clerk.take(told(event), told(a_customer(1)), told(a_customer(2)))
    assert (await latest(desk, 1)).matches

    await clerk.take(a_step("approved", a_customer(2), event))
    assert (await latest(desk, 2)).matches[0].fixed
    assert not (await latest(desk, 1)).matches
    before = len(await desk.published())
    await clerk.take(a_step("sent", a_customer(2), event))
    assert len(await desk.published()) == before, "a further step of a fixed pair is no news"

    await clerk.take(a_step("declined", a_customer(2), event))
    assert (await latest(desk, 2)).refusals[0].reasons == ("declined",)
    assert (await latest(desk, 1)).matches


async def test_drafts_are_no_news(desk: Desk) -> None:
    clerk = await desk.hire()
    await clerk.take(told(an_event(1)), told(a_customer(1)))
    before = len(await desk.published())

    for step in ("drafted", "withdrawn", "drafted", "cancelled"):
        await clerk.take(a_step(step, a_customer(1), an_event(1)))

    assert len(await desk.published()) == before


async def test_a_removed_customer_leaves_nothing(desk: Desk) -> None:
    clerk = await desk.hire()
    await clerk.take(told(an_event(1)), told(a_customer(1)))
    await clerk.take(a_step("approved", a_customer(1), an_event(1)))

    await clerk.take(CustomerRemoved(customer_id(1)), CustomerRemoved(customer_id(9)))

    key, body, _ = (await desk.published())[-1]
    assert (key, body) == (str(customer_id(1)), None)
    assert str(customer_id(9)) not in {key for key, _, _ in await desk.published()}
    assert [await desk.count(t) for t in ("customer", "customer_matches", "match")] == [0, 0, 0]


async def test_everybody_whom_a_batch_touches_is_told_once(desk: Desk) -> None:
    clerk, many = await desk.hire(), 2 * TOLD_AT_ONCE + 1
    await clerk.take(*(told(a_customer(number)) for number in range(many)))
    published = await desk.published()
    assert sorted(key for key, _, _ in published) == sorted(
        str(customer_id(number)) for number in range(many)
    )

    listing = Cause("chain", "event 1")
    await clerk.take(told(an_event(1, seats=many)), causes=[listing])

    news = (await desk.published())[many:]
    assert len({key for key, _, _ in news}) == len(news) == many
    assert all(body and body.matches and cause == listing for _, body, cause in news)


async def test_memory_that_ran_ahead_of_the_database_is_void(desk: Desk) -> None:
    clerk = await desk.hire()
    await clerk.take(told(an_event(1, seats=1)), told(a_customer(1)))
    position, before = await clerk.bits()

    with pytest.raises(RuntimeError):
        await fail_before_commit(clerk, told(a_customer(2)))
    assert clerk.matchmaker._position == position + 1, "memory did run ahead"

    assert await clerk.bits() == (position, before)
    await clerk.take(told(a_customer(3)))
    assert {key for key, _, _ in await desk.published()} == {
        str(customer_id(1)),
        str(customer_id(3)),
    }


async def fail_before_commit(clerk: Clerk, *happenings: Input) -> None:
    async with clerk.desk.transactions.begin() as transaction:
        batch = [Caused(happening, Cause("lost")) for happening in happenings]
        await clerk.matchmaker.take(clerk.stores(transaction), batch)
        raise RuntimeError("the database went away")


async def test_a_writer_that_was_overtaken_writes_nothing(desk: Desk) -> None:
    first = await desk.hire()
    await first.take(told(an_event(1)), told(a_customer(1)))
    second = await desk.hire()
    await second.take(told(a_customer(2)))
    before = len(await desk.published()), await desk.count("journal")

    with pytest.raises(Overtaken):
        await first.take(told(a_customer(3)))
    with pytest.raises(Overtaken):
        await first.snapshot()

    assert (len(await desk.published()), await desk.count("journal")) == before
    assert second.epoch == first.epoch + 1


async def test_other_rules_are_applied_to_everybody_at_the_next_start(desk: Desk) -> None:
    clerk = await desk.hire()
    await clerk.take(told(an_event(1)), told(an_event(2)), told(a_customer(1)))
    assert len((await latest(desk, 1)).matches) == 2

    await desk.hire(Rules(cap=1))

    assert len((await latest(desk, 1)).matches) == 1
    again = len(await desk.published())
    await desk.hire(Rules(cap=1))
    assert len(await desk.published()) == again


async def test_another_release_tells_anew_what_the_one_before_told_otherwise(desk: Desk) -> None:
    clerk = await desk.hire()
    await clerk.take(told(an_event(1)), told(a_customer(1)), told(a_customer(2)))
    async with desk.engine.begin() as connection:
        otherwise = "UPDATE customer_matches SET digest = 'x' WHERE customer_id = :id"
        await connection.execute(text(otherwise), {"id": a_customer(1).id})
    before = len(await desk.published())

    await desk.hire()
    assert len(await desk.published()) == before
    await desk.hire(Rules(release=1))

    assert len(await desk.published()) == before + 1


async def test_much_work_asks_for_a_snapshot_but_not_for_more_than_it_is_worth(desk: Desk) -> None:
    desk.timer = count(0.0, 3.0).__next__  # everything takes three seconds
    clerk = await desk.hire()
    due = [clerk.matchmaker.snapshot_due]

    await clerk.snapshot()
    for number in range(10):
        due.append(clerk.matchmaker.snapshot_due)
        await clerk.take(told(a_customer(number)))
    due.append(clerk.matchmaker.snapshot_due)

    assert due == [True, *([False] * 10), True]


async def test_the_certified_gap_is_a_metric(desk: Desk) -> None:
    clerk = await desk.hire()
    customers, events = some_world(80, 6, seed=4)
    await clerk.take(*map(told, events), *map(told, customers))
    (measured,) = clerk.metrics.matching_gap_ratio.collect()
    gap = (await clerk.engine()).allocation.certificate.gap
    assert [sample.value for sample in measured.samples] == [gap]
    assert gap > 0.0


@pytest.mark.parametrize("seed", range(6))
async def test_crashes_and_snapshots_leave_the_same_bits(desk: Desk, seed: int) -> None:
    """Processes die, commits fail, snapshots are taken at random; the end is that of a run without any of it."""
    random = Random(seed)  # noqa: S311 - a test world, not a secret
    history = a_history(60, seed)
    straight = Engine(Rules())
    straight.apply(RulesReplaced(LIMITED))
    straight.apply(ClockTicked(NOW))
    straight.settle()
    clerk = await desk.hire(LIMITED)
    while history:
        batch, history = history[: (size := random.randint(1, 5))], history[size:]
        clerk = await disturb(desk, clerk, random, straight)
        await clerk.take(*batch)
        for happening in batch:
            straight.apply(happening)
        straight.settle()
    assert (await clerk.bits())[1] == bits(straight)
    # A new writer begins with a look at the clock.
    straight.apply(ClockTicked(NOW))
    straight.settle()
    assert (await (await desk.hire(LIMITED)).bits())[1] == bits(straight)
    await check_projections(desk, straight)


async def disturb(desk: Desk, clerk: Clerk, random: Random, straight: Engine) -> Clerk:
    match random.randrange(6):
        case 0:
            straight.apply(ClockTicked(NOW))  # a new writer begins with a look at the clock
            straight.settle()
            return await desk.hire(LIMITED)
        case 1:
            with pytest.raises(RuntimeError):
                await fail_before_commit(clerk, told(a_customer(99)))
        case 2:
            await clerk.snapshot()
    return clerk


async def check_projections(desk: Desk, engine: Engine) -> None:
    """The tables tell of the same matches as the engine."""
    async with desk.engine.begin() as connection:
        rows = (await connection.execute(text("SELECT * FROM match"))).all()
        events = (await connection.execute(text("SELECT event_id FROM event"))).scalars()
    found: dict[UUID, set[UUID]] = {customer: set() for customer in engine.customers}
    for row in rows:
        found[row.customer_id].add(row.event_id)
    expected = {
        proposal.customer_id: {match.event_id for match in proposal.chosen}
        for proposal in engine.describe(engine.customers)
    }
    assert found == expected
    assert set(events) >= engine.events.keys()


async def test_the_journal_is_trimmed_behind_the_older_snapshot(desk: Desk) -> None:
    clerk = await desk.hire()
    for number in range(3):
        await clerk.take(told(a_customer(number)))
        await clerk.snapshot()
    await clerk.take(told(a_customer(8)), told(a_customer(9)))

    assert await desk.count("snapshot") == 2
    position, (state, _) = await clerk.bits()
    assert await desk.count("journal") == 3, "one behind the older snapshot, two behind the newer"
    await desk.hire()
    _, (rebuilt, _) = await (await desk.hire()).bits()
    assert rebuilt == state
    assert position == 7
