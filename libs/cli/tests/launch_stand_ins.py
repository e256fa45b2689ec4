"""Runs the launcher as `kindred up` does, around stand-ins: `launch_stand_ins.py HOME BASE_PORT MANNER`."""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from kindred_cli.commands.up import run_until_told
from kindred_cli.launcher.addresses import Addresses
from kindred_cli.launcher.services import ServiceProcess, Surroundings, environment
from kindred_cli.launcher.settings import LaunchSettings
from kindred_cli.launcher.system import Plan
from kindred_cli.servers.errors import ServerError
from kindred_common.contracts.vocabulary import Service

STAND_IN = Path(__file__).parent / "stand_in_service.py"


def main(home: Path, base_port: int, manner: str) -> None:
    def processes(around: Surroundings) -> Sequence[ServiceProcess]:
        return [
            ServiceProcess(
                str(service),
                around.addresses.port(service),
                (sys.executable, str(STAND_IN), str(home), str(service), how),
                environment(service, around),
            )
            for service, how in ((Service.SURVEY, "live"), (Service.PROFILE, manner))
        ]

    settings = LaunchSettings(home=home)
    plan = Plan(databases=(), processes=processes)
    try:
        asyncio.run(run_until_told(settings, Addresses(base_port), plan))
    except ServerError as error:
        sys.exit(f"kindred: {error}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
