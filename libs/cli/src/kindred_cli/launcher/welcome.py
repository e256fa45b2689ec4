"""What a person reads when the system is up."""

from collections.abc import Mapping

from kindred_cli.launcher.addresses import Addresses
from kindred_cli.launcher.home import Home
from kindred_cli.servers.databases import SERVICES
from kindred_cli.servers.machine import HOST
from kindred_common.security.principals import Role

LOCAL_ADMINISTRATOR = "local-administrator"


def welcome(addresses: Addresses, home: Home, servers: Mapping[str, str]) -> str:
    """Addresses, a token, and what to try."""
    token = home.issuer().issue(LOCAL_ADMINISTRATOR, [Role.ADMINISTRATOR])
    services = "\n".join(
        f"  {service:<12} {addresses.url(service)}/openapi.json" for service in SERVICES
    )
    places = "\n".join(f"  {name:<12} {place}" for name, place in servers.items())
    return f"""
Kindred is up.

{services}
  {"mail caught":<12} http://{HOST}:{addresses.mail_pages}
{places}
  {"logs, data":<12} {home.folder}

Sign in with this administrator's token (8 hours; others: .venv/bin/kindred token --role account_manager):

{token}

Try, in another terminal:
  .venv/bin/kindred demo             the loop, step by step
  .venv/bin/kindred status           how each service is doing
  curl -H "Authorization: Bearer $(.venv/bin/kindred token)" {addresses.url(SERVICES[0])}/v1/surveys
"""
