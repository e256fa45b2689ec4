from collections import defaultdict
from datetime import datetime

from libs.common.tests.messaging.conftest import Bench
from libs.common.tests.messaging.test_outbox_and_relay import relaying

from kindred_common.clock import new_id
from kindred_common.contracts.codec import Outgoing, RawRecord
from kindred_common.contracts.heartbeat import HEARTBEAT_TYPE
from kindred_common.contracts.profile import CustomerDetails
from kindred_common.contracts.record import Cause
from kindred_common.contracts.topics import CONSENT_RECORDS, CUSTOMER_DETAILS
from kindred_common.contracts.vocabulary import Service
from kindred_common.messaging.relay import BATCH
from kindred_common.messaging.settings import KafkaSettings
from kindred_common.testing.cluster import fresh_topics, read_raw
from kindred_common.testing.waiting import eventually

CUSTOMERS = BATCH + 100


def is_heartbeat(record: RawRecord) -> bool:
    return ("ce_type", HEARTBEAT_TYPE.encode()) in record.headers


def time_of(record: RawRecord) -> datetime:
    return datetime.fromisoformat(dict(record.headers)["ce_time"].decode())


async def test_nothing_older_comes_after_a_heartbeat(bench: Bench, kafka_server: str) -> None:
    async with bench.transactions.begin() as transaction:
        customers = [new_id() for _ in range(CUSTOMERS)]
        details = [
            CustomerDetails(customer_id=c, given_name="A", family_name="B") for c in customers
        ]
        await bench.outbox.publish(
            transaction,
            [Outgoing(CUSTOMER_DETAILS, str(d.customer_id), d, Cause("c")) for d in details],
        )

    async with (
        fresh_topics(kafka_server, (CUSTOMER_DETAILS, CONSENT_RECORDS)) as kafka,
        relaying(bench.relay(kafka, service=Service.PROFILE)),
    ):
        sent = await eventually(lambda: by_partition(kafka), told_of_everything, within=30)

    for records in sent.values():
        beat = next(place for place, record in enumerate(records) if is_heartbeat(record))
        vouched_until = time_of(records[beat])
        assert all(time_of(record) >= vouched_until for record in records[beat + 1 :])


async def by_partition(kafka: KafkaSettings) -> dict[int, list[RawRecord]]:
    found: dict[int, list[RawRecord]] = defaultdict(list)
    for record in await read_raw(kafka, CUSTOMER_DETAILS):
        found[record.partition].append(record)
    return found


def told_of_everything(sent: dict[int, list[RawRecord]]) -> bool:
    records = [record for partition in sent.values() for record in partition]
    beats = {record.partition for record in records if is_heartbeat(record)}
    return len(records) == CUSTOMERS + len(beats) and len(beats) == CUSTOMER_DETAILS.partitions
