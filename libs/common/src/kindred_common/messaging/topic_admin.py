"""Creates the topics of the registry on a cluster: a step of its own, before anything starts."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import for_code

from kindred_common.contracts.topics import CHANGELOGS, TOPICS, Changelog, Topic
from kindred_common.messaging.kafka import create_admin
from kindred_common.messaging.settings import KafkaSettings

ALL: tuple[Topic | Changelog, ...] = (*TOPICS, *CHANGELOGS)

_LOOK_AGAIN_AFTER = 0.05
"""Seconds between two looks at whether new topics are known."""


@dataclass(frozen=True, slots=True)
class TopicChange:
    """What has to happen to one topic: ``action`` is ``create``, ``keep`` or ``partitions differ``."""

    name: str
    partitions: int
    configuration: dict[str, str]
    action: str


async def plan_topics(
    settings: KafkaSettings, topics: Sequence[Topic | Changelog] = ALL
) -> list[TopicChange]:
    """Compares the registry with the cluster."""
    admin = create_admin(settings)
    await admin.start()
    try:
        existing = set(await admin.list_topics())
        names = [settings.name(topic) for topic in topics]
        found = await admin.describe_topics([name for name in names if name in existing])
    finally:
        await admin.close()
    partitions = {entry["topic"]: len(entry["partitions"]) for entry in found}
    return [
        TopicChange(
            name,
            topic.partitions,
            topic.configuration(),
            _action(partitions.get(name), topic.partitions),
        )
        for name, topic in zip(names, topics, strict=True)
    ]


def _action(found: int | None, wanted: int) -> str:
    if found is None:
        return "create"
    return "keep" if found == wanted else "partitions differ"


async def apply_topics(
    settings: KafkaSettings, topics: Sequence[Topic | Changelog] = ALL, *, within: float = 30.0
) -> list[TopicChange]:
    """Creates what is missing and returns the plan that was carried out; a second call changes nothing.

    A cluster says that a topic is made before its brokers know it; who came then would find nothing. So
    this waits until each partition has a leader, for ``within`` seconds at most.

    Raises:
        ValueError: a topic exists with another number of partitions: keys would move, so nothing is done.
        TimeoutError: the topics are made, but not all partitions have a leader in time.
    """
    plan = await plan_topics(settings, topics)
    if different := [change.name for change in plan if change.action == "partitions differ"]:
        raise ValueError(
            f"these topics exist with another number of partitions: {', '.join(different)}"
        )
    missing = [
        NewTopic(
            name=change.name,
            num_partitions=change.partitions,
            replication_factor=settings.replication_factor,
            topic_configs=change.configuration,
        )
        for change in plan
        if change.action == "create"
    ]
    if missing:
        await _create(settings, missing, within)
    return plan


async def _create(settings: KafkaSettings, topics: Sequence[NewTopic], within: float) -> None:
    admin = create_admin(settings)
    await admin.start()
    try:
        response = await admin.create_topics(list(topics))
        for name, code, *_ in response.topic_errors:
            if code not in (0, 36):  # 36: created by someone else in the meantime
                raise for_code(code)(name)
        async with asyncio.timeout(within):
            await _until_led(admin, {topic.name: topic.num_partitions for topic in topics})
    except TimeoutError:
        raise TimeoutError(f"new topics have no leaders within {within:g} s") from None
    finally:
        await admin.close()


async def _until_led(admin: AIOKafkaAdminClient, partitions: dict[str, int]) -> None:
    while True:
        seen = await admin.describe_topics(list(partitions))
        if all(_is_led(entry, partitions[entry["topic"]]) for entry in seen):
            return
        await asyncio.sleep(_LOOK_AGAIN_AFTER)


def _is_led(entry: dict[str, Any], partitions: int) -> bool:
    """Whether a broker knows a topic and a leader of each of its partitions."""
    leaders = [partition["leader"] for partition in entry["partitions"]]
    return len(leaders) == partitions and all(leader >= 0 for leader in leaders)
