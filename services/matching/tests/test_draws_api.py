"""What was drawn by lot, as others read it: on the topic, and over HTTP."""

from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from services.matching.tests.desks import Clerk, Desk
from services.matching.tests.worlds import (
    NOW,
    a_customer,
    a_step,
    an_event,
    customer_id,
    event_id,
    told,
)

from kindred_common.security.principals import Role
from kindred_common.testing.sites import Site, lay_out_site
from kindred_matching.adapters.postgres_readings import PostgresReadings
from kindred_matching.adapters.replica_process import ReplicaProcess
from kindred_matching.domain.inputs import ClockTicked, CustomerRemoved
from kindred_matching.domain.rules import Rules
from kindred_matching.entrypoints.http_draws import draws_router

RULES = Rules(cap=1, draws=1.0)
MANAGERS = ("anna", "bert", "anna")


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return lay_out_site(tmp_path / "keys", scopes=["matching:read"])


@pytest.fixture
async def clerk(desk: Desk) -> Clerk:
    """Three customers for whom was drawn, the only event for each."""
    clerk = await desk.hire(RULES)
    people = (a_customer(n, account_manager_id=who) for n, who in enumerate(MANAGERS))
    await clerk.take(told(an_event(9)), *map(told, people))
    await clerk.take(ClockTicked(NOW + timedelta(days=7)))
    return clerk


@pytest.fixture
async def client(desk: Desk, clerk: Clerk, site: Site) -> AsyncIterator[httpx.AsyncClient]:
    assert clerk.epoch
    replicas = ReplicaProcess(desk.database, lambda: ThreadPoolExecutor(1))
    router = draws_router(
        desk.transactions,
        lambda transaction: PostgresReadings(transaction.connection),
        replicas,
        desk.clock,
        site.context.ids,
    )
    async with site.client(router) as client:
        client.headers.update(site.signed_in(Role.ADMINISTRATOR))
        yield client
    replicas.close()


async def drawn(client: httpx.AsyncClient, **query: object) -> list[int]:
    """The customers on a page, by number; each was drawn for the one event."""
    answer = await client.get("/v1/draws", params={k: str(v) for k, v in query.items()})
    assert answer.status_code == 200, answer.text
    numbers = {str(customer_id(number)): number for number in range(len(MANAGERS))}
    assert all(item["event_id"] == str(event_id(9)) for item in answer.json()["items"])
    assert all(item["propensity"] == 1.0 for item in answer.json()["items"])
    return [numbers[item["customer_id"]] for item in answer.json()["items"]]


async def test_what_was_drawn_is_told_on_the_topic_with_its_chance(
    desk: Desk, clerk: Clerk
) -> None:
    assert clerk.epoch
    for key, record, _ in (await desk.published())[-len(MANAGERS) :]:
        assert record is not None, key
        assert [(m.event_id, m.fixed, m.propensity) for m in record.matches] == [
            (event_id(9), False, 1.0)
        ]


async def test_a_new_writer_knows_what_was_drawn_and_draws_no_second_time(
    desk: Desk, clerk: Clerk
) -> None:
    before = list((await clerk.engine()).draws)
    assert len(before) == len(MANAGERS)

    again = await desk.hire(RULES)
    await again.take(ClockTicked(NOW + timedelta(days=8)))

    assert list((await again.engine()).draws) == before
    assert await desk.count("draw") == len(MANAGERS)


async def test_draws_are_listed_in_pages(client: httpx.AsyncClient) -> None:
    assert await drawn(client) == [0, 1, 2]
    page = (await client.get("/v1/draws", params={"limit": 2})).json()
    assert len(page["items"]) == 2
    assert await drawn(client, cursor=page["next_cursor"]) == [2]
    assert page["items"][0]["week"] == "2026-W11"


async def test_account_managers_see_the_draws_of_their_own_customers(
    client: httpx.AsyncClient, site: Site
) -> None:
    client.headers.update(site.signed_in(Role.ACCOUNT_MANAGER, subject="bert"))
    assert await drawn(client) == [1]


async def test_reading_draws_is_written_down(client: httpx.AsyncClient, desk: Desk) -> None:
    assert await drawn(client) == [0, 1, 2]
    assert await desk.count("audit_log WHERE action = 'draw.read'") == len(MANAGERS)


async def test_a_draw_stays_on_the_list_whatever_became_of_it_until_its_customer_is_forgotten(
    client: httpx.AsyncClient, clerk: Clerk
) -> None:
    await clerk.take(a_step("withdrawn", a_customer(0), an_event(9)))
    assert await drawn(client) == [0, 1, 2]
    await clerk.take(CustomerRemoved(customer_id(1)))
    assert await drawn(client) == [0, 2]


async def test_lots_in_figures(client: httpx.AsyncClient, clerk: Clerk) -> None:
    for step in ("approved", "sent", "accepted"):
        await clerk.take(a_step(step, a_customer(0), an_event(9)))
    found = (await client.get("/v1/engine/draws")).json()
    assert (found["chance"], found["standing"], found["replies"]) == (1.0, 3, 1)
    assert found["cost"] >= 0.0
    assert 0.0 < found["calibration"] < 1.0, "he who was expected with less than certainty came"
    assert 0.0 < found["brier"] < 1.0


async def test_a_cursor_of_something_else_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/draws", params={"cursor": "bm8"})
    assert answer.status_code == 422
    assert "cursor" in answer.text
