"""`kindred dead-letters`: records that a service could not take."""

import base64
from collections.abc import Iterator
from typing import Annotated, Any
from uuid import UUID

import typer

from kindred_cli.client import ServiceClient, service_client
from kindred_cli.commands.arguments import ServiceArgument
from kindred_cli.errors import one_clear_line
from kindred_common.clock import new_id
from kindred_common.messaging.held import Held

PATH = "/v1/dead-letters"

group = typer.Typer(no_args_is_help=True, help="Records that a service could not take.")

Id = Annotated[int, typer.Argument(help="The number that `list` shows.")]


@group.command("list")
def list_(
    service: ServiceArgument,
    state: Annotated[Held, typer.Option(help="Which of the held records.")] = Held.DEAD,
) -> None:
    """List held records with their reasons, oldest first; their content may be personal and is not shown."""
    with one_clear_line(), service_client(service) as client:
        items = list(_all(client, state))
    for item in items:
        typer.echo(
            f"{item['id']:>6}  {item['held_at']}  {item['topic']}[{item['partition']}]@{item['offset']}"
            f"  {item['field'] or '-'}: {item['reason']}"
        )
    typer.echo(f"{len(items)} {state} in {service}")


@group.command()
def show(service: ServiceArgument, number: Id) -> None:
    """Show one record with its content."""
    with one_clear_line(), service_client(service) as client:
        item = client.get(f"{PATH}/{number}")
    value = item.pop("value")
    for name, content in item.items():
        typer.echo(f"{name}: {content}")
    typer.echo("" if value is None else base64.b64decode(value).decode(errors="replace"))


@group.command()
def replay(
    service: ServiceArgument,
    number: Annotated[int | None, typer.Argument(help="Leave out with --all.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All dead letters of the service.")] = False,
) -> None:
    """Have records tried again, after the cause was repaired."""
    if (number is None) != every:
        raise typer.BadParameter("give a number or --all")
    with one_clear_line(), service_client(service) as client:
        numbers = [item["id"] for item in _all(client, Held.DEAD)] if number is None else [number]
        for one in numbers:
            client.post(f"{PATH}/{one}/replay", headers=_once(new_id()))
    typer.echo(f"{len(numbers)} to be tried again by {service}")


@group.command()
def discard(service: ServiceArgument, number: Id) -> None:
    """Give a record up for good."""
    with one_clear_line(), service_client(service) as client:
        client.delete(f"{PATH}/{number}")
    typer.echo(f"{number} given up")


def _all(client: ServiceClient, state: Held) -> Iterator[dict[str, Any]]:
    place: dict[str, str] = {}
    while True:
        page = client.get(PATH, state=state.value, limit=200, **place)
        yield from page["items"]
        if page["next_cursor"] is None:
            return
        place = {"cursor": page["next_cursor"]}


def _once(key: UUID) -> dict[str, str]:
    return {"Idempotency-Key": str(key)}
