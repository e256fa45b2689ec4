"""Answers a second over HTTP: our endpoint beside FastAPI with the ORM and beside a raw ASGI insert, round about."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from uuid import UUID

import httpx
from tests.bench.load import Request, closed_loop
from tests.bench.processes import peer, processor_seconds
from tests.bench.world import THEMES
from tests.system import System

from kindred_cli.servers.machine import HOST
from kindred_common.contracts.vocabulary import Service
from kindred_common.security.principals import Role
from kindred_common.testing.ports import free_port
from kindred_common.testing.waiting import eventually

ROUNDS = 3
REQUESTS = 800
CONNECTIONS = 16


@dataclass(frozen=True, slots=True)
class IngestFigure:
    """One server: requests a second and processor time a request (milliseconds), medians over the rounds."""

    name: str
    per_second: float
    processor_ms: float


async def measure_ingest(
    system: System, customers: list[UUID], survey_id: str, folder: Path
) -> list[IngestFigure]:
    """Loads the three servers in turn, ``ROUNDS`` times."""
    await system.postgres.psql("CREATE DATABASE bench_orm;\nCREATE DATABASE bench_raw;\n")
    orm, raw = free_port(), free_port()
    token = system.home.issuer().issue("bench", [Role.SYSTEM])
    with (
        peer(
            "fastapi_orm",
            {"plain_database": _database(system, "bench_orm"), "port": str(orm)},
            folder / "orm.log",
        ) as orm_pid,
        peer(
            "raw_asgi",
            {"plain_database": _database(system, "bench_raw"), "port": str(raw)},
            folder / "raw.log",
        ) as raw_pid,
    ):
        await asyncio.gather(_answers(orm), _answers(raw))
        ours = (system.addresses.port(Service.SURVEY), system.child("survey-api-1").pid)
        servers = {
            "Kindred": ours,
            "FastAPI + ORM": (orm, orm_pid),
            "raw ASGI + asyncpg": (raw, raw_pid),
        }
        rounds: dict[str, list[tuple[float, float]]] = {name: [] for name in servers}
        for turn in range(ROUNDS + 1):
            for name, (port, pid) in servers.items():
                requests = _requests(customers, survey_id, token, turn)
                before = processor_seconds(pid)
                result = await closed_loop(port, requests, CONNECTIONS)
                if result.refused:
                    raise RuntimeError(f"{name} refused {result.refused} requests")
                cost = (processor_seconds(pid) - before) / len(requests) * 1000
                if turn:  # the first round warms up
                    rounds[name].append((result.per_second, cost))
    return [
        IngestFigure(name, median(r for r, _ in seen), median(c for _, c in seen))
        for name, seen in rounds.items()
    ]


def _requests(customers: list[UUID], survey_id: str, token: str, turn: int) -> list[Request]:
    headers = {"Authorization": f"Bearer {token}"}
    return [
        Request.post(
            "/v1/answers",
            {
                "customer_id": str(customers[number % len(customers)]),
                "survey_id": survey_id,
                "answers": [
                    {"question_id": THEMES[number % len(THEMES)], "value": 1 + (number + turn) % 5}
                ],
            },
            headers,
        )
        for number in range(REQUESTS)
    ]


async def _answers(port: int) -> None:
    async def probe() -> bool:
        try:
            async with httpx.AsyncClient(trust_env=False) as client:
                await client.get(f"http://{HOST}:{port}/openapi.json", timeout=2)
        except httpx.ConnectError:
            return False
        except httpx.HTTPError:
            return True
        return True

    await eventually(probe, within=30)


def _database(system: System, name: str) -> str:
    return system.postgres.admin_url.removesuffix("/postgres") + f"/{name}"
