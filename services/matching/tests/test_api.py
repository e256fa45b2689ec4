from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from services.matching.tests.desks import TICK, Clerk, Desk
from services.matching.tests.worlds import (
    NOW,
    a_customer,
    a_step,
    an_event,
    an_interest,
    customer_id,
    event_id,
    told,
)
from sqlalchemy import text

from kindred_common.security.principals import Role
from kindred_common.testing.sites import Site, lay_out_site
from kindred_matching.adapters.postgres_readings import PostgresReadings
from kindred_matching.adapters.postgres_requests import PostgresEpochRequests
from kindred_matching.adapters.replica_process import ReplicaProcess
from kindred_matching.adapters.theme_files import read_taxonomy
from kindred_matching.entrypoints.http_engine import engine_router
from kindred_matching.entrypoints.http_epochs import epochs_router
from kindred_matching.entrypoints.http_matches import matches_router
from kindred_matching.entrypoints.wording import labels_of


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return lay_out_site(tmp_path / "keys", scopes=["matching:read"])


@pytest.fixture
async def clerk(desk: Desk) -> Clerk:
    clerk = await desk.hire()
    tastes = (an_interest("opera"), an_interest("wine", 0.2, 0.5))
    await clerk.take(
        told(an_event(1, kind="culture", themes=(("opera", 1.0), ("wine", 0.5)), seats=2)),
        told(an_event(2, starts_at=an_event(1).starts_at, seats=1, companion_allowed=True)),
        told(an_event(3, open=False)),
        told(a_customer(1, account_manager_id="anna", interests=tastes, account_value=2.0)),
        told(a_customer(2, account_manager_id="bert", team="south")),
        told(a_customer(3, account_manager_id="carl", companion_wish="partner")),
        told(a_customer(4, account_manager_id="carl", open_case=True, objected=True)),
    )
    return clerk


@pytest.fixture
async def client(desk: Desk, clerk: Clerk, site: Site) -> AsyncIterator[httpx.AsyncClient]:
    assert clerk.epoch
    replicas = ReplicaProcess(desk.database, lambda: ThreadPoolExecutor(1))
    routers = (
        matches_router(
            desk.transactions,
            lambda transaction: PostgresReadings(transaction.connection),
            replicas,
            labels_of(read_taxonomy()),
            desk.clock,
            site.context.ids,
        ),
        engine_router(
            desk.transactions,
            lambda transaction: PostgresReadings(transaction.connection),
            replicas,
            desk.clock,
        ),
        epochs_router(
            desk.transactions,
            lambda transaction: PostgresReadings(transaction.connection),
            lambda transaction: PostgresEpochRequests(transaction.connection),
            desk.clock,
            site.context.ids,
        ),
    )
    async with site.client(*routers) as client:
        client.headers.update(site.signed_in())
        yield client
    replicas.close()


async def explanation(client: httpx.AsyncClient, customer: int, event: int) -> dict[str, object]:
    path = f"/v1/customers/{customer_id(customer)}/events/{event_id(event)}/explanation"
    answer = await client.get(path)
    assert answer.status_code == 200
    body: dict[str, object] = answer.json()
    return body


async def test_an_explanation_adds_up_exactly(client: httpx.AsyncClient) -> None:
    found = await explanation(client, 1, 1)

    assert found["outcome"] == "chosen"
    assert found["in_words"]["nl"][0] == "Gekozen voor deze bijeenkomst."  # type: ignore[index]  # an object
    options = found["options"]
    assert isinstance(options, list)
    for option in options:
        parts = [part["amount"] for part in option["contributions"]]
        assert sum(parts) == sum(reversed(parts)) == option["log_odds"]
        weight = option["value"] * option["probability"] * option["fit"]
        assert option["score"] == pytest.approx(weight, abs=1e-6)
    assert "interest:opera" in {part["name"] for part in options[0]["contributions"]}


async def test_an_explanation_tells_what_stood_in_the_way(client: httpx.AsyncClient) -> None:
    assert (await explanation(client, 1, 2))["obstacles"] == ["overlap", "seats"]
    refused = await explanation(client, 4, 1)
    assert refused["outcome"] == "refused"
    assert refused["refusals"] == ["objection", "open_case"]
    assert (await explanation(client, 1, 3))["outcome"] == "cancelled"
    matched = [(await explanation(client, who, 2))["outcome"] for who in (1, 2, 3)]
    assert matched.count("chosen") == 1
    loser = [
        e for who in (2, 3) if (e := await explanation(client, who, 2))["outcome"] == "candidate"
    ]
    assert all("seats" in e["obstacles"] for e in loser)  # type: ignore[operator]  # a list


async def test_the_explanation_agrees_with_the_published_record(client: httpx.AsyncClient) -> None:
    for number in (1, 2, 3, 4):
        record = (await client.get(f"/v1/customers/{customer_id(number)}/matches")).json()
        told_outcomes = {m["event_id"]: "chosen" for m in record["matches"]}
        told_outcomes |= {c["event_id"]: "candidate" for c in record["candidates"]}
        told_outcomes |= {r["event_id"]: "refused" for r in record["refusals"]}
        for event in (1, 2):
            found = await explanation(client, number, event)
            assert found["outcome"] == told_outcomes[str(event_id(event))]
            reasons = [
                r["reasons"] for r in record["refusals"] if r["event_id"] == str(event_id(event))
            ]
            assert found["refusals"] == (reasons[0] if reasons else [])


