from collections.abc import Sequence
from datetime import timedelta
from typing import cast
from uuid import UUID

import pytest
from libs.common.tests.messaging.conftest import Bench
from libs.common.tests.messaging.records import raw
from libs.common.tests.messaging.shown import shown
from sqlalchemy import text

from kindred_common.clock import new_id
from kindred_common.contracts.codec import RawRecord, Received
from kindred_common.contracts.record import Record
from kindred_common.contracts.survey import AnswersRecorded
from kindred_common.contracts.topics import SURVEY_ANSWERS
from kindred_common.db.transactions import Transaction
from kindred_common.messaging.held import Held, arrived, list_held, request_replay
from kindred_common.messaging.intake import Intake, Positions
from kindred_common.messaging.positions import Overtaken
from kindred_common.messaging.subscription import Subscription, one_by_one
from kindred_common.messaging.verdicts import Early, Rejected

TOPIC = SURVEY_ANSWERS.name
HERE = [(TOPIC, 0)]


class Effects:
    """A handler that writes each answer down; what it knows and what it trips over is set by the test."""

    def __init__(self) -> None:
        self.unknown: set[str] = set()
        self.refused: set[int] = set()
        self.broken: set[int] = set()

    async def handle(self, transaction: Transaction, record: Received[AnswersRecorded]) -> None:
        assert record.data is not None
        value = int(record.data.answers[0].number or 0)
        statement = text("INSERT INTO effect (customer, value) VALUES (:customer, :value)")
        await transaction.connection.execute(statement, {"customer": record.key, "value": value})
        if record.key in self.unknown:
            raise Early(f"customer:{record.key}")
        if value in self.refused:
            raise Rejected("answers.0.number", "is out of scale")
        if value in self.broken:
            raise ZeroDivisionError


@pytest.fixture
def effects() -> Effects:
    return Effects()


@pytest.fixture
def intake(bench: Bench, effects: Effects) -> Intake:
    return bench.intake(Subscription(SURVEY_ANSWERS, one_by_one(effects.handle)))


async def values(bench: Bench) -> list[int]:
    async with bench.engine.connect() as connection:
        rows = await connection.execute(text("SELECT value FROM effect ORDER BY id"))
        return [row.value for row in rows]


async def held(bench: Bench, state: Held) -> list[str]:
    async with bench.engine.connect() as connection:
        return [record.why.reason for record in await list_held(connection, state)]


async def take(
    intake: Intake, records: Sequence[RawRecord], positions: Positions | None = None
) -> Positions:
    return await intake.take(records, positions or await intake.stand(HERE))


async def test_a_fact_delivered_again_counts_once(bench: Bench, intake: Intake) -> None:
    customer = new_id()
    first = raw(customer, 1, 0, record_id="a")
    positions = await take(intake, [first, raw(customer, 1, 1, record_id="a"), raw(customer, 2, 2)])
    await take(intake, [raw(customer, 1, 3, record_id="a")], positions)
    assert await values(bench) == [1, 2]
    assert (await intake.stand(HERE))[HERE[0]] == 4
    outcomes = shown(bench.metrics, "consumer_records_total")
    assert outcomes == {(TOPIC, "applied"): 2, (TOPIC, "duplicate"): 2}


async def test_a_member_that_was_overtaken_changes_nothing(bench: Bench, intake: Intake) -> None:
    stale = await intake.stand(HERE)
    await take(intake, [raw(new_id(), 1, 0)])
    with pytest.raises(Overtaken):
        await intake.take([raw(new_id(), 2, 0)], stale)
    assert await values(bench) == [1]
    assert shown(bench.metrics, "consumer_records_total")[TOPIC, "applied"] == 1


