import asyncio
from datetime import timedelta
from typing import Any

import pytest
from services.profile.tests.world import World

from kindred_common.clock import new_id
from kindred_common.contracts.identity import account_id_of, customer_id_of
from kindred_common.security.principals import Role
from kindred_common.web.routing import unprotected_routes

MISSING = "0198f0a0-0000-7000-8000-000000000001"


def account(**changes: Any) -> dict[str, Any]:
    return {"name": "Noord", "account_manager_id": "anna", "team": "north", **changes}


def person(**changes: Any) -> dict[str, Any]:
    return {
        "given_name": "Mira",
        "family_name": "Jansen",
        "email": "mira@example.com",
        "legal_ground": "existing_relation",
        **changes,
    }


async def make_mira(world: World, **changes: Any) -> tuple[str, str]:
    """An account of Anna in team north, and its contact Mira."""
    made = (await world.call("POST", "/v1/accounts", json=account(**changes))).json()
    mira = await world.call("POST", "/v1/customers", json=person(account_id=made["id"]))
    assert mira.status_code == 201, mira.text
    return made["id"], mira.json()["id"]


async def test_everything_but_probes_is_closed(world: World) -> None:
    assert unprotected_routes(world.service.parts.app) == [
        "GET /health/live",
        "GET /health/ready",
        "GET /metrics",
        "GET /openapi.json",
        "GET /static/kindred.css",
    ]


async def test_a_customer_is_made_read_and_changed_by_version(world: World) -> None:
    account_id, mira = await make_mira(world)
    read = await world.call("GET", f"/v1/customers/{mira}")
    assert read.json()["account_name"] == "Noord"
    body = person(account_id=account_id, home={"latitude": 52.1, "longitude": 5.1})
    unconditional = await world.call("PUT", f"/v1/customers/{mira}", json=body)
    assert unconditional.status_code == 428
    tag = {"If-Match": read.headers["ETag"]}
    changed = await world.call("PUT", f"/v1/customers/{mira}", tag, json=body)
    assert changed.status_code == 200
    assert changed.json()["home"] == {"latitude": 52.1, "longitude": 5.1}
    assert changed.headers["ETag"] != read.headers["ETag"]
    late = await world.call("PUT", f"/v1/customers/{mira}", tag, json=body)
    assert late.status_code == 412


async def test_an_idempotency_key_makes_one_customer(world: World) -> None:
    key = {"Idempotency-Key": "one"}
    first = await world.call("POST", "/v1/customers", key, json=person())
    again = await world.call("POST", "/v1/customers", key, json=person())
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert len((await world.call("GET", "/v1/customers")).json()["items"]) == 1


async def test_the_name_in_another_system_decides_the_id(world: World) -> None:
    named = person(source="crm", external_id="C-1")
    made = await world.call("POST", "/v1/customers", json=named)
    assert made.json()["id"] == str(customer_id_of("crm", "C-1"))
    assert (await world.call("POST", "/v1/customers", json=named)).status_code == 409
    company = await world.call(
        "POST", "/v1/accounts", json=account(source="crm", external_id="A-1")
    )
    assert company.json()["id"] == str(account_id_of("crm", "A-1"))


async def test_an_alias_means_the_same_customer(world: World) -> None:
    _, mira = await make_mira(world)
    name = {"source": "ticketing", "external_id": "77"}
    named = await world.call("POST", f"/v1/customers/{mira}/names", json=name)
    assert named.json()["items"] == [name]
    alias = customer_id_of("ticketing", "77")
    assert (await world.call("GET", f"/v1/customers/{alias}")).json()["id"] == mira
    _, other = await make_mira(world)
    taken = await world.call("POST", f"/v1/customers/{other}/names", json=name)
    assert taken.status_code == 409


async def test_account_managers_see_their_own_and_their_team_only(world: World) -> None:
    account_id, mira = await make_mira(world)
    anna = world.signed_in(Role.ACCOUNT_MANAGER, "anna")
    colleague = world.signed_in(Role.ACCOUNT_MANAGER, "bob", ["north"])
    stranger = world.signed_in(Role.ACCOUNT_MANAGER, "carl", ["south"])
    paths = [
        f"/v1/customers/{mira}",
        f"/v1/customers/{mira}/profile",
        f"/v1/customers/{mira}/timeline",
        f"/v1/customers/{mira}/names",
        f"/v1/accounts/{account_id}",
    ]
    for who, status in ((anna, 200), (colleague, 200), (stranger, 404)):
        for path in paths:
            assert (await world.call("GET", path, who)).status_code == status, path
    for who, seen in ((anna, 1), (colleague, 1), (stranger, 0)):
        for path in ("/v1/customers", "/v1/accounts", f"/v1/customers?account_id={account_id}"):
            assert len((await world.call("GET", path, who)).json()["items"]) == seen, path


