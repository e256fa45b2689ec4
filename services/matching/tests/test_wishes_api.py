"""Account managers' wishes over HTTP, and what the writer makes of them."""

from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from services.matching.tests.desks import TICK, Clerk, Desk
from services.matching.tests.test_allocation_properties import seats_chosen
from services.matching.tests.worlds import (
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
from kindred_matching.adapters.postgres_wishes import PostgresWishes
from kindred_matching.adapters.replica_process import ReplicaProcess
from kindred_matching.domain.inputs import CustomerRemoved
from kindred_matching.entrypoints.http_wishes import WishDesk, wishes_router

PIN = {"kind": "pin", "reason": "Promised at the last review meeting."}


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return lay_out_site(tmp_path / "keys", scopes=["matching:read", "matching:write"])


@pytest.fixture
async def clerk(desk: Desk) -> Clerk:
    clerk = await desk.hire()
    await clerk.take(
        told(an_event(1, kind="culture", seats=1)),
        told(a_customer(1, account_manager_id="bert", account_value=3.0)),
        told(a_customer(2, account_manager_id="anna")),
        told(a_customer(3, account_manager_id="anna", objected=True)),
    )
    return clerk


@pytest.fixture
async def client(desk: Desk, clerk: Clerk, site: Site) -> AsyncIterator[httpx.AsyncClient]:
    assert clerk.epoch
    replicas = ReplicaProcess(desk.database, lambda: ThreadPoolExecutor(1))
    router = wishes_router(
        WishDesk(
            desk.transactions,
            lambda transaction: PostgresReadings(transaction.connection),
            lambda transaction: PostgresWishes(transaction.connection),
            replicas,
            desk.clock,
            site.context.ids,
        )
    )
    async with site.client(router) as client:
        client.headers.update(site.signed_in(Role.ACCOUNT_MANAGER))
        yield client
    replicas.close()


def path(customer: int, event: int = 1) -> str:
    return f"/v1/customers/{customer_id(customer)}/events/{event_id(event)}/wish"


async def hear(clerk: Clerk) -> None:
    async with clerk.desk.transactions.begin() as transaction:
        await clerk.matchmaker.hear_wishes(clerk.stores(transaction), TICK)


async def test_a_pin_moves_the_seat_and_its_price_is_shown_until_it_ends(
    client: httpx.AsyncClient, clerk: Clerk, desk: Desk
) -> None:
    assert seats_chosen(await clerk.engine(), customer_id(1))

    made = await client.put(path(2), json=PIN)

    assert made.status_code == 200
    price = made.json()["price"]
    assert price > 0
    await hear(clerk)
    assert seats_chosen(await clerk.engine(), customer_id(2)) == {event_id(1): 1}
    (wish,) = (await client.get("/v1/wishes")).json()["items"]
    assert wish["price"] == pytest.approx(price)
    assert (wish["kind"], wish["reason"], wish["made_by"]) == ("pin", PIN["reason"], "anna")
    records = [body for key, body, _ in await desk.published() if key == str(customer_id(2))]
    assert records[-1] is not None
    assert [match.event_id for match in records[-1].matches] == [event_id(1)]

    assert (await client.delete(path(2))).status_code == 204
    await hear(clerk)
    assert seats_chosen(await clerk.engine(), customer_id(1)) == {event_id(1): 1}
    assert (await client.get("/v1/wishes")).json()["items"] == []
    assert (await client.delete(path(2))).status_code == 404


async def test_a_pair_that_rules_refuse_cannot_be_pinned_but_may_be_forbidden(
    client: httpx.AsyncClient, clerk: Clerk
) -> None:
    refused = await client.put(path(3), json=PIN)
    assert refused.status_code == 409
    assert refused.json()["detail"] == "objection: this customer does not want invitations"
    await clerk.take(a_step("approved", a_customer(2), an_event(1)))
    assert (await client.put(path(2), json=PIN)).json()["detail"] == "fixed: Already invited."
    forbidden = await client.put(path(3), json={**PIN, "kind": "forbid"})
    assert (forbidden.status_code, forbidden.json()["price"]) == (200, 0.0)


async def test_who_forbade_a_pair_may_pin_it_after_all(
    client: httpx.AsyncClient, clerk: Clerk
) -> None:
    assert (await client.put(path(2), json={**PIN, "kind": "forbid"})).status_code == 200
    await hear(clerk)
    assert (await client.put(path(2), json=PIN)).status_code == 200
    await hear(clerk)
    assert seats_chosen(await clerk.engine(), customer_id(2)) == {event_id(1): 1}


async def test_nobody_wishes_for_customers_of_others(
    client: httpx.AsyncClient, clerk: Clerk, site: Site
) -> None:
    assert (await client.put(path(1), json=PIN)).status_code == 404
    assert (await client.put(path(2, 9), json=PIN)).status_code == 404
    assert (await client.put(path(2), json={**PIN, "kind": "sell"})).status_code == 422
    assert (await client.put(path(2), json=PIN)).status_code == 200
    client.headers.update(site.signed_in(Role.ACCOUNT_MANAGER, subject="bert"))
    assert (await client.get("/v1/wishes")).json()["items"] == []
    assert (await client.delete(path(2))).status_code == 404
    client.headers.update(site.signed_in(Role.VIEWER))
    assert (await client.put(path(2), json=PIN)).status_code == 403
    assert len((await client.get("/v1/wishes")).json()["items"]) == 1
    await clerk.take(CustomerRemoved(customer_id(2)))
    assert (await client.get("/v1/wishes")).json()["items"] == []


async def test_wishes_come_in_pages(client: httpx.AsyncClient, clerk: Clerk) -> None:
    await clerk.take(*(told(a_customer(n, account_manager_id="anna")) for n in range(4, 8)))
    for number in range(4, 8):
        await client.put(path(number), json={**PIN, "kind": "prefer"})
    first = (await client.get("/v1/wishes?limit=3")).json()
    rest = (await client.get("/v1/wishes", params={"cursor": first["next_cursor"]})).json()
    found = [wish["customer_id"] for wish in first["items"] + rest["items"]]
    assert found == [str(customer_id(number)) for number in range(4, 8)]
    assert rest["next_cursor"] is None
    assert (await client.get("/v1/wishes?cursor=nonsense")).status_code == 422