async def test_bad_records_are_held_with_field_and_reason_and_the_good_go_on(
    bench: Bench, intake: Intake, effects: Effects
) -> None:
    customer = new_id()
    effects.refused = {3}
    good = raw(customer, 1, 0)
    bad = [
        RawRecord(good.topic, 0, 1, good.key, b"{", good.headers, 0),
        RawRecord(good.topic, 0, 2, good.key, None, good.headers, 0),
        RawRecord(good.topic, 0, 3, good.key, b"x" * (1024 * 1024 + 1), good.headers, 0),
        RawRecord(good.topic, 0, 4, good.key, good.value, (), 0),
        raw(customer, 3, 5),
    ]
    await take(intake, [good, *bad, raw(customer, 2, 6)])
    assert await values(bench) == [1, 2]
    async with bench.engine.connect() as connection:
        why = [
            (record.why.field, record.raw.offset)
            for record in await list_held(connection, Held.DEAD)
        ]
    assert sorted(why, key=lambda pair: pair[1]) == [
        ("data", 1),
        ("value", 2),
        ("value", 3),
        ("specversion", 4),
        ("answers.0.number", 5),
    ]
    await intake.keep_house()
    assert shown(bench.metrics, "dead_letters") == {(TOPIC,): 5}


async def test_a_dead_letter_is_applied_when_replayed_after_the_fix(
    bench: Bench, intake: Intake, effects: Effects
) -> None:
    effects.refused = {7}
    await take(intake, [raw(new_id(), 7, 0)])
    async with bench.transactions.begin() as transaction:
        [letter] = await list_held(transaction.connection, Held.DEAD)
        assert await request_replay(transaction.connection, letter.id)
    await intake.retry_held(HERE)
    assert await values(bench) == []
    effects.refused = set()
    async with bench.transactions.begin() as transaction:
        await request_replay(transaction.connection, letter.id)
    await intake.retry_held(HERE)
    assert await values(bench) == [7]
    assert await held(bench, Held.DEAD) == []


async def test_a_dead_letter_is_kept_for_thirty_days(
    bench: Bench, intake: Intake, effects: Effects
) -> None:
    customer = new_id()
    effects.refused, effects.unknown = {7}, {str(customer)}
    positions = await take(intake, [raw(new_id(), 7, 0)])
    bench.clock.leap(timedelta(days=20))
    await take(intake, [raw(customer, 1, 1)], positions)
    bench.clock.leap(timedelta(days=9, hours=23))
    await intake.keep_house()
    waited = f"waited a day for customer:{customer}"
    assert await held(bench, Held.DEAD) == ["is out of scale", waited]
    bench.clock.leap(timedelta(hours=2))
    await intake.keep_house()
    assert await held(bench, Held.DEAD) == [waited]
    bench.clock.leap(timedelta(days=29))
    await intake.keep_house()
    assert await held(bench, Held.DEAD) == [waited]
    bench.clock.leap(timedelta(days=1))
    await intake.keep_house()
    assert await held(bench, Held.DEAD) == []
    assert shown(bench.metrics, "dead_letters") == {(TOPIC,): 0}


async def test_early_records_wait_in_order_until_their_customer_arrives(
    bench: Bench, intake: Intake, effects: Effects
) -> None:
    customer, other = new_id(), new_id()
    effects.unknown = {str(customer)}
    positions = await take(intake, [raw(customer, 1, 0), raw(other, 9, 1), raw(customer, 2, 2)])
    await intake.retry_held(HERE)
    positions = await take(intake, [raw(customer, 3, 3)], positions)
    assert await values(bench) == [9]
    effects.unknown = set()
    await _announce(bench, customer)
    while await intake.retry_held(HERE):
        pass
    await take(intake, [raw(customer, 4, 4)], positions)
    assert await values(bench) == [9, 1, 2, 3, 4]


async def test_a_customer_that_arrives_while_his_record_is_judged_is_not_missed(
    bench: Bench, intake: Intake, effects: Effects
) -> None:
    customer = new_id()
    effects.unknown = {str(customer)}
    await take(intake, [raw(customer, 1, 0)])
    effects.unknown = set()
    assert await intake.retry_held(HERE) == 1
    assert await values(bench) == [1]