async def test_account_managers_claim_no_name_that_another_system_may_use_later(
    world: World,
) -> None:
    account_id, mira = await make_mira(world)
    anna = world.signed_in(Role.ACCOUNT_MANAGER, "anna")
    planner = world.signed_in(Role.PROGRAMME_MANAGER, "pim")
    name = {"source": "crm", "external_id": "C-2"}
    path, body = f"/v1/customers/{mira}/names", person(account_id=account_id)
    assert (await world.call("POST", path, anna, json=name)).status_code == 403
    made = await world.call("POST", "/v1/customers", anna, json=body | name)
    assert made.status_code == 403
    assert (await world.call("GET", f"/v1/customers/{customer_id_of('crm', 'C-2')}")).is_error
    assert (await world.call("POST", "/v1/customers", anna, json=body)).status_code == 201
    assert (await world.call("POST", path, planner, json=name)).status_code == 201


async def test_account_managers_cannot_write_what_they_cannot_see(world: World) -> None:
    account_id, mira = await make_mira(world)
    stranger = world.signed_in(Role.ACCOUNT_MANAGER, "carl", ["south"])
    body = person(account_id=account_id)
    tag = {"If-Match": '"1"', **stranger}
    consent = {"purpose": "all", "state": "objected", "channel": "phone"}
    denied = [
        await world.call("POST", "/v1/customers", stranger, json=body),
        await world.call("POST", "/v1/customers", stranger, json=person()),
        await world.call("PUT", f"/v1/customers/{mira}", tag, json=body),
        await world.call("POST", f"/v1/customers/{mira}/consents", stranger, json=consent),
    ]
    assert [answer.status_code for answer in denied] == [404] * 4
    assert (await world.call("POST", "/v1/accounts", stranger, json=account())).status_code == 403
    viewer = world.signed_in(Role.VIEWER, "vera")
    assert (await world.call("POST", "/v1/customers", viewer, json=person())).status_code == 403


async def test_an_account_manager_cannot_move_a_customer_out_of_his_sight(world: World) -> None:
    account_id, mira = await make_mira(world)
    south, _ = await make_mira(world, account_manager_id="carl", team="south")
    anna = {**world.signed_in(Role.ACCOUNT_MANAGER, "anna"), "If-Match": '"1"'}
    for target in (south, None, MISSING):
        moved = await world.call(
            "PUT", f"/v1/customers/{mira}", anna, json=person(account_id=target)
        )
        assert moved.status_code == 404
    stays = await world.call(
        "PUT", f"/v1/customers/{mira}", anna, json=person(account_id=account_id, formal=False)
    )
    assert stays.status_code == 200


async def test_a_consent_changes_the_profile_and_is_published(world: World) -> None:
    _, mira = await make_mira(world)
    before = await world.call("GET", f"/v1/customers/{mira}/profile")
    assert before.json()["profile"]["may_be_invited"]
    consent = {"purpose": "invitations", "state": "objected", "channel": "phone"}
    taken = await world.call("POST", f"/v1/customers/{mira}/consents", json=consent)
    assert taken.status_code == 201
    profile = (await world.call("GET", f"/v1/customers/{mira}/profile")).json()["profile"]
    assert (profile["may_be_invited"], profile["objected"], profile["version"]) == (False, True, 2)
    published = await world.rows("SELECT topic FROM outbox ORDER BY id")
    assert [row.topic for row in published][-2:] == ["customer-profiles", "consent-records"]
    line = (await world.call("GET", f"/v1/customers/{mira}/timeline?kind=consent")).json()["items"]
    assert line[0]["choice"] == "objected"
    assert line[0]["detail"]["taken_by"] == "ada"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"formal": 1}, "formal"),
        ({"active": "true"}, "active"),
        ({"max_distance_km": "40"}, "max_distance_km"),
        ({"birth_year": "1980"}, "birth_year"),
        ({"birth_year": 1080}, "birth_year"),
        ({"norm": {"max_value": True}}, "norm.max_value"),
        ({"home": {"latitude": "52.1", "longitude": 5.1}}, "home.latitude"),
        ({"phone": 31612345678}, "phone"),
    ],
)
async def test_no_value_is_taken_for_one_of_another_kind(
    world: World, change: dict[str, Any], field: str
) -> None:
    refused = await world.call("POST", "/v1/customers", json=person(**change))
    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"
    assert [error["field"] for error in refused.json()["errors"]] == [f"body.{field}"]


