"""Who may do what on the cluster: one principal per service, no more rights than the registry gives it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from kindred_cli.servers.databases import SERVICES
from kindred_common.contracts.topics import CHANGELOGS, TOPICS, Topic
from kindred_common.contracts.vocabulary import Service
from kindred_common.messaging.settings import KafkaSettings


class Operation(StrEnum):
    """What a rule allows."""

    READ = "Read"
    WRITE = "Write"
    DESCRIBE = "Describe"


@dataclass(frozen=True, slots=True)
class Access:
    """Allows `principal` the operations on one topic or group, or on all whose names begin with `name`."""

    principal: str
    resource: str
    name: str
    operations: tuple[Operation, ...]
    prefixed: bool = False


def principal_of(service: Service) -> str:
    """The name under which a service signs in to Kafka."""
    return f"kindred-{service}"


def access_rules(settings: KafkaSettings, topics: Sequence[Topic] = TOPICS) -> list[Access]:
    """All rules, service by service."""
    return [rule for service in SERVICES for rule in _rules(service, settings, topics)]


def _rules(service: Service, settings: KafkaSettings, topics: Sequence[Topic]) -> Iterable[Access]:
    principal = principal_of(service)
    for topic in topics:
        operations = _operations(service, topic)
        if operations:
            yield Access(principal, "topic", settings.name(topic), operations)
    groups = f"{settings.prefix}kindred-{service}"
    yield Access(principal, "group", groups, (Operation.READ, Operation.DESCRIBE), prefixed=True)
    for changelog in CHANGELOGS:
        if changelog.owner is service:
            both = (Operation.READ, Operation.WRITE, Operation.DESCRIBE)
            yield Access(principal, "topic", settings.name(changelog), both)


def _operations(service: Service, topic: Topic) -> tuple[Operation, ...]:
    reads = [Operation.READ] if service in topic.consumers else []
    writes = [Operation.WRITE] if service in topic.producers else []
    both = [*reads, *writes]
    return (*both, Operation.DESCRIBE) if both else ()
