import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from fastapi import APIRouter, Request

from kindred_common.runtime.server import PATIENCE, Patience, serve
from kindred_common.runtime.settings import HttpSettings
from kindred_common.testing.ports import free_port
from kindred_common.testing.sites import lay_out_site
from kindred_common.testing.waiting import eventually
from kindred_common.web.routing import open_router

LONG = 600.0
INGRESS_SECONDS = 60
"""So long the usual ingresses keep a connection on which nobody asks."""
HEAD = b"POST /read HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n"


def routes(go_on: asyncio.Event) -> APIRouter:
    router = open_router()

    @router.post("/read")
    async def read(request: Request) -> int:
        length = len(await request.body())
        await go_on.wait()
        return length

    return router


@asynccontextmanager
async def serving(
    folder: Path, patience: Patience, go_on: asyncio.Event | None = None
) -> AsyncIterator[int]:
    """Gives the port."""
    port, stop = free_port(), asyncio.Event()
    app = lay_out_site(folder, scopes=["x:y"]).application(routes(go_on or asyncio.Event()))

    async def answers() -> bool:
        try:
            async with httpx.AsyncClient() as client:
                answer = await client.get(f"http://127.0.0.1:{port}/health/live")
        except httpx.TransportError:
            return False
        return answer.status_code == 200

    async with asyncio.TaskGroup() as group:
        group.create_task(serve(app, HttpSettings(port=port), stop, patience))
        await eventually(answers)
        yield port
        stop.set()


async def hung_up_on(port: int, sent: bytes) -> bool:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sent)
    answer = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    return answer == b""


@pytest.mark.parametrize("sent", [b"", b"POST /read HT", HEAD])
async def test_who_never_ends_the_head_is_hung_up_on(tmp_path: Path, sent: bytes) -> None:
    async with serving(tmp_path, Patience(head=0.2, body=LONG)) as port:
        assert await hung_up_on(port, sent)


async def test_who_never_ends_the_body_is_hung_up_on(tmp_path: Path) -> None:
    async with serving(tmp_path, Patience(head=LONG, body=0.2)) as port:
        assert await hung_up_on(port, HEAD + b"\r\nabc")


async def test_who_has_asked_is_answered_however_long_it_takes(tmp_path: Path) -> None:
    go_on = asyncio.Event()
    async with (
        serving(tmp_path, Patience(head=1, body=1), go_on) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client,
        asyncio.TaskGroup() as group,
    ):
        asked = group.create_task(client.post("/read", content=b"0123456789"))
        assert await hung_up_on(port, b""), "patience has ended since"
        go_on.set()
        assert (await asked).json() == 10
        assert (await client.post("/read", content=b"01")).json() == 2, "on the same connection"


async def test_who_asks_no_more_is_hung_up_on_later_than_who_keeps_connections(
    tmp_path: Path,
) -> None:
    asked = b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"
    async with serving(tmp_path, Patience(idle=1)) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(asked)
        # Reads to the end of the connection, not of the answer.
        assert (await asyncio.wait_for(reader.read(), 10)).startswith(b"HTTP/1.1 200")
        writer.close()
    assert PATIENCE.idle > INGRESS_SECONDS


async def test_a_server_that_is_cancelled_hangs_up_and_frees_its_port(tmp_path: Path) -> None:
    settings = HttpSettings(port=free_port())
    app = lay_out_site(tmp_path, scopes=["x:y"]).application(routes(asyncio.Event()))

    async def connection() -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        try:
            return await asyncio.open_connection("127.0.0.1", settings.port)
        except OSError:
            return None

    async with asyncio.TaskGroup() as group:
        server = group.create_task(serve(app, settings, asyncio.Event()))
        met = await eventually(connection)
        server.cancel()
    assert met is not None
    reader, writer = met
    assert await reader.read() == b""
    writer.close()
    assert await connection() is None
