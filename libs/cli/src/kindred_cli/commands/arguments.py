"""Arguments that several commands share."""

from typing import Annotated

import typer

from kindred_cli.servers.databases import SERVICES
from kindred_common.contracts.vocabulary import Service


def parse_service(name: str) -> Service:
    """The service of that name."""
    for service in SERVICES:
        if service == name:
            return service
    raise typer.BadParameter(f"one of {', '.join(SERVICES)}")


ServiceArgument = Annotated[
    Service, typer.Argument(parser=parse_service, metavar="SERVICE", help="For example: survey.")
]
