"""Serves an application over HTTP within a process that has other work too."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from kindred_common.runtime.settings import HttpSettings

DRAIN_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds in which a client must have sent the head of a request, and after that its body; and how long it may be idle between two.

    A client that asks at the moment in which the server hangs up gets no answer and cannot tell whether it was heard. So whoever
    keeps connections, as ingresses do for 60 s, must be the first to let go.
    """

    head: float = 20.0
    body: float = 300.0
    idle: int = 75


PATIENCE = Patience()


class _Impatient(HttpToolsProtocol):
    """Hangs up on clients that take forever to ask: uvicorn waits, and a few thousand of them use up all connections."""

    def __init__(self, patience: Patience, **surroundings: Any) -> None:
        super().__init__(**surroundings)
        self._patience = patience
        self._hang_up: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        super().connection_made(transport)
        self._wait(self._patience.head)

    def connection_lost(self, exc: Exception | None) -> None:
        self._wait(None)
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        self._wait(self._patience.head)
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._wait(self._patience.body)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._wait(None)
        super().on_message_complete()

    def _wait(self, seconds: float | None) -> None:
        if self._hang_up is not None:
            self._hang_up.cancel()
        self._hang_up = self.loop.call_later(seconds, self.transport.close) if seconds else None


class _Server(uvicorn.Server):
    """uvicorn without its own signal handling: the process decides when to stop."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(
    app: FastAPI, settings: HttpSettings, stop: asyncio.Event, patience: Patience = PATIENCE
) -> None:
    """Answers requests until ``stop``, then finishes those under way; cancelled, it hangs up. The port is free afterwards.

    Raises:
        OSError: the port is taken.
    """
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_graceful_shutdown=DRAIN_SECONDS,
        timeout_keep_alive=patience.idle,
        lifespan="off",
        http=partial(_Impatient, patience),  # type: ignore[arg-type]  # uvicorn calls what it takes for a class
    )
    server = _Server(config)
    # Bound here, because uvicorn itself ends the process when the port is taken.
    # It closes its sockets only when it ends by itself, and who is cancelled twice may not wait for that.
    with contextlib.closing(_bind(settings)) as bound:
        async with asyncio.TaskGroup() as group:
            serving = group.create_task(server.serve(sockets=[bound]))
            try:
                await stop.wait()
            except asyncio.CancelledError:
                server.force_exit = True
                raise
            finally:
                server.should_exit = True
                await asyncio.wait([serving])


def _bind(settings: HttpSettings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    bound = socket.socket(family)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((settings.host, settings.port))
    except OSError:
        bound.close()
        raise
    return bound
