"""The stream as a loop of its own process: started, watched, stopped."""

import asyncio
import contextlib

import faust

from kindred_common.observability.health import LoopHealth
from kindred_common.observability.logging import get_logger

WATCH_SECONDS = 1.0

_log = get_logger(__name__)


class StreamCrashed(Exception):  # noqa: N818 - names what was seen
    """Faust ended by itself; the process ends too and is started again by whoever looks after it."""


class StreamProcess:
    """Runs a Faust application inside our loop, so that our probes tell how it is."""

    def __init__(self, app: faust.App, health: LoopHealth) -> None:
        self._app = app
        self._health = health

    async def run(self, stop: asyncio.Event) -> None:
        """Runs until ``stop``.

        Raises:
            StreamCrashed: the application ended by itself.
        """
        await self._app.start()
        try:
            while not stop.is_set():
                if self._app.crashed or self._app.should_stop:
                    raise StreamCrashed
                self._health.tick()
                at_work = self._app.consumer.assignment() and not self._app.rebalancing
                self._health.set_ready(bool(at_work), "waits for partitions")
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), WATCH_SECONDS)
        finally:
            await self._app.stop()