async def test_a_consent_in_the_future_counts_from_now(world: World) -> None:
    _, mira = await make_mira(world)
    later = (world.clock.now() + timedelta(days=400)).isoformat()
    consent = {"purpose": "all", "state": "granted", "channel": "web", "stated_at": later}
    taken = await world.call("POST", f"/v1/customers/{mira}/consents", json=consent)
    assert taken.json()["stated_at"] < later


@pytest.mark.parametrize(
    "far_off", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00", 1917369900, "1917369900"]
)
async def test_a_consent_of_no_possible_time_is_refused(world: World, far_off: object) -> None:
    _, mira = await make_mira(world)
    consent = {"purpose": "all", "state": "granted", "channel": "web", "stated_at": far_off}
    refused = await world.call("POST", f"/v1/customers/{mira}/consents", json=consent)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "body.stated_at"


async def test_lists_and_time_lines_come_in_pages(world: World) -> None:
    account_id, mira = await make_mira(world)
    for number in range(4):
        body = person(account_id=account_id, given_name=f"P{number}")
        await world.call("POST", "/v1/customers", json=body)
        consent = {"purpose": "surveys", "state": "granted", "channel": f"c{number}"}
        await world.call("POST", f"/v1/customers/{mira}/consents", json=consent)
        world.clock.leap(timedelta(minutes=1))
    for path, count in (("/v1/customers", 5), (f"/v1/customers/{mira}/timeline", 5)):
        seen: list[Any] = []
        cursor: str | None = ""
        while cursor is not None:
            query = f"?limit=2&cursor={cursor}" if cursor else "?limit=2"
            page = (await world.call("GET", path + query)).json()
            seen += page["items"]
            cursor = page["next_cursor"]
        assert len(seen) == count
        assert len({str(item) for item in seen}) == count


async def test_reading_personal_data_is_noted(world: World) -> None:
    _, mira = await make_mira(world)
    anna = world.signed_in(Role.ACCOUNT_MANAGER, "anna")
    await world.call("GET", f"/v1/customers/{mira}", anna)
    await world.call("GET", f"/v1/customers/{mira}/timeline", anna)
    await world.call("GET", "/v1/customers", anna)
    noted = await world.rows(
        "SELECT action, subject_id FROM audit_log WHERE actor = 'anna' ORDER BY at, id"
    )
    assert [tuple(row) for row in noted] == [
        ("customer.read", mira),
        ("timeline.read", mira),
        ("customer.list", mira),
    ]


async def test_an_account_is_changed_by_version_and_its_customers_follow(world: World) -> None:
    account_id, mira = await make_mira(world)
    tag = {"If-Match": '"1"'}
    body = account(public_sector=True, name="Nieuw Noord")
    changed = await world.call("PUT", f"/v1/accounts/{account_id}", tag, json=body)
    assert changed.json()["name"] == "Nieuw Noord"
    assert (
        await world.call("PUT", f"/v1/accounts/{account_id}", tag, json=body)
    ).status_code == 412
    profile = (await world.call("GET", f"/v1/customers/{mira}/profile")).json()["profile"]
    assert profile["public_sector"]
    assert profile["norm"] == {"max_value": 0, "business_only": True, "stated_by": "crm"}


async def test_wrong_requests_are_told_what_is_wrong(world: World) -> None:
    assert (await world.call("GET", f"/v1/customers/{MISSING}")).status_code == 404
    assert (await world.call("GET", "/v1/customers?cursor=nonsense")).status_code == 422
    nobody = await world.call("POST", "/v1/customers", json=person(account_id=MISSING))
    assert nobody.status_code == 404
    assert nobody.json()["type"].endswith("unknown-account")
    wrong = await world.call("POST", "/v1/customers", json=person(email="no address"))
    assert wrong.json()["errors"][0]["field"] == "body.email"
    assert "no address" not in wrong.text


async def test_concurrent_makers_of_one_customer_make_one(world: World) -> None:
    named = person(source="crm", external_id=str(new_id()))
    answers = await asyncio.gather(
        *(world.call("POST", "/v1/customers", json=named) for _ in range(8))
    )
    assert sorted(a.status_code for a in answers) == [201] + [409] * 7
    made = await world.rows("SELECT count(*) AS n FROM customer")
    assert made[0].n == 1


async def test_the_document_describes_every_route(world: World) -> None:
    document = (await world.call("GET", "/openapi.json")).json()
    assert "/v1/customers/{customer_id}/profile" in document["paths"]
    for path, operations in document["paths"].items():
        for operation in operations.values():
            assert operation.get("summary"), path
