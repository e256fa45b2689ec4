import asyncio
from datetime import timedelta
from typing import Any

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


async def make_mira(api: World, **changes: Any) -> tuple[str, str]:
    """An account of Anna in team north, and its contact Mira."""
    made = (await api.call("POST", "/v1/accounts", json=account(**changes))).json()
    mira = await api.call("POST", "/v1/customers", json=person(account_id=made["id"]))
    assert mira.status_code == 201, mira.text
    return made["id"], mira.json()["id"]


async def test_everything_but_probes_is_closed(api: World) -> None:
    assert unprotected_routes(api.service.parts.app) == [
        "GET /health/live",
        "GET /health/ready",
        "GET /metrics",
        "GET /openapi.json",
        "GET /static/kindred.css",
    ]


async def test_a_customer_is_made_read_and_changed_by_version(api: World) -> None:
    account_id, mira = await make_mira(api)
    read = await api.call("GET", f"/v1/customers/{mira}")
    assert read.json()["account_name"] == "Noord"
    body = person(account_id=account_id, home={"latitude": 52.1, "longitude": 5.1})
    unconditional = await api.call("PUT", f"/v1/customers/{mira}", json=body)
    assert unconditional.status_code == 428
    tag = {"If-Match": read.headers["ETag"]}
    changed = await api.call("PUT", f"/v1/customers/{mira}", tag, json=body)
    assert changed.status_code == 200
    assert changed.json()["home"] == {"latitude": 52.1, "longitude": 5.1}
    assert changed.headers["ETag"] != read.headers["ETag"]
    late = await api.call("PUT", f"/v1/customers/{mira}", tag, json=body)
    assert late.status_code == 412


async def test_an_idempotency_key_makes_one_customer(api: World) -> None:
    key = {"Idempotency-Key": "one"}
    first = await api.call("POST", "/v1/customers", key, json=person())
    again = await api.call("POST", "/v1/customers", key, json=person())
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert len((await api.call("GET", "/v1/customers")).json()["items"]) == 1


async def test_the_name_in_another_system_decides_the_id(api: World) -> None:
    named = person(source="crm", external_id="C-1")
    made = await api.call("POST", "/v1/customers", json=named)
    assert made.json()["id"] == str(customer_id_of("crm", "C-1"))
    assert (await api.call("POST", "/v1/customers", json=named)).status_code == 409
    company = await api.call("POST", "/v1/accounts", json=account(source="crm", external_id="A-1"))
    assert company.json()["id"] == str(account_id_of("crm", "A-1"))


async def test_an_alias_means_the_same_customer(api: World) -> None:
    _, mira = await make_mira(api)
    name = {"source": "ticketing", "external_id": "77"}
    named = await api.call("POST", f"/v1/customers/{mira}/names", json=name)
    assert named.json()["items"] == [name]
    alias = customer_id_of("ticketing", "77")
    assert (await api.call("GET", f"/v1/customers/{alias}")).json()["id"] == mira
    _, other = await make_mira(api)
    taken = await api.call("POST", f"/v1/customers/{other}/names", json=name)
    assert taken.status_code == 409


async def test_account_managers_see_their_own_and_their_team_only(api: World) -> None:
    account_id, mira = await make_mira(api)
    anna = api.signed_in(Role.ACCOUNT_MANAGER, "anna")
    colleague = api.signed_in(Role.ACCOUNT_MANAGER, "bob", ["north"])
    stranger = api.signed_in(Role.ACCOUNT_MANAGER, "carl", ["south"])
    paths = [
        f"/v1/customers/{mira}",
        f"/v1/customers/{mira}/profile",
        f"/v1/customers/{mira}/timeline",
        f"/v1/customers/{mira}/names",
        f"/v1/accounts/{account_id}",
    ]
    for who, status in ((anna, 200), (colleague, 200), (stranger, 404)):
        for path in paths:
            assert (await api.call("GET", path, who)).status_code == status, path
    for who, seen in ((anna, 1), (colleague, 1), (stranger, 0)):
        for path in ("/v1/customers", "/v1/accounts", f"/v1/customers?account_id={account_id}"):
            assert len((await api.call("GET", path, who)).json()["items"]) == seen, path


async def test_account_managers_cannot_write_what_they_cannot_see(api: World) -> None:
    account_id, mira = await make_mira(api)
    stranger = api.signed_in(Role.ACCOUNT_MANAGER, "carl", ["south"])
    body = person(account_id=account_id)
    tag = {"If-Match": '"1"', **stranger}
    consent = {"purpose": "all", "state": "objected", "channel": "phone"}
    name = {"source": "x", "external_id": "1"}
    denied = [
        await api.call("POST", "/v1/customers", stranger, json=body),
        await api.call("POST", "/v1/customers", stranger, json=person()),
        await api.call("PUT", f"/v1/customers/{mira}", tag, json=body),
        await api.call("POST", f"/v1/customers/{mira}/consents", stranger, json=consent),
        await api.call("POST", f"/v1/customers/{mira}/names", stranger, json=name),
    ]
    assert [answer.status_code for answer in denied] == [404] * 5
    assert (await api.call("POST", "/v1/accounts", stranger, json=account())).status_code == 403
    viewer = api.signed_in(Role.VIEWER, "vera")
    assert (await api.call("POST", "/v1/customers", viewer, json=person())).status_code == 403


