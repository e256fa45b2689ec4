"""`kindred follow`: what is on a topic, as it comes."""

import asyncio
from contextlib import suppress
from typing import Annotated

import typer
from aiokafka import ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from kindred_cli.commands.arguments import TopicArgument
from kindred_cli.commands.topics import kafka_settings
from kindred_cli.errors import CommandError, one_clear_line
from kindred_common.contracts.heartbeat import HEARTBEAT_TYPE
from kindred_common.contracts.topics import Topic
from kindred_common.messaging.kafka import create_reader
from kindred_common.messaging.settings import KafkaSettings


def follow(
    topic: TopicArgument,
    stay: Annotated[
        bool, typer.Option(help="Wait for more; --no-stay ends after what is there now.")
    ] = True,
) -> None:
    """Print the records of a topic from its beginning: key, type, body. Ctrl-C ends it."""
    with one_clear_line(), suppress(KeyboardInterrupt):
        asyncio.run(_follow(kafka_settings(), topic, stay=stay))


async def _follow(settings: KafkaSettings, topic: Topic, *, stay: bool) -> None:
    reader = create_reader(settings, client_id="kindred-follow")
    name = settings.name(topic)
    try:
        await reader.start()
        partitions = [TopicPartition(name, number) for number in range(topic.partitions)]
        reader.assign(partitions)
        await reader.seek_to_beginning(*partitions)
        ends = await reader.end_offsets(partitions)
        while stay or any([await reader.position(one) < ends[one] for one in partitions]):
            for batch in (await reader.getmany(timeout_ms=500)).values():
                for record in batch:
                    _show(record)
    except KafkaError as error:
        raise CommandError(f"Kafka at {settings.bootstrap}: {error}") from error
    finally:
        await reader.stop()


def _show(record: ConsumerRecord) -> None:
    headers = dict(record.headers)
    kind = headers.get("ce_type", b"").decode(errors="replace")
    if kind == HEARTBEAT_TYPE:
        return
    key, body = (
        "null" if part is None else part.decode(errors="replace")
        for part in (record.key, record.value)
    )
    typer.echo(f"{key}\t{kind}\t{body}")
