"""Waiting in tests: look again until it is so, or the deadline has passed."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


async def eventually(
    look: Callable[[], Awaitable[T]],
    holds: Callable[[T], bool] = bool,
    *,
    within: float = 60.0,
    every: float = 0.05,
) -> T:
    """What ``look`` returns as soon as ``holds`` is true of it.

    Raises:
        AssertionError: it was not so within the time (seconds), with the last thing seen.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + within
    while True:
        seen = await look()
        if holds(seen):
            return seen
        if loop.time() > deadline:
            raise AssertionError(f"not within {within} s; last seen: {seen!r}")
        await asyncio.sleep(every)
