"""The loops of a process: all run, or none."""

import asyncio

import pytest

from kindred_common.runtime.worker import LoopLost, run_loops


async def until_stopped(stop: asyncio.Event) -> None:
    await stop.wait()


async def cancelled_by_a_library(_: asyncio.Event) -> None:
    lost = asyncio.create_task(asyncio.sleep(60))  # noqa: TID251 - it is to be lost
    lost.cancel()
    await lost


async def test_a_loop_that_is_lost_to_a_strangers_cancellation_ends_the_process() -> None:
    with pytest.raises(ExceptionGroup) as ended:
        await run_loops(
            {"consumer": cancelled_by_a_library, "relay": until_stopped}, asyncio.Event()
        )
    assert ended.group_contains(LoopLost, match="^consumer$")


async def test_who_cancels_all_loops_is_not_told_of_a_lost_one() -> None:
    running = asyncio.create_task(  # noqa: TID251 - it is to be cancelled
        run_loops({"relay": until_stopped}, asyncio.Event())
    )
    await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_loops_end_together_when_told_to() -> None:
    stop = asyncio.Event()
    async with asyncio.timeout(20), asyncio.TaskGroup() as group:
        running = group.create_task(
            run_loops({"relay": until_stopped, "jobs": until_stopped}, stop)
        )
        await asyncio.sleep(0)
        assert not running.done()
        stop.set()
