"""All commands in one place. Only the one that is asked for is imported: some need much."""

from importlib import import_module

import typer

COMMANDS = {
    "up": "kindred_cli.commands.up",
    "status": "kindred_cli.commands.status",
    "token": "kindred_cli.commands.token",
    "republish": "kindred_cli.commands.republish",
    "publish": "kindred_cli.commands.publish",
    "follow": "kindred_cli.commands.follow",
    "import": "kindred_cli.commands.import_surveys:import_surveys",
    "demo": "kindred_cli.commands.demo",
}
"""Modules with a function of the command's name, or of the name after the colon."""

GROUPS = {
    "topics": "kindred_cli.commands.topics",
    "db": "kindred_cli.commands.db",
    "dead-letters": "kindred_cli.commands.dead_letters",
    "contracts": "kindred_cli.commands.contracts",
}
"""Modules with a `group` of commands."""


def create_cli(wanted: str | None = None) -> typer.Typer:
    """The command line: with every command, or with the `wanted` one if there is such a command."""
    known = wanted in (COMMANDS | GROUPS)
    cli = typer.Typer(
        name="kindred",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        callback=_kindred,
    )
    for name, place in COMMANDS.items():
        if not known or name == wanted:
            module, _, function = place.partition(":")
            cli.command(name)(getattr(import_module(module), function or name))
    for name, place in GROUPS.items():
        if not known or name == wanted:
            cli.add_typer(import_module(place).group, name=name)
    return cli


def _kindred() -> None:
    """Start, show and administer a Kindred system."""
