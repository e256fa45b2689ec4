"""`kindred db`: roles and databases."""

import typer

from kindred_cli.servers.databases import SERVICES, database_script, password_variable

group = typer.Typer(no_args_is_help=True, help="Roles and databases.")


@group.command()
def plan() -> None:
    """Print the psql script that makes one role and one database per service; may be run again at any time."""
    typer.echo("-- Run as administrator:  kindred db plan | psql \\")
    for service in SERVICES:
        typer.echo(f"--   --set={password_variable(service)}=... \\")
    typer.echo("--   postgresql://administrator@host/postgres")
    typer.echo(database_script())
