"""Task groups whose single failure reaches the caller as itself, not wrapped in a group."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from typing import Any


async def together(works: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Runs all at once; the first failure ends the others and is raised."""
    try:
        async with asyncio.TaskGroup() as group:
            for work in works:
                group.create_task(work)
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None


@asynccontextmanager
async def beside(work: Callable[[asyncio.Event], Coroutine[Any, Any, None]]) -> AsyncIterator[None]:
    """Runs `work` while the body runs; the event tells it to end."""
    stop = asyncio.Event()
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(work(stop))
            try:
                yield
            finally:
                stop.set()
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None
