"""Topics and access rules as the shell commands that every Kafka administrator knows."""

import shlex
from collections.abc import Iterator

from kindred_cli.kafka_access import Access, access_rules
from kindred_common.contracts.topics import CHANGELOGS, TOPICS, Changelog, Topic
from kindred_common.contracts.vocabulary import Service
from kindred_common.messaging.settings import KafkaSettings

CONNECTION = '--bootstrap-server "$BOOTSTRAP" --command-config "$CONFIG"'


def administrators_script(settings: KafkaSettings) -> str:
    """A shell script; running it again changes nothing."""
    return "\n".join(_lines(settings))


def _lines(settings: KafkaSettings) -> Iterator[str]:
    yield "#!/bin/sh -e"
    yield "# BOOTSTRAP: address of the cluster; CONFIG: properties file with which an administrator signs in."
    for topic in TOPICS:
        yield ""
        yield f"# {topic.description}"
        yield _creation(topic, settings)
    for changelog in CHANGELOGS:
        yield ""
        yield f"# The memory of a stream of {changelog.owner}; nobody else reads it."
        yield _creation(changelog, settings)
    yield ""
    yield "# One principal per service; a service's groups begin with its name."
    for rule in access_rules(settings):
        yield _permission(rule)
    yield ""
    yield "# Other systems, each with a principal of its own, may be allowed to:"
    for topic in TOPICS:
        if Service.OUTSIDE in topic.producers:
            yield f"#   write {settings.name(topic)}"
        if Service.OUTSIDE in topic.consumers:
            yield f"#   read {settings.name(topic)}"


def _creation(topic: Topic | Changelog, settings: KafkaSettings) -> str:
    options = " ".join(
        f"--config {name}={shlex.quote(value)}" for name, value in topic.configuration().items()
    )
    size = f"--partitions {topic.partitions} --replication-factor {settings.replication_factor}"
    name = shlex.quote(settings.name(topic))
    return f"kafka-topics.sh {CONNECTION} --create --if-not-exists --topic {name} \\\n  {size} {options}"


def _permission(rule: Access) -> str:
    operations = " ".join(f"--operation {one}" for one in rule.operations)
    pattern = " --resource-pattern-type prefixed" if rule.prefixed else ""
    who = f"--allow-principal User:{rule.principal}"
    what = f"--{rule.resource} {shlex.quote(rule.name)}{pattern}"
    return f"kafka-acls.sh {CONNECTION} --add {who} {operations} {what}"
