"""All commands in one place."""

import typer

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
    cli.command()(up)
    return cli