async def test_an_account_manager_cannot_move_a_customer_out_of_his_sight(api: World) -> None:
    account_id, mira = await make_mira(api)
    south, _ = await make_mira(api, account_manager_id="carl", team="south")
    anna = {**api.signed_in(Role.ACCOUNT_MANAGER, "anna"), "If-Match": '"1"'}
    for target in (south, None, MISSING):
        moved = await api.call("PUT", f"/v1/customers/{mira}", anna, json=person(account_id=target))
        assert moved.status_code == 404
    stays = await api.call(
        "PUT", f"/v1/customers/{mira}", anna, json=person(account_id=account_id, formal=False)
    )
    assert stays.status_code == 200


async def test_a_consent_changes_the_profile_and_is_published(api: World) -> None:
    _, mira = await make_mira(api)
    before = await api.call("GET", f"/v1/customers/{mira}/profile")
    assert before.json()["profile"]["may_be_invited"]
    consent = {"purpose": "invitations", "state": "objected", "channel": "phone"}
    taken = await api.call("POST", f"/v1/customers/{mira}/consents", json=consent)
    assert taken.status_code == 201
    profile = (await api.call("GET", f"/v1/customers/{mira}/profile")).json()["profile"]
    assert (profile["may_be_invited"], profile["objected"], profile["version"]) == (False, True, 2)
    published = await api.rows("SELECT topic FROM outbox ORDER BY id")
    assert [row.topic for row in published][-2:] == ["customer-profiles", "consent-records"]
    line = (await api.call("GET", f"/v1/customers/{mira}/timeline?kind=consent")).json()["items"]
    assert line[0]["choice"] == "objected"
    assert line[0]["detail"]["taken_by"] == "ada"


async def test_a_consent_in_the_future_counts_from_now(api: World) -> None:
    _, mira = await make_mira(api)
    later = (api.clock.now() + timedelta(days=400)).isoformat()
    consent = {"purpose": "all", "state": "granted", "channel": "web", "stated_at": later}
    taken = await api.call("POST", f"/v1/customers/{mira}/consents", json=consent)
    assert taken.json()["stated_at"] < later


async def test_lists_and_time_lines_come_in_pages(api: World) -> None:
    account_id, mira = await make_mira(api)
    for number in range(4):
        body = person(account_id=account_id, given_name=f"P{number}")
        await api.call("POST", "/v1/customers", json=body)
        consent = {"purpose": "surveys", "state": "granted", "channel": f"c{number}"}
        await api.call("POST", f"/v1/customers/{mira}/consents", json=consent)
        api.clock.leap(timedelta(minutes=1))
    for path, count in (("/v1/customers", 5), (f"/v1/customers/{mira}/timeline", 5)):
        seen: list[Any] = []
        cursor: str | None = ""
        while cursor is not None:
            query = f"?limit=2&cursor={cursor}" if cursor else "?limit=2"
            page = (await api.call("GET", path + query)).json()
            seen += page["items"]
            cursor = page["next_cursor"]
        assert len(seen) == count
        assert len({str(item) for item in seen}) == count


async def test_reading_personal_data_is_noted(api: World) -> None:
    _, mira = await make_mira(api)
    anna = api.signed_in(Role.ACCOUNT_MANAGER, "anna")
    await api.call("GET", f"/v1/customers/{mira}", anna)
    await api.call("GET", f"/v1/customers/{mira}/timeline", anna)
    await api.call("GET", "/v1/customers", anna)
    noted = await api.rows(
        "SELECT action, subject_id FROM audit_log WHERE actor = 'anna' ORDER BY at, id"
    )
    assert [tuple(row) for row in noted] == [
        ("customer.read", mira),
        ("timeline.read", mira),
        ("customer.list", mira),
    ]


async def test_an_account_is_changed_by_version_and_its_customers_follow(api: World) -> None:
    account_id, mira = await make_mira(api)
    tag = {"If-Match": '"1"'}
    body = account(public_sector=True, name="Nieuw Noord")
    changed = await api.call("PUT", f"/v1/accounts/{account_id}", tag, json=body)
    assert changed.json()["name"] == "Nieuw Noord"
    assert (await api.call("PUT", f"/v1/accounts/{account_id}", tag, json=body)).status_code == 412
    profile = (await api.call("GET", f"/v1/customers/{mira}/profile")).json()["profile"]
    assert profile["public_sector"]
    assert profile["norm"] == {"max_value": 0, "business_only": True, "stated_by": "crm"}


async def test_wrong_requests_are_told_what_is_wrong(api: World) -> None:
    assert (await api.call("GET", f"/v1/customers/{MISSING}")).status_code == 404
    assert (await api.call("GET", "/v1/customers?cursor=nonsense")).status_code == 422
    nobody = await api.call("POST", "/v1/customers", json=person(account_id=MISSING))
    assert nobody.status_code == 404
    assert nobody.json()["type"].endswith("unknown-account")
    wrong = await api.call("POST", "/v1/customers", json=person(email="no address"))
    assert wrong.json()["errors"][0]["field"] == "body.email"
    assert "no address" not in wrong.text


async def test_concurrent_makers_of_one_customer_make_one(api: World) -> None:
    named = person(source="crm", external_id=str(new_id()))
    answers = await asyncio.gather(
        *(api.call("POST", "/v1/customers", json=named) for _ in range(8))
    )
    assert sorted(a.status_code for a in answers) == [201] + [409] * 7
    made = await api.rows("SELECT count(*) AS n FROM customer")
    assert made[0].n == 1


async def test_the_document_describes_every_route(api: World) -> None:
    document = (await api.call("GET", "/openapi.json")).json()
    assert "/v1/customers/{customer_id}/profile" in document["paths"]
    for path, operations in document["paths"].items():
        for operation in operations.values():
            assert operation.get("summary"), path
