"""The agents: loops that hand bytes to our own functions and never raise, because Faust acknowledges what raised."""

from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import cast

import faust

from kindred_common.clock import Clock
from kindred_common.contracts.codec import RawRecord
from kindred_common.contracts.topics import (
    EXPERIENCE_FEEDBACK,
    INVITATION_RECORDS,
    LIVE_SIGNALS,
    SIGNAL_INPUTS,
    SURVEY_ANSWERS,
    Topic,
)
from kindred_common.messaging.settings import KafkaSettings
from kindred_common.observability.logging import get_logger
from kindred_profile.entrypoints.stream.app import SIGNALS, raw_topic
from kindred_profile.entrypoints.stream.live_signals import observe, publishable
from kindred_profile.entrypoints.stream.watching import Watcher

FACTS = (SURVEY_ANSWERS, INVITATION_RECORDS, EXPERIENCE_FEEDBACK)
LOOK_EVERY_SECONDS = 5.0
PUBLISH_EVERY_SECONDS = 2.0

_log = get_logger(__name__)


def add_watching(app: faust.App, settings: KafkaSettings, watcher: Watcher) -> None:
    """Agents on the facts of customers, and a timer for what only time shows."""
    for topic in FACTS:
        _add_agent(app, settings, topic, partial(watcher.see, topic))

    async def look_again() -> None:
        await _unharmed("look", watcher.look_again())

    app.timer(interval=LOOK_EVERY_SECONDS)(look_again)


def add_live_signals(app: faust.App, settings: KafkaSettings, clock: Clock) -> None:
    """The agent that counts observations, and a timer that publishes what changed."""
    table = app.Table(SIGNALS, default=dict, partitions=SIGNAL_INPUTS.partitions, key_type=str)
    target = raw_topic(app, settings, LIVE_SIGNALS)
    changed: set[str] = set()

    async def count(raw: RawRecord) -> None:
        signal = observe(table, raw, clock.now())
        if signal is not None:
            changed.add(signal)

    _add_agent(app, settings, SIGNAL_INPUTS, count)

    async def publish() -> None:
        for signal in sorted(changed):
            changed.discard(signal)
            body, headers = publishable(signal, table.get(signal, {}), clock.now())
            sent = target.send(key=signal.encode(), value=body, headers=list(headers))
            await _unharmed("publish", sent)

    app.timer(interval=PUBLISH_EVERY_SECONDS)(publish)


def _add_agent(
    app: faust.App,
    settings: KafkaSettings,
    topic: Topic,
    take: Callable[[RawRecord], Awaitable[None]],
) -> None:
    async def _take(event: faust.EventT[bytes]) -> None:
        await take(_raw(topic, event))

    async def run(stream: faust.StreamT[bytes]) -> None:
        async for event in stream.events():
            await _unharmed(topic.name, _take(event))

    app.agent(raw_topic(app, settings, topic), concurrency=1, name=f"watch-{topic.name}")(run)


async def _unharmed(work: str, done: Awaitable[object]) -> None:
    try:
        await done
    except Exception as error:  # noqa: BLE001 - what is lost here, the sweep finds; a raise would lose it silently
        _log.warning("stream work failed", loop=work, error=type(error).__name__)


def _raw(topic: Topic, event: faust.EventT[bytes]) -> RawRecord:
    message = event.message
    # Faust hands on what aiokafka gave: pairs, against its own annotation.
    headers = cast("Iterable[tuple[str, bytes]]", message.headers or ())
    return RawRecord(
        topic=topic.name,
        partition=message.partition,
        offset=message.offset,
        key=message.key,
        value=message.value,
        headers=tuple((name, content or b"") for name, content in headers),
        timestamp_ms=int((message.timestamp or 0) * 1000),
    )
