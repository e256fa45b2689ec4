"""`kindred republish`: a service's current truth, once more."""

import typer

from kindred_cli.client import service_client
from kindred_cli.commands.arguments import ServiceArgument
from kindred_cli.errors import one_clear_line
from kindred_common.clock import new_id


def republish(service: ServiceArgument) -> None:
    """Have a service publish its current truth again, for readers that lost it or are new."""
    with one_clear_line(), service_client(service) as client:
        asked = client.post("/v1/republish", headers={"Idempotency-Key": str(new_id())})
    typer.echo(f"{service} publishes again: {', '.join(asked['topics'])}")
