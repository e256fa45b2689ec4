"""What a person at the terminal is told when a command cannot do its work: one line, exit code 1."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from kindred_cli.servers.errors import ServerError


class CommandError(Exception):
    """The message says what is wrong, in one line."""


@contextmanager
def one_clear_line() -> Iterator[None]:
    """Turns what a user can do something about into a line and an exit code."""
    try:
        yield
    except (CommandError, ServerError) as error:
        typer.echo(f"kindred: {error}", err=True)
        raise typer.Exit(1) from None
