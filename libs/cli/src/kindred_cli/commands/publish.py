"""`kindred publish`: records from standard input to a topic, as another system would write them."""

import asyncio
import sys
from collections.abc import Iterable, Sequence

import typer
from aiokafka.errors import KafkaError

from kindred_cli.commands.arguments import TopicArgument
from kindred_cli.commands.topics import kafka_settings
from kindred_cli.errors import CommandError, one_clear_line
from kindred_common.contracts.envelope import STRUCTURED
from kindred_common.contracts.topics import Topic
from kindred_common.messaging.kafka import create_producer
from kindred_common.messaging.settings import KafkaSettings

HEADERS = [("content-type", STRUCTURED.encode())]

Row = tuple[bytes, bytes]


def publish(topic: TopicArgument) -> None:
    """Publish CloudEvents from standard input, one a line: the key, a tab, the record as JSON."""
    with one_clear_line():
        if not topic.external:
            raise CommandError(f"{topic.name} is written by our services only")
        rows = list(_rows(sys.stdin))
        asyncio.run(_send(kafka_settings(), topic, rows))
    typer.echo(f"{len(rows)} published to {topic.name}; what became of them is on ingest-receipts")


def _rows(lines: Iterable[str]) -> Iterable[Row]:
    for number, line in enumerate(lines, start=1):
        key, tab, record = line.strip().partition("\t")
        if not key:
            continue
        if not tab:
            raise CommandError(f"line {number} has no tab between key and record")
        yield key.encode(), record.encode()


async def _send(settings: KafkaSettings, topic: Topic, rows: Sequence[Row]) -> None:
    producer = create_producer(settings, client_id="kindred-publish")
    try:
        await producer.start()
        sent = [
            await producer.send(settings.name(topic), key=key, value=record, headers=HEADERS)
            for key, record in rows
        ]
        await asyncio.gather(*sent)
    except KafkaError as error:
        raise CommandError(f"Kafka at {settings.bootstrap}: {error}") from error
    finally:
        await producer.stop()
