"""Runs a relay by itself until it is killed: to be frozen by a test. Takes the database, the broker, the topics' prefix and
the lease in seconds."""

import asyncio
import sys
from datetime import timedelta
from functools import partial

from kindred_common.clock import SystemClock
from kindred_common.contracts.vocabulary import Service
from kindred_common.db.engine import create_engine
from kindred_common.db.settings import DatabaseSettings
from kindred_common.messaging.kafka import create_producer
from kindred_common.messaging.outbox import RelayWaker
from kindred_common.messaging.relay import Relay
from kindred_common.messaging.settings import KafkaSettings
from kindred_common.observability.health import Health
from kindred_common.observability.metrics import Metrics


async def main(database: str, bootstrap: str, prefix: str, lease: str) -> None:
    clock = SystemClock()
    kafka = KafkaSettings(bootstrap=bootstrap, prefix=prefix)
    relay = Relay(
        Service.SURVEY,
        create_engine(DatabaseSettings(url=database), application="frozen"),
        partial(create_producer, kafka, client_id="frozen"),
        kafka,
        RelayWaker(),
        clock,
        Metrics(),
        Health(clock).loop("relay"),
        timedelta(seconds=float(lease)),
    )
    await relay.run(asyncio.Event())


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
