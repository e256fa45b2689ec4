"""The demonstration world on a system that has nothing yet, and what a newcomer can do with it."""

from kindred_cli.demo.loading import Tell, load_world
from kindred_cli.demo.world import MANAGERS, SOURCE, build_world
from kindred_cli.errors import CommandError
from kindred_cli.local_system import LocalSystem
from kindred_common.clock import Clock, Ids
from kindred_common.contracts.identity import customer_id_of
from kindred_common.contracts.vocabulary import Service
from kindred_common.security.principals import Role

UNFINISHED = "demonstration-world-unfinished"
"""A file in the system's folder while the world is loaded, so that an interrupted loading is taken up again."""


async def load_if_empty(system: LocalSystem, tell: Tell, clock: Clock, ids: Ids) -> None:
    """Loads the world into an empty system; what went wrong is told, and the system stays up."""

    def tell_of_world(line: str) -> None:
        tell(f"Demonstration world: {line}")

    try:
        await _load(system, tell_of_world, clock, ids)
    except CommandError as error:
        tell_of_world(f"not loaded, the next start tries again: {error}")


async def _load(system: LocalSystem, tell: Tell, clock: Clock, ids: Ids) -> None:
    unfinished = system.home.folder / UNFINISHED
    if not unfinished.exists() and not await _is_empty(system):
        return
    unfinished.touch()
    await load_world(system, build_world(clock.now().date()), tell, clock, ids)
    unfinished.unlink()
    tell("loaded, everybody is matched")


async def _is_empty(system: LocalSystem) -> bool:
    async with system.apis() as apis:
        customers = await apis[Service.PROFILE].get("/v1/customers", limit=1)
        events = await apis[Service.INVITATIONS].get("/v1/events", limit=1)
    return not customers["items"] and not events["items"]


async def is_here(system: LocalSystem) -> bool:
    """Whether the demonstration world was loaded into this system."""
    someone = customer_id_of(SOURCE, "customer-1")
    async with system.api(Service.PROFILE) as profile:
        answer = await profile.try_get(f"/v1/customers/{someone}")
    return answer is not None


def tour(system: LocalSystem) -> str:
    """Account managers' tokens and what to try with them."""
    tokens = "\n\n".join(
        f"{name} ({subject}):\n{system.home.issuer().issue(subject, [Role.ACCOUNT_MANAGER])}"
        for subject, name in MANAGERS
    )
    subject, name = MANAGERS[0]
    invitations = system.addresses.url(Service.INVITATIONS)
    signed_in = f'"Authorization: Bearer $(.venv/bin/kindred token --role account_manager --subject {subject})"'
    return f"""
The demonstration world's account managers, each of whom sees his own customers:

{tokens}

What {name} should do today, and who her customers are:
  curl -H "Accept-Language: en" -H {signed_in} {invitations}/v1/my-day
  curl -H {signed_in} {invitations}/v1/customers
"""
