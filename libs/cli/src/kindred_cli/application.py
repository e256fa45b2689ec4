"""All commands in one place."""

import typer

from kindred_cli.commands import db, dead_letters, topics
from kindred_cli.commands.republish import republish
from kindred_cli.commands.status import status
from kindred_cli.commands.token import token
from kindred_cli.commands.up import up


def create_cli() -> typer.Typer:
    """The command line with every group."""
    cli = typer.Typer(
        name="kindred",
        help="Start, show and administer a Kindred system.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    for command in (up, status, token, republish):
        cli.command()(command)
    cli.add_typer(topics.group, name="topics")
    cli.add_typer(db.group, name="db")
    cli.add_typer(dead_letters.group, name="dead-letters")
    return cli
