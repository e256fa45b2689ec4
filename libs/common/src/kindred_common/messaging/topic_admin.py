"""Creates the topics of the registry on a cluster: a step of its own, before anything starts."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiokafka.admin import NewTopic
from aiokafka.errors import for_code

from kindred_common.contracts.topics import CHANGELOGS, TOPICS, Changelog, Topic
from kindred_common.messaging.kafka import create_admin
from kindred_common.messaging.settings import KafkaSettings

ALL: tuple[Topic | Changelog, ...] = (*TOPICS, *CHANGELOGS)


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
    settings: KafkaSettings, topics: Sequence[Topic | Changelog] = ALL
) -> list[TopicChange]:
    """Creates what is missing and returns the plan that was carried out; a second call changes nothing.

    Raises:
        ValueError: a topic exists with another number of partitions: keys would move, so nothing is done.
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
        await _create(settings, missing)
    return plan


async def _create(settings: KafkaSettings, topics: Sequence[NewTopic]) -> None:
    admin = create_admin(settings)
    await admin.start()
    try:
        response = await admin.create_topics(list(topics))
    finally:
        await admin.close()
    for name, code, *_ in response.topic_errors:
        if code not in (0, 36):  # 36: created by someone else in the meantime
            raise for_code(code)(name)
