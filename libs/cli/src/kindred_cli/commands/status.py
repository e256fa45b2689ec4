"""`kindred status`: how each service is doing."""

from dataclasses import dataclass

import httpx
import typer

from kindred_cli.launcher.addresses import Addresses
from kindred_cli.launcher.home import Home
from kindred_cli.launcher.settings import LaunchSettings
from kindred_cli.servers.databases import SERVICES
from kindred_cli.servers.machine import HOST
from kindred_common.web.probes import READY


@dataclass(frozen=True, slots=True)
class Finding:
    """What one process said of itself."""

    name: str
    url: str
    ready: bool
    words: str


def status() -> None:
    """Show which services of this machine are ready, and what is wrong with the others."""
    addresses = Home(LaunchSettings().home.absolute()).addresses()
    with httpx.Client(timeout=3.0, trust_env=False) as client:
        findings = [ask(client, name, url) for name, url in _processes(addresses)]
    for finding in findings:
        mark = "ready" if finding.ready else "NOT READY"
        typer.echo(f"{finding.name:<15} {mark:<10} {finding.url}  {finding.words}".rstrip())
    if not all(finding.ready for finding in findings):
        raise typer.Exit(1)


def ask(client: httpx.Client, name: str, url: str) -> Finding:
    """Asks one process whether it can do its work."""
    try:
        answer = client.get(url + READY)
        loops = answer.json()["loops"]
    except httpx.HTTPError:
        return Finding(name, url, ready=False, words="does not answer")
    except (ValueError, KeyError):
        return Finding(name, url, ready=False, words="is not a Kindred service")
    wrong = [f"{loop['name']}: {loop['reason']}" for loop in loops if not loop["ready"]]
    return Finding(name, url, ready=answer.status_code == httpx.codes.OK, words="; ".join(wrong))


def _processes(addresses: Addresses) -> list[tuple[str, str]]:
    services = [(str(service), addresses.url(service)) for service in SERVICES]
    return [*services, ("profile stream", f"http://{HOST}:{addresses.stream}")]
