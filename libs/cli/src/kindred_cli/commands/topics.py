"""`kindred topics`: the topics of the registry and who may use them."""

import asyncio
import json
from typing import Annotated

import typer
from aiokafka.errors import KafkaError

from kindred_cli.commands.topics_script import administrators_script
from kindred_cli.errors import CommandError, one_clear_line
from kindred_cli.kafka_access import access_rules
from kindred_cli.kafka_acls import apply_access
from kindred_cli.launcher.home import Home
from kindred_cli.launcher.settings import LaunchSettings
from kindred_cli.servers.machine import HOST
from kindred_common.messaging.settings import KafkaSettings
from kindred_common.messaging.topic_admin import ALL, apply_topics

group = typer.Typer(no_args_is_help=True, help="Topics and who may use them.")


@group.command()
def plan(
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Print topics, their settings and access rules as commands for an administrator; changes nothing."""
    settings = kafka_settings()
    if not as_json:
        typer.echo(administrators_script(settings))
        return
    topics = [
        {
            "name": settings.name(topic),
            "partitions": topic.partitions,
            "replication_factor": settings.replication_factor,
            "configuration": topic.configuration(),
        }
        for topic in ALL
    ]
    rules = [
        {
            "principal": rule.principal,
            "resource": rule.resource,
            "name": rule.name,
            "pattern": "prefixed" if rule.prefixed else "literal",
            "operations": rule.operations,
        }
        for rule in access_rules(settings)
    ]
    typer.echo(json.dumps({"topics": topics, "access": rules}, indent=2))


@group.command()
def apply(
    access: Annotated[
        bool, typer.Option("--access", help="Also add the access rules of the services.")
    ] = False,
) -> None:
    """Make the topics that are missing; a second time changes nothing. KINDRED_KAFKA__BOOTSTRAP names the cluster."""
    settings = kafka_settings()
    with one_clear_line():
        asyncio.run(_apply(settings, access=access))


async def _apply(settings: KafkaSettings, *, access: bool) -> None:
    try:
        for change in await apply_topics(settings):
            typer.echo(f"{change.name:<24} {'made' if change.action == 'create' else 'is there'}")
        if access:
            rules = access_rules(settings)
            await apply_access(settings, rules)
            typer.echo(f"{len(rules)} access rules are in place")
    except (KafkaError, ValueError, TimeoutError) as error:
        raise CommandError(f"Kafka at {settings.bootstrap}: {error}") from error


def kafka_settings() -> KafkaSettings:
    """The cluster the settings name, else the one that runs from this folder."""
    settings = LaunchSettings()
    if not settings.has_own_kafka:
        return settings.kafka
    addresses = Home(settings.home.absolute()).addresses()
    return settings.kafka.model_copy(update={"bootstrap": f"{HOST}:{addresses.kafka}"})