async def test_a_record_tried_just_before_his_arrival_was_committed_is_tried_again_unasked(
    bench: Bench, intake: Intake, effects: Effects
) -> None:
    customer = new_id()
    effects.unknown = {str(customer)}
    await take(intake, [raw(customer, 1, 0)])
    await intake.retry_held(HERE)
    effects.unknown = set()
    assert await intake.retry_held(HERE) == 0
    bench.clock.leap(timedelta(seconds=5))
    assert await intake.retry_held(HERE) == 1
    assert await values(bench) == [1]


async def test_an_early_record_is_tried_unasked_ever_more_rarely(
    bench: Bench, intake: Intake, effects: Effects
) -> None:
    customer = new_id()
    effects.unknown = {str(customer)}
    await take(intake, [raw(customer, 1, 0)])
    tries = 0
    for _ in range(24 * 60):
        bench.clock.leap(timedelta(minutes=1))
        tries += await intake.retry_held(HERE)
    assert 10 <= tries <= 16
    assert len(await held(bench, Held.EARLY)) == 1


async def test_an_early_record_becomes_a_dead_letter_after_a_day(
    bench: Bench, intake: Intake, effects: Effects
) -> None:
    customer = new_id()
    effects.unknown = {str(customer)}
    await take(intake, [raw(customer, 1, 0)])
    bench.clock.leap(timedelta(hours=23))
    await intake.keep_house()
    assert await held(bench, Held.DEAD) == []
    assert shown(bench.metrics, "early_records") == {(): 1}
    bench.clock.leap(timedelta(hours=2))
    await intake.keep_house()
    assert await held(bench, Held.DEAD) == [f"waited a day for customer:{customer}"]
    assert await held(bench, Held.EARLY) == []
    await intake.keep_house()
    assert shown(bench.metrics, "early_records") == {(): 0}


async def test_a_bug_parks_the_key_and_its_followers_until_a_replay(
    bench: Bench, intake: Intake, effects: Effects
) -> None:
    customer, other = new_id(), new_id()
    effects.broken = {2}
    records = [raw(customer, 1, 0), raw(customer, 2, 1), raw(other, 8, 2), raw(customer, 3, 3)]
    await take(intake, records)
    assert sorted(await values(bench)) == [1, 8]
    assert len(await held(bench, Held.PARKED)) == 2
    await intake.keep_house()
    assert shown(bench.metrics, "parked_keys") == {(): 1}
    effects.broken = set()
    async with bench.transactions.begin() as transaction:
        [head, _] = await list_held(transaction.connection, Held.PARKED)
        await request_replay(transaction.connection, head.id)
    while await intake.retry_held(HERE):
        pass
    assert [v for v in await values(bench) if v != 8] == [1, 2, 3]
    await intake.keep_house()
    assert shown(bench.metrics, "parked_keys") == {(): 0}


async def test_a_batch_handler_refuses_single_records_without_undoing_the_rest(
    bench: Bench,
) -> None:
    async def handle(
        transaction: Transaction, records: Sequence[Received[Record]]
    ) -> list[tuple[Received[Record], Rejected]]:
        numbers = [int(cast("AnswersRecorded", r.data).answers[0].number or 0) for r in records]
        for value in numbers:
            if value != 5:
                statement = text("INSERT INTO effect (value) VALUES (:value)")
                await transaction.connection.execute(statement, {"value": value})
        return [
            (r, Rejected("x", "no fives")) for r, n in zip(records, numbers, strict=True) if n == 5
        ]

    intake = bench.intake(Subscription(SURVEY_ANSWERS, handle))
    await take(intake, [raw(new_id(), n, n) for n in (4, 5, 6)])
    assert await values(bench) == [4, 6]
    assert await held(bench, Held.DEAD) == ["no fives"]


async def _announce(bench: Bench, customer: UUID) -> None:
    async with bench.transactions.begin() as transaction:
        await arrived(transaction, [f"customer:{customer}"])
