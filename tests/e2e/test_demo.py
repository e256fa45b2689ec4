"""The demonstration: its world, and the loop in the terminal, again and again."""

import re

import pytest
from tests.e2e.commands import Ran, kindred
from tests.e2e.launched import Launched

from kindred_cli.demo.first_start import UNFINISHED, is_here, load_if_empty
from kindred_cli.demo.world import CUSTOMERS, MANAGERS, build_world
from kindred_cli.local_system import LocalSystem
from kindred_common.clock import SystemClock, new_id
from kindred_common.contracts.vocabulary import Service
from kindred_common.security.principals import Role

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(400)]

SLOW_MACHINE = ("--starts-in", "30", "--patience", "60")


async def test_everybody_in_the_world_is_matched(furnished: LocalSystem) -> None:
    world = build_world(SystemClock().now().date())
    async with furnished.api(Service.MATCHING) as matching:
        engine = await matching.get("/v1/engine")
        assert engine["customers"] >= CUSTOMERS
        assert engine["events"] >= len(world.events)
        guests = [
            await matching.get(f"/v1/events/{event.id}/guest-list", limit=1)
            for event in world.events
        ]
        assert all(listed["items"] for listed in guests)


async def test_a_second_start_loads_nothing(furnished: LocalSystem) -> None:
    told: list[str] = []
    await load_if_empty(furnished, told.append, SystemClock(), new_id)
    assert told == []
    assert await is_here(furnished)


async def test_an_interrupted_loading_is_taken_up_again(
    furnished: LocalSystem, up: Launched
) -> None:
    unfinished = furnished.home.folder / UNFINISHED
    unfinished.touch()
    versions = "SELECT sum(version) AS versions FROM customer"
    before = await up.query(Service.PROFILE, versions)
    told: list[str] = []
    await load_if_empty(furnished, told.append, SystemClock(), new_id)
    assert told[-1] == "Demonstration world: loaded, everybody is matched"
    assert not unfinished.exists()
    assert await up.query(Service.PROFILE, versions) == before


async def test_account_managers_find_their_day(furnished: LocalSystem) -> None:
    for subject, _ in MANAGERS:
        async with furnished.api(Service.INVITATIONS, Role.ACCOUNT_MANAGER, subject) as mine:
            assert (await mine.get("/v1/my-day"))["items"]
            [one] = (await mine.get("/v1/customers", limit=1))["items"]
            assert one["account_manager_id"] == subject


async def test_the_loop_is_shown_again_and_again(furnished: LocalSystem) -> None:
    first = await kindred(furnished, "demo", *SLOW_MACHINE)
    tells_the_whole_loop(first)
    second = await kindred(furnished, "demo", *SLOW_MACHINE)
    tells_the_whole_loop(second)
    assert whose(first) != whose(second)


async def test_a_step_that_does_not_happen_is_one_clear_line(
    furnished: LocalSystem, up: Launched
) -> None:
    with up.frozen(Service.INVITATIONS):
        ran = await kindred(furnished, "demo", "--patience", "8")
    assert ran.code == 1
    assert ran.complained.startswith(
        "kindred: the listing of the event did not happen within 8 s; look at: kindred status"
    )
    assert len(ran.complained.splitlines()) == 1


def tells_the_whole_loop(ran: Ran) -> None:
    assert ran.code == 0, ran.said + ran.complained
    steps = [line for line in ran.lines if re.match(r"\d\. ", line)]
    assert len(steps) == 7, ran.said
    told = [line.split()[2] for line in ran.lines if re.match(r"   +-?\d+ ms  ", line)]
    assert told[:2] == ["crm-events", "event-catalogue"]
    assert told[told.index("survey-answers") :] == [
        *("survey-answers", "customer-profiles", "customer-matches", "invitation-records"),
        *("invitation-records", "event-catalogue", "message-requests", "message-outcomes"),
        "invitation-records",
        *("invitation-records", "customer-profiles", "customer-matches"),
        *("message-requests", "message-outcomes"),
        *("invitation-records", "customer-profiles", "customer-matches"),
        *("message-requests", "message-outcomes"),
        *("experience-feedback", "customer-profiles", "customer-matches"),
    ]
    assert "causes lead back to the first answer" in ran.lines[-1]


def whose(ran: Ran) -> str:
    return next(line for line in ran.lines if line.startswith("2. "))
