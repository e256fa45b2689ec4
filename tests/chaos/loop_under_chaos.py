"""The run that the checks of kill -9 look back on: answers, good and bad records, and faults, all at once."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random
from uuid import UUID

from tests.chaos.bad_records import Bad
from tests.chaos.clients import Acknowledged, Client, give_answers
from tests.chaos.faults import Chaos, Fault, spread
from tests.chaos.model import Model
from tests.chaos.outside import Outside, Position, Writing, outside
from tests.chaos.parts import (
    INVITATIONS_API,
    INVITATIONS_WORKER,
    MATCHING_API,
    MATCHING_WORKER,
    PROFILE_API,
    PROFILE_WORKERS,
    STREAMS,
    SURVEY_API,
    SURVEY_WORKER,
)
from tests.chaos.questions import definition
from tests.chaos.reading import is_heartbeat, watching
from tests.chaos.settings import ChaosSettings
from tests.chaos.settling import until_at_rest, until_settled
from tests.chaos.story import Scene, Story
from tests.chaos.world import World, beginning
from tests.system import System

from kindred_common.clock import SystemClock
from kindred_common.contracts.codec import RawRecord
from kindred_common.contracts.topics import SURVEY_ANSWERS, TOPICS, Topic
from kindred_common.contracts.vocabulary import Service
from kindred_common.testing.cluster import read_raw
from kindred_common.testing.waiting import eventually

PARTS = (
    SURVEY_API,
    SURVEY_WORKER,
    PROFILE_API,
    *PROFILE_WORKERS,
    STREAMS[0],
    MATCHING_API,
    MATCHING_WORKER,
    INVITATIONS_API,
    INVITATIONS_WORKER,
)
SERVICES = (Service.SURVEY, Service.PROFILE, Service.MATCHING, Service.INVITATIONS)
VICTIMS = (
    SURVEY_API,
    *(SURVEY_WORKER,) * 2,
    *PROFILE_WORKERS * 2,
    *(MATCHING_WORKER,) * 2,
    INVITATIONS_WORKER,
    STREAMS[0],
)
CUSTOMERS, ACCOUNTS, EVENTS, CLIENTS = 400, 40, 12, 16
ECHOES = 100


@dataclass(slots=True)
class Aftermath:
    """What the run leaves: the log of the clients, what was told beside them, and what was done to the system."""

    system: System
    survey_id: UUID
    story: Story
    model: Model
    chaos: Chaos
    log: list[Acknowledged] = field(default_factory=list)
    bad: dict[Position, Bad] = field(default_factory=dict)
    phases: list[tuple[str, float]] = field(default_factory=list)

    def reached(self, phase: str) -> None:
        """Notes that a phase of the run is over."""
        self.phases.append((phase, asyncio.get_running_loop().time()))

    def account(self) -> list[str]:
        """The run in a few words."""
        retried = sum(answer.tries > 1 for answer in self.log)
        times = [
            f"{phase} after {end - begin:.0f} s"
            for (_, begin), (phase, end) in pairwise(self.phases)
        ]
        return [
            *times,
            f"{len(self.log)} answers ({retried} retried)",
            f"{len(self.story.scenes)} other records, {len(self.bad)} of them bad",
            *self.chaos.happened,
            *(f"fell by itself: {what}" for what in self.chaos.fell_by_itself),
        ]


async def run_under_chaos(system: System, settings: ChaosSettings) -> Aftermath:
    """Runs the loop while everything goes wrong, and waits until it has settled."""
    await system.run_only(PARTS)
    aftermath = await _prepare(system, settings)
    aftermath.reached("prepared")
    async with AsyncExitStack() as stack:
        outsiders = await stack.enter_async_context(outside(system.kafka_settings))
        await _begin(system, aftermath, outsiders)
        aftermath.reached("everybody known")
        async with aftermath.chaos.supervision():
            await _all_at_once(aftermath, outsiders, settings)
            # Who falls meanwhile is still started again.
            await asyncio.gather(*(system.until_ready(part.name) for part in PARTS))
        aftermath.reached("all answered and told")
        await _echo(system, outsiders, settings.random("echo"))
        watch = await stack.enter_async_context(watching(system.kafka_settings))
        await until_settled(system, watch, SERVICES)
        aftermath.reached("settled")
        await until_at_rest(watch)
        aftermath.reached("at rest")
    return aftermath


async def _prepare(system: System, settings: ChaosSettings) -> Aftermath:
    async with system.client(Service.SURVEY) as api:
        made = await api.post("/v1/surveys", json=definition())
        assert made.is_success, made.text
        survey_id = UUID(made.json()["id"])
        published = await api.post(
            f"/v1/surveys/{survey_id}/publish", headers={"If-Match": made.headers["ETag"]}
        )
        assert published.is_success, published.text
    world = World("kill9", settings.random("world"), SystemClock().now())
    model = Model(world)
    story = Story(world, model, settings.random("story"), CUSTOMERS, ACCOUNTS)
    chaos = Chaos(system, settings.random("chaos"))
    return Aftermath(system, survey_id, story, model, chaos)


async def _begin(system: System, aftermath: Aftermath, outsiders: Outside) -> None:
    """Everybody and everything is known before the first answer."""
    told = beginning(aftermath.story.world, CUSTOMERS, ACCOUNTS, EVENTS)
    await asyncio.gather(*map(outsiders.write, told))

    async def known() -> int:
        rows = await system.query(Service.PROFILE, "SELECT count(*) AS n FROM customer")
        return int(str(rows[0]["n"]))

    await eventually(known, lambda count: count >= CUSTOMERS, within=120)


async def _all_at_once(aftermath: Aftermath, outsiders: Outside, settings: ChaosSettings) -> None:
    story, system = aftermath.story, aftermath.system
    _write_story(story, settings)
    async with system.client(Service.SURVEY) as api:
        clients = [
            Client(
                f"client-{n}",
                api,
                aftermath.survey_id,
                [story.world.customer_id(f"c-{c}") for c in range(n, CUSTOMERS, CLIENTS)],
                settings.random(f"client-{n}"),
            )
            for n in range(CLIENTS)
        ]
        async with asyncio.TaskGroup() as group:
            group.create_task(give_answers(clients, settings.answers, settings.per_second))
            group.create_task(aftermath.chaos.unleash(_faults(aftermath.chaos, settings.seconds)))
            group.create_task(_tell(aftermath, outsiders, settings.seconds))
    for client in clients:
        aftermath.log += client.log
    for answer in aftermath.log:
        aftermath.model.answered(answer, aftermath.survey_id)


def _write_story(story: Story, settings: ChaosSettings) -> None:
    story.changes(customers=60, accounts=8, events=EVENTS)
    story.observations(answers=200, feedback=150, consents=60)
    story.complaints(30)
    story.latecomers()
    story.nobodies()
    story.flaws(_consumed(), f"bad-{settings.seed}")


def _consumed() -> tuple[Topic, ...]:
    return tuple(topic for topic in TOPICS if set(topic.consumers) & set(SERVICES))


def _faults(chaos: Chaos, seconds: float) -> list[Fault]:
    """The servers one after the other, in a random order, and kills at any time."""
    random = chaos.random
    servers = [
        chaos.kill_kafka,
        chaos.pause_kafka,
        chaos.stop_kafka,
        chaos.kill_postgres,
        chaos.stop_postgres,
    ]
    random.shuffle(servers)
    begins = (0.05, 0.22, 0.39, 0.56, 0.73)
    faults = [
        fail((begin + random.uniform(0.0, 0.1)) * seconds)
        for fail, begin in zip(servers, begins, strict=True)
    ]
    moments = spread(random, seconds, len(VICTIMS))
    victims = random.sample(VICTIMS, len(VICTIMS))
    return [
        *faults,
        *(chaos.kill(part.name, at) for part, at in zip(victims, moments, strict=True)),
    ]


async def _tell(aftermath: Aftermath, outsiders: Outside, seconds: float) -> None:
    loop = asyncio.get_running_loop()
    begin = loop.time()

    async def tell(scene: Scene) -> None:
        position = await outsiders.write(scene.writing)
        if scene.bad is not None:
            aftermath.bad[position] = scene.bad

    async with asyncio.TaskGroup() as group:
        for scene in sorted(aftermath.story.scenes, key=lambda scene: scene.at):
            await asyncio.sleep(max(0.0, begin + scene.at * seconds - loop.time()))
            group.create_task(tell(scene))


async def _echo(system: System, outsiders: Outside, random: Random) -> None:
    """Somebody copies records of survey, as a mirrored or restored topic would hold them twice."""
    raws = await read_raw(system.kafka_settings, SURVEY_ANSWERS)
    own = [raw for raw in raws if _is_surveys(raw)]
    for raw in random.sample(own, min(ECHOES, len(own))):
        await outsiders.write(Writing(SURVEY_ANSWERS, raw.key, raw.value, raw.headers))


def _is_surveys(raw: RawRecord) -> bool:
    return ("ce_source", b"kindred/survey") in raw.headers and not is_heartbeat(raw.headers)


def acknowledged(log: Sequence[Acknowledged]) -> dict[UUID, list[Acknowledged]]:
    """What was acknowledged of each customer, in the order in which his client sent it."""
    of_customers: dict[UUID, list[Acknowledged]] = {}
    for answer in log:
        of_customers.setdefault(answer.customer_id, []).append(answer)
    return of_customers