async def test_the_guest_list_comes_in_pages_by_score(
    client: httpx.AsyncClient, clerk: Clerk
) -> None:
    await clerk.take(a_step("approved", a_customer(4), an_event(1)))
    path = f"/v1/events/{event_id(1)}/guest-list"
    whole = (await client.get(path)).json()["items"]
    assert [g["fixed"] for g in whole if g["customer_id"] == str(customer_id(4))] == [True]
    assert [g["score"] for g in whole] == sorted((g["score"] for g in whole), reverse=True)

    paged, cursor = [], None
    while True:
        parameters = {"limit": 1} | ({"cursor": cursor} if cursor else {})
        page = (await client.get(path, params=parameters)).json()
        paged += page["items"]
        if (cursor := page.get("next_cursor")) is None:
            break

    assert paged == whole
    assert (await client.get(path, params={"cursor": "nonsense"})).status_code == 422
    assert (await client.get(f"/v1/events/{UUID(int=5)}/guest-list")).status_code == 404


async def test_account_managers_see_their_own_and_their_teams_customers_only(
    client: httpx.AsyncClient, site: Site
) -> None:
    token = site.issuer.issue("anna", [Role.ACCOUNT_MANAGER], teams=["south"])
    client.headers["Authorization"] = f"Bearer {token}"
    expected = {1: 200, 2: 200, 3: 404, 4: 404, 77: 404}
    for number, status in expected.items():
        customer = f"/v1/customers/{customer_id(number)}"
        assert (await client.get(f"{customer}/matches")).status_code == status
        why = await client.get(f"{customer}/events/{event_id(1)}/explanation")
        assert why.status_code == status
    for event in (1, 2):
        guests = (await client.get(f"/v1/events/{event_id(event)}/guest-list")).json()["items"]
        assert {g["customer_id"] for g in guests} <= {str(customer_id(1)), str(customer_id(2))}


async def test_nobody_gets_in_without_credentials(client: httpx.AsyncClient) -> None:
    del client.headers["Authorization"]
    assert (await client.post("/v1/epochs")).status_code == 401
    for path in (
        "/v1/engine",
        "/v1/engine/offer",
        "/v1/epochs",
        f"/v1/customers/{customer_id(1)}/matches",
        f"/v1/customers/{customer_id(1)}/events/{event_id(1)}/explanation",
        f"/v1/events/{event_id(1)}/guest-list",
    ):
        assert (await client.get(path)).status_code == 401


async def test_reading_is_written_down(client: httpx.AsyncClient, desk: Desk) -> None:
    await client.get(f"/v1/customers/{customer_id(1)}/matches")

    async with desk.engine.begin() as connection:
        rows = (
            await connection.execute(text("SELECT actor, action, subject_id FROM audit_log"))
        ).all()
    assert [tuple(row) for row in rows] == [("anna", "matches.read", str(customer_id(1)))]


async def test_the_engine_tells_how_it_stands(client: httpx.AsyncClient) -> None:
    engine = (await client.get("/v1/engine")).json()

    assert engine["epoch"] == 1
    assert engine["journal_position"] == 9
    assert (engine["customers"], engine["events"], engine["seats"]) == (4, 2, 3)
    assert engine["seats_chosen"] == 3
    assert engine["load"] == 1.0
    assert 0 < engine["value"] <= engine["bound"]
    assert 0 <= engine["gap"] < 1
    assert engine["age_seconds"] == 0
    assert engine["ticked_at"].startswith(NOW.date().isoformat())


async def test_the_offer_tells_what_a_seat_costs(client: httpx.AsyncClient, clerk: Clerk) -> None:
    await clerk.take(*(told(a_customer(number)) for number in (5, 6, 7)))
    offer = (await client.get("/v1/engine/offer")).json()
    items = offer["items"]
    assert (offer["budget_price"], offer["shares"]) == (0.0, [])

    assert {item["event_id"] for item in items} == {str(event_id(1)), str(event_id(2))}
    assert [item["price"] for item in items] == sorted((i["price"] for i in items), reverse=True)
    scarce = next(item for item in items if item["event_id"] == str(event_id(2)))
    assert (scarce["seats"], scarce["seats_fixed"], scarce["seats_chosen"]) == (1, 0, 1)
    assert scarce["price"] > 0


async def test_administrators_ask_for_a_model_epoch_once(
    client: httpx.AsyncClient, desk: Desk, clerk: Clerk, site: Site
) -> None:
    assert (await client.post("/v1/epochs")).status_code == 403
    headers = {**site.signed_in(Role.ADMINISTRATOR), "Idempotency-Key": "tonight"}
    answers = [await client.post("/v1/epochs", headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert await desk.count("epoch_request") == 1
    before = (await client.get("/v1/epochs")).json()["items"]
    assert [(epoch["number"], epoch["begun_at"]) for epoch in before] == [(0, None)]

    await clerk.take(a_step("sent", a_customer(1), an_event(1)))
    await clerk.take(a_step("accepted", a_customer(1), an_event(1)))
    async with desk.transactions.begin() as transaction:
        await clerk.matchmaker.begin_epoch(clerk.stores(transaction), TICK)

    items = (await client.get("/v1/epochs?limit=1")).json()
    (epoch,) = items["items"]
    assert (epoch["number"], epoch["replies"], epoch["calibration"]) == (1, 0, None)
    assert {weight["term"] for weight in epoch["weights"]} >= {"base", "theme:opera", "free"}
    page = (await client.get("/v1/epochs", params={"cursor": items["next_cursor"]})).json()
    assert [(e["number"], e["replies"]) for e in page["items"]] == [(0, 1)]
    assert page["items"][0]["brier"] == pytest.approx((1 - page["items"][0]["calibration"]) ** 2)
    assert (await client.get("/v1/engine")).json()["model_epoch"] == 1
    assert (await client.get("/v1/epochs?cursor=nonsense")).status_code == 422
