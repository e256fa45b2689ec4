"""`kindred contracts`: the record contracts as files."""

from pathlib import Path
from typing import Annotated

import typer

from kindred_cli.errors import CommandError, one_clear_line
from kindred_common.contracts.compatibility import breaks, compare
from kindred_common.contracts.export import (
    SCHEMAS,
    BreakingContracts,
    stale_contracts,
    write_contracts,
)
from kindred_common.contracts.schemas import read_schemas, schemas

group = typer.Typer(no_args_is_help=True, help="The record contracts as files.")

Root = Annotated[
    Path, typer.Option(help="The repository.", exists=True, file_okay=False, resolve_path=True)
]


@group.command()
def export(root: Root = Path()) -> None:
    """Write the schema of each record type and the AsyncAPI document; refuses to write a break."""
    with one_clear_line():
        try:
            written = write_contracts(root)
        except BreakingContracts as error:
            raise CommandError(f"nothing written, this would break readers:\n{error}") from error
    for path in written:
        typer.echo(f"wrote {path}")
    typer.echo(f"{len(written)} files changed")


@group.command()
def validate(
    root: Root = Path(),
    against: Annotated[
        Path | None,
        typer.Option(help="A folder of older schemas to compare with; else the written ones."),
    ] = None,
) -> None:
    """Tell what changed against released schemas; fails on a break, or when the written files are out of date."""
    released = read_schemas(against or root / SCHEMAS)
    with one_clear_line():
        if not released:
            raise CommandError(f"no schemas in {against or root / SCHEMAS}")
        changes = compare(released, schemas())
        for change in changes:
            typer.echo(str(change))
        if broken := breaks(changes):
            raise CommandError(f"{len(broken)} changes break readers; make a new type instead")
        if against is None and (stale := stale_contracts(root)):
            raise CommandError(f"out of date, run make schemas: {', '.join(map(str, stale))}")
    typer.echo(f"{len(released)} released types are kept")
