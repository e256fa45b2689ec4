"""`kindred token`: sign in to the system of this machine."""

from datetime import timedelta
from typing import Annotated

import typer

from kindred_cli.launcher.home import Home
from kindred_cli.launcher.settings import LaunchSettings
from kindred_common.security.principals import Role


def token(
    role: Annotated[list[Role] | None, typer.Option(help="May be given several times.")] = None,
    subject: Annotated[str, typer.Option(help="Who signs in.")] = "local-administrator",
    team: Annotated[list[str] | None, typer.Option(help="For account managers.")] = None,
    scope: Annotated[list[str] | None, typer.Option(help="Limits the token.")] = None,
    hours: Annotated[float, typer.Option(min=0.01, max=24 * 365)] = 8.0,
) -> None:
    """Print a token for the system that runs from this folder (administrator unless told otherwise)."""
    home = Home(LaunchSettings().home.absolute())
    typer.echo(
        home.issuer().issue(
            subject,
            role or [Role.ADMINISTRATOR],
            teams=team or [],
            scopes=scope or [],
            ttl=timedelta(hours=hours),
        )
    )
