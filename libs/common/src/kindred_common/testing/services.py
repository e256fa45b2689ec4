"""Runs a service inside a test, on real servers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Generic

import httpx

from kindred_common.clock import Clock
from kindred_common.runtime.foundation import (
    Foundation,
    Parts,
    S,
    ServiceDefinition,
    lay_foundation,
)
from kindred_common.runtime.process import run_until
from kindred_common.testing.waiting import eventually

PATIENCE = 30.0
"""Seconds in which an answer must come, on a machine that has other work too."""


@dataclass(frozen=True, slots=True)
class Running(Generic[S]):
    """A service that runs in this process, and a client for its API without credentials."""

    foundation: Foundation[S]
    parts: Parts
    client: httpx.AsyncClient


@asynccontextmanager
async def running(
    definition: ServiceDefinition[S], settings: S, *, mode: str = "all", clock: Clock | None = None
) -> AsyncIterator[Running[S]]:
    """The service as ``mode`` (api, worker or all) until the block ends; ready when the block begins."""
    foundation = lay_foundation(definition.service, settings, clock=clock)
    parts = definition.assemble(foundation)
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(run_until(foundation, parts, mode, stop))
        try:
            async with httpx.AsyncClient(base_url=settings.http.pages, timeout=PATIENCE) as client:
                await _ready(client)
                yield Running(foundation, parts, client)
        finally:
            stop.set()
            foundation.waker.local.set()  # a relay that sleeps would look up a second later only


async def _ready(client: httpx.AsyncClient) -> None:
    async def probe() -> int:
        try:
            return (await client.get("/health/ready")).status_code
        except httpx.TransportError:
            return 0

    await eventually(probe, lambda status: status == 200, within=120)
