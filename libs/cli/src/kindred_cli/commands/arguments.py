"""Arguments that several commands share."""

from typing import Annotated

import typer

from kindred_cli.servers.databases import SERVICES
from kindred_common.contracts.topics import TOPICS, Topic
from kindred_common.contracts.vocabulary import Service


def parse_service(name: str) -> Service:
    """The service of that name."""
    for service in SERVICES:
        if service == name:
            return service
    raise typer.BadParameter(f"one of {', '.join(SERVICES)}")


def parse_topic(name: str) -> Topic:
    """The topic of that name, without prefix."""
    for topic in TOPICS:
        if topic.name == name:
            return topic
    raise typer.BadParameter(f"one of {', '.join(topic.name for topic in TOPICS)}")


ServiceArgument = Annotated[
    Service, typer.Argument(parser=parse_service, metavar="SERVICE", help="For example: survey.")
]

TopicArgument = Annotated[
    Topic, typer.Argument(parser=parse_topic, metavar="TOPIC", help="For example: crm-customers.")
]
