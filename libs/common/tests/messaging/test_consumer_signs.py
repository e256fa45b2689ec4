"""What a consumer shows of itself: whether it is ready, and what waits for it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from aiokafka import TopicPartition
from aiokafka.errors import KafkaTimeoutError
from libs.common.tests.messaging.conftest import Bench
from libs.common.tests.messaging.records import answers, envelope
from libs.common.tests.messaging.shown import shown
from libs.common.tests.messaging.test_consumer import consuming, in_order, note

from kindred_common.clock import new_id
from kindred_common.contracts.codec import Received
from kindred_common.contracts.survey import AnswersRecorded
from kindred_common.contracts.topics import SURVEY_ANSWERS
from kindred_common.db.transactions import Transaction
from kindred_common.messaging.consumer import HOUSE_EVERY, STALLED_AFTER, Consumer
from kindred_common.messaging.kafka import KafkaConsumer, create_consumer
from kindred_common.messaging.settings import KafkaSettings
from kindred_common.messaging.subscription import Subscription, one_by_one
from kindred_common.testing.cluster import write
from kindred_common.testing.ports import free_port
from kindred_common.testing.waiting import eventually

ALL = {(SURVEY_ANSWERS.name, str(number)) for number in range(SURVEY_ANSWERS.partitions)}
AWAY = "broker or database is away"
UNASSIGNED = "waits for partitions"


def member(
    bench: Bench, kafka: KafkaSettings, create: Callable[[], KafkaConsumer] | None = None
) -> Consumer:
    intake = bench.intake(Subscription(SURVEY_ANSWERS, one_by_one(note)))
    return bench.consumer(kafka, intake, create=create)


async def lag(bench: Bench) -> dict[tuple[str, ...], float]:
    return shown(bench.metrics, "consumer_lag")


def why_not_ready(bench: Bench) -> str:
    """Empty when it is ready."""
    (loop,) = bench.health.ready().loops
    return loop.reason


async def lives(bench: Bench) -> bool:
    return bench.health.live().ok


async def until(bench: Bench, reason: str) -> None:
    async def why() -> str:
        return why_not_ready(bench)

    await eventually(why, lambda told: told == reason, within=30)


async def ready(bench: Bench) -> None:
    await until(bench, "")


async def next_round(bench: Bench) -> None:
    async def went_round() -> float:
        return shown(bench.metrics, "last_progress_timestamp_seconds")["consumer",]

    before = await went_round()
    await eventually(went_round, lambda at: at > before)


async def test_what_waits_is_told_by_the_member_that_has_the_partition(
    bench: Bench, kafka: KafkaSettings
) -> None:
    other = Bench(bench.engine)

    async def told() -> list[set[tuple[str, ...]]]:
        bench.clock.leap(HOUSE_EVERY)
        other.clock.leap(HOUSE_EVERY)
        return [set(await lag(bench)), set(await lag(other))]

    async with consuming(member(bench, kafka)):
        await eventually(told, lambda seen: seen == [ALL, set()])
        async with consuming(member(other, kafka)):
            await eventually(
                told, lambda seen: all(seen) and not seen[0] & seen[1] and seen[0] | seen[1] == ALL
            )
        await eventually(told, lambda seen: seen == [ALL, set()], within=30)
    for each in (bench, other):
        assert await lag(each) == {}
        assert shown(each.metrics, "consumer_oldest_record_age_seconds") == {}


async def test_the_age_of_what_is_worked_on_is_shown_until_it_is_done(
    bench: Bench, kafka: KafkaSettings
) -> None:
    seen: list[float] = []

    def age() -> float:
        told = shown(bench.metrics, "consumer_oldest_record_age_seconds")
        return told.get((SURVEY_ANSWERS.name,), -1)

    async def look(_: Transaction, __: Received[AnswersRecorded]) -> None:
        seen.append(age())
        bench.clock.leap(HOUSE_EVERY)

    async def now() -> float:
        return age() if seen else -1

    await write(kafka, SURVEY_ANSWERS, [(str(new_id()), envelope(), answers(new_id(), 1))])
    bench.clock.leap(timedelta(minutes=1))
    intake = bench.intake(Subscription(SURVEY_ANSWERS, one_by_one(look)))
    async with consuming(bench.consumer(kafka, intake)):
        await eventually(now, lambda shown_now: shown_now == 0, within=30)
    assert 60 <= seen[0] < 120


async def test_a_client_that_hands_nothing_out_is_replaced(
    bench: Bench, kafka: KafkaSettings
) -> None:
    customer = str(new_id())
    clients: list[KafkaConsumer] = []

    def create() -> KafkaConsumer:
        clients.append(create_consumer(kafka, group="test"))
        return clients[-1]

    async def waiting() -> float:
        return sum((await lag(bench)).values())

    async with consuming(member(bench, kafka, create)):
        await ready(bench)
        (deaf,) = clients
        deaf.pause(*deaf.assignment())
        await write(kafka, SURVEY_ANSWERS, [(customer, envelope(), answers(new_id(), 7))])
        bench.clock.leap(HOUSE_EVERY)
        await eventually(waiting, lambda records: records == 1)
        bench.clock.leap(STALLED_AFTER)
        await until(bench, AWAY)
        await eventually(lambda: in_order(bench), lambda seen: seen == {customer: [7]})
        await ready(bench)
        assert len(clients) == 2


async def test_a_member_without_partitions_is_not_ready(bench: Bench, kafka: KafkaSettings) -> None:
    consumer = member(bench, kafka)
    async with consuming(consumer):
        await ready(bench)
        await consumer.on_partitions_revoked([])
        assert why_not_ready(bench) == UNASSIGNED
        await next_round(bench)
        assert why_not_ready(bench) == UNASSIGNED
        await consumer.on_partitions_assigned([])
        await ready(bench)


@dataclass
class Network:
    """A cluster that may be away, with clients of it."""

    kafka: KafkaSettings
    away: bool = True

    def create(self) -> KafkaConsumer:
        nowhere = {"bootstrap": f"127.0.0.1:{free_port()}"} if self.away else {}
        client = create_consumer(self.kafka.model_copy(update=nowhere), group="test")
        ask = client.end_offsets

        async def end_offsets(partitions: list[TopicPartition]) -> dict[TopicPartition, int]:
            if self.away:
                raise KafkaTimeoutError
            ends: dict[TopicPartition, int] = await ask(partitions)
            return ends

        client.end_offsets = end_offsets
        return client


async def test_a_member_is_not_ready_while_the_broker_is_away(
    bench: Bench, kafka: KafkaSettings
) -> None:
    network = Network(kafka)
    async with consuming(member(bench, kafka, network.create)):
        await until(bench, AWAY)
        bench.clock.leap(timedelta(minutes=5))
        await eventually(lambda: lives(bench))
        network.away = False
        await ready(bench)
        network.away = True
        bench.clock.leap(HOUSE_EVERY)
        await until(bench, AWAY)
        network.away = False
        await ready(bench)
