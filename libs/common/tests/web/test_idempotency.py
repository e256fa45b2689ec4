import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa
from fastapi import APIRouter, Depends, File, Request, Response, UploadFile
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from kindred_common.clock import new_id
from kindred_common.db.transactions import Transaction, Transactions
from kindred_common.security.principals import Principal, Role
from kindred_common.security.tables import idempotency_key
from kindred_common.testing.sites import Site
from kindred_common.testing.waiting import eventually
from kindred_common.web import idempotency
from kindred_common.web.auth import requires
from kindred_common.web.idempotency import Outcome, once, purge_idempotency_keys
from kindred_common.web.problems import conflict

effects = sa.Table("effect", sa.MetaData(), sa.Column("id", sa.UUID), sa.Column("name", sa.Text))


class Thing(BaseModel):
    name: str


class Made(BaseModel):
    id: UUID
    name: str


class Things:
    """A small service that makes things, and can be held up or made to refuse."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.transactions = Transactions(engine)
        self.go_on = asyncio.Event()
        self.go_on.set()
        self.refuse = False

    def router(self) -> APIRouter:
        router = APIRouter(prefix="/v1")

        @router.post("/things")
        async def create(
            thing: Thing,
            request: Request,
            _: Annotated[Principal, Depends(requires(Role.VIEWER))],
        ) -> Response:
            return await once(request, self.transactions, lambda tx: self.make(tx, thing.name))

        @router.post("/uploads")
        async def upload(file: Annotated[UploadFile, File()], request: Request) -> Response:
            name = (await file.read()).decode()
            return await once(request, self.transactions, lambda tx: self.make(tx, name))

        @router.post("/bare")
        async def bare(request: Request) -> Response:
            async def work(transaction: Transaction) -> Outcome:
                await self.make(transaction, "bare")
                return Outcome(204)

            return await once(request, self.transactions, work)

        return router

    async def make(self, transaction: Transaction, name: str) -> Outcome:
        made = Made(id=new_id(), name=name)
        await transaction.connection.execute(effects.insert().values(id=made.id, name=name))
        await self.go_on.wait()
        if self.refuse:
            raise conflict("refused", "Refused")
        return Outcome(201, made, {"Location": f"/v1/things/{made.id}"})


@pytest.fixture
async def things(engine: AsyncEngine) -> Things:
    async with engine.begin() as connection:
        await connection.run_sync(effects.metadata.create_all)
    return Things(engine)


@pytest.fixture
async def client(site: Site, things: Things) -> AsyncIterator[httpx.AsyncClient]:
    async with site.client(things.router()) as client:
        client.headers.update(site.signed_in())
        yield client


async def count(engine: AsyncEngine, table: sa.Table = effects) -> int:
    async with engine.connect() as connection:
        return await connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0


async def post(client: httpx.AsyncClient, key: str = "k-1", name: str = "x") -> httpx.Response:
    return await client.post("/v1/things", json={"name": name}, headers={"Idempotency-Key": key})


async def test_without_a_key_each_post_counts(
    client: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    for _ in range(2):
        answer = await client.post("/v1/things", json={"name": "x"})
        assert answer.status_code == 201

    assert await count(engine) == 2
    assert await count(engine, idempotency_key) == 0


async def test_a_repeated_post_has_one_effect_and_the_same_answer(
    client: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    first, second = await post(client), await post(client)

    assert first.status_code == second.status_code == 201
    assert first.json() == second.json()
    assert first.headers["location"] == second.headers["location"]
    assert second.headers["content-type"] == "application/json"
    assert "idempotent-replayed" not in first.headers
    assert second.headers["idempotent-replayed"] == "true"
    assert await count(engine) == 1


async def test_posts_at_once_have_one_effect(
    client: httpx.AsyncClient, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As many as there are connections, and patience enough for a busy machine: nobody is sent away.
    monkeypatch.setattr(idempotency, "WAIT_FOR_FIRST", "30s")
    answers = await asyncio.gather(*(post(client) for _ in range(10)))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert sum("idempotent-replayed" not in answer.headers for answer in answers) == 1
    assert await count(engine) == 1


async def test_a_key_belongs_to_one_request(client: httpx.AsyncClient, engine: AsyncEngine) -> None:
    await post(client, name="x")
    other = await post(client, name="y")
    elsewhere = await client.post(
        "/v1/things?dry=1", json={"name": "x"}, headers={"Idempotency-Key": "k-1"}
    )

    assert other.status_code == elsewhere.status_code == 422
    assert other.json()["type"] == "urn:kindred:problem:idempotency-key-reused"
    assert await count(engine) == 1


async def test_a_key_belongs_to_one_principal(
    client: httpx.AsyncClient, site: Site, engine: AsyncEngine
) -> None:
    await post(client)
    client.headers.update(site.signed_in(subject="bert"))
    berts = await post(client)

    assert berts.status_code == 201
    assert "idempotent-replayed" not in berts.headers
    assert await count(engine) == 2


async def test_a_repeated_post_does_not_wait_long_for_the_first(
    client: httpx.AsyncClient, things: Things, engine: AsyncEngine
) -> None:
    things.go_on.clear()
    async with asyncio.TaskGroup() as group:
        first = group.create_task(post(client))
        await eventually(lambda: waiting_inserts(engine), lambda number: number == 1)
        second = await post(client)
        things.go_on.set()

    assert second.status_code == 409
    assert second.headers["retry-after"] == "1"
    assert first.result().status_code == 201
    assert (await post(client)).json() == first.result().json()
    assert await count(engine) == 1


async def waiting_inserts(engine: AsyncEngine) -> int:
    """Transactions of requests that have written something and are not finished."""
    query = sa.text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND state = 'idle in transaction' AND backend_xid IS NOT NULL"
    )
    async with engine.connect() as connection:
        return await connection.scalar(query) or 0


async def test_a_refused_post_leaves_no_trace_and_can_be_repeated(
    client: httpx.AsyncClient, things: Things, engine: AsyncEngine
) -> None:
    things.refuse = True
    assert (await post(client)).status_code == 409
    assert await count(engine) == 0
    assert await count(engine, idempotency_key) == 0

    things.refuse = False
    answer = await post(client)
    assert answer.status_code == 201
    assert "idempotent-replayed" not in answer.headers


async def test_uploads_are_told_apart_by_their_content(
    client: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    async def upload(content: bytes) -> httpx.Response:
        headers = {
            "Idempotency-Key": "k-1",
            "Content-Type": "multipart/form-data; boundary=b",
        }
        part = b'--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n'
        return await client.post(
            "/v1/uploads", content=part + content + b"\r\n--b--\r\n", headers=headers
        )

    assert [(await upload(content)).status_code for content in (b"x", b"x", b"y")] == [
        201,
        201,
        422,
    ]
    assert await count(engine) == 1


async def test_an_answer_without_a_body_is_repeated_too(
    client: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    headers = {"Idempotency-Key": "k-1"}
    answers = [await client.post("/v1/bare", headers=headers) for _ in range(2)]

    assert [(answer.status_code, answer.content) for answer in answers] == [(204, b"")] * 2
    assert await count(engine) == 1


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 201, "é"])
async def test_a_key_is_visible_ascii(client: httpx.AsyncClient, key: str) -> None:
    answer = await client.post(
        "/v1/things", json={"name": "x"}, headers={b"Idempotency-Key": key.encode()}
    )

    assert answer.status_code == 400


async def test_a_text_that_no_table_can_keep_is_the_clients_mistake(
    client: httpx.AsyncClient, engine: AsyncEngine, caplog: pytest.LogCaptureFixture
) -> None:
    assert (await post(client, name="a\x00b")).status_code == 422
    assert "ERROR" not in [line.levelname for line in caplog.records], "nobody need look at it"
    assert await count(engine, idempotency_key) == 0


FAR_OFF = datetime.fromisoformat("9999-12-31T23:59:59-14:00")


@pytest.mark.parametrize(
    "beyond",
    [
        sa.literal(2**63, sa.BigInteger()),
        sa.literal("\ud800", sa.Text()),
        sa.literal(FAR_OFF, sa.DateTime(timezone=True)),
    ],
)
async def test_what_no_column_can_hold_is_the_clients_mistake(
    site: Site, engine: AsyncEngine, beyond: sa.ColumnElement[object]
) -> None:
    router = APIRouter()

    @router.get("/look")
    async def look() -> None:
        async with engine.connect() as connection:
            await connection.scalar(sa.select(beyond))

    async with site.client(router) as client:
        answer = await client.get("/look", headers=site.signed_in())
    assert answer.status_code == 422


async def test_keys_are_forgotten_after_48_hours(
    client: httpx.AsyncClient, site: Site, engine: AsyncEngine
) -> None:
    await post(client)
    assert await purge(engine, site) == 0
    site.clock.advance(timedelta(hours=48, seconds=1))
    assert await purge(engine, site) == 1


async def purge(engine: AsyncEngine, site: Site) -> int:
    connection: AsyncConnection
    async with engine.begin() as connection:
        return await purge_idempotency_keys(connection, site.clock.now())


async def test_two_who_lock_each_other_out_both_succeed(site: Site, engine: AsyncEngine) -> None:
    both_hold_one = asyncio.Barrier(2)
    attempts = 0
    router = APIRouter(prefix="/v1")

    @router.post("/locks/{first}/{second}")
    async def lock(first: int, second: int, request: Request) -> Response:
        async def work(transaction: Transaction) -> Outcome:
            nonlocal attempts
            attempts += 1
            held_back = attempts <= 2
            await _lock(transaction, first)
            if held_back:
                await both_hold_one.wait()
            await _lock(transaction, second)
            return Outcome(204)

        return await once(request, Transactions(engine), work)

    async with site.client(router) as client:
        client.headers.update(site.signed_in())
        paths = ("/v1/locks/1/2", "/v1/locks/2/1")
        answers = await asyncio.gather(*(client.post(path) for path in paths))

    assert [answer.status_code for answer in answers] == [204, 204]
    assert attempts == 3


async def _lock(transaction: Transaction, number: int) -> None:
    lock = sa.text("SELECT pg_advisory_xact_lock(:number)")
    await transaction.connection.execute(lock, {"number": number})
