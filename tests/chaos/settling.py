"""When everything that was sent has arrived everywhere, and nothing more comes."""

import asyncio
from collections.abc import Collection, Mapping

from tests.chaos.reading import Watch
from tests.system import System

from kindred_common.contracts.topics import SIGNAL_INPUTS, TOPICS
from kindred_common.contracts.vocabulary import Service
from kindred_common.testing.waiting import eventually

QUIET_SECONDS = 5.0
SETTLES_WITHIN = 300.0

_POSITIONS = "SELECT topic, partition, next_offset FROM consumer_offset"
_PENDING = "SELECT count(*) AS n FROM outbox WHERE published_at IS NULL"
_LOOKS = "SELECT count(*) AS n FROM customer WHERE look_at < now() + interval '1 hour'"

_CONSUMED = {
    service: {topic.name for topic in TOPICS if service in topic.consumers} for service in Service
}
_BY_STREAM_ALONE = {SIGNAL_INPUTS.name}


async def lag(system: System, watch: Watch, services: Collection[Service]) -> Mapping[str, int]:
    """How many records each service has yet to read of each topic, by the database that decides; 0 left out."""
    ends = await watch.ends()
    behind: dict[str, int] = {}
    for service in services:
        rows = await system.query(service, _POSITIONS)
        stands = {(str(r["topic"]), r["partition"]): int(str(r["next_offset"])) for r in rows}
        for partition, end in ends.items():
            if partition.topic in _CONSUMED[service] - _BY_STREAM_ALONE:
                missing = end - stands.get((partition.topic, partition.partition), 0)
                if missing > 0:
                    name = f"{service} of {partition.topic}"
                    behind[name] = behind.get(name, 0) + missing
    return behind


async def unsettled(
    system: System, watch: Watch, services: Collection[Service]
) -> Mapping[str, int]:
    """What still moves: lag, records that wait in outboxes, customers that a look is planned for."""
    moving = dict(await lag(system, watch, services))
    for service in services:
        moving[f"outbox of {service}"] = await _count(system, service, _PENDING)
    if Service.PROFILE in services:
        moving["looks"] = await _count(system, Service.PROFILE, _LOOKS)
    return {name: count for name, count in moving.items() if count}


async def until_read(
    system: System, watch: Watch, services: Collection[Service], within: float = SETTLES_WITHIN
) -> None:
    """Waits until these services have read all there is.

    Raises:
        AssertionError: they have not; it says what is left.
    """

    async def look() -> Mapping[str, int]:
        return await lag(system, watch, services)

    await eventually(look, lambda behind: not behind, within=within, every=0.25)


async def until_settled(
    system: System, watch: Watch, services: Collection[Service], within: float = SETTLES_WITHIN
) -> None:
    """Waits until nothing moves any more.

    Raises:
        AssertionError: something still moves; it says what.
    """

    async def look() -> Mapping[str, int]:
        return await unsettled(system, watch, services)

    await eventually(look, lambda moving: not moving, within=within, every=0.5)


async def until_at_rest(watch: Watch, within: float = 30.0) -> None:
    """Waits for five seconds in which nobody writes a record.

    Raises:
        AssertionError: records kept coming; with the last that came.
    """
    deadline = asyncio.get_running_loop().time() + within
    while news := await watch.news(await watch.ends(), QUIET_SECONDS):
        assert asyncio.get_running_loop().time() < deadline, f"no rest: {news[-5:]}"


async def _count(system: System, service: Service, statement: str) -> int:
    rows = await system.query(service, statement)
    return int(str(rows[0]["n"]))
