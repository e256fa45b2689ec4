"""Account managers see and act on their own and their teams' customers only: every route, every list."""

from uuid import UUID

import pytest
from services.invitations.tests.house import MANAGER, House
from services.invitations.tests.test_reply_page import link_of

from kindred_common.clock import new_id
from kindred_common.security.principals import Role
from kindred_common.web.routing import unprotected_routes

STRANGER, COLLEAGUE = "manager-2", "manager-3"


async def scene(house: House) -> tuple[UUID, UUID, UUID]:
    """A customer of ours with an approved invitation to an event."""
    event, customer = await house.event(), await house.customer()
    invitation = await house.draft(customer, event)
    await house.post(f"/v1/invitations/{invitation}/approve")
    return customer, event, invitation


async def test_every_route_hides_a_strangers_customer(house: House) -> None:
    customer, event, invitation = await scene(house)
    stranger = house.token(subject=STRANGER, teams=["south"])
    acts: list[tuple[str, str, object]] = [
        ("GET", f"/v1/customers/{customer}", None),
        ("POST", f"/v1/customers/{customer}/decisions/{new_id()}/done", None),
        ("GET", f"/v1/invitations/{invitation}", None),
        ("POST", f"/v1/invitations/{invitation}/approve", None),
        ("POST", f"/v1/invitations/{invitation}/withdraw", None),
        ("POST", f"/v1/invitations/{invitation}/reply", {"accepts": True}),
        ("POST", f"/v1/invitations/{invitation}/attendance", {"attended": True}),
        ("POST", "/v1/invitations", {"customer_id": str(customer), "event_id": str(event)}),
    ]

    for method, path, body in acts:
        answer = await house.client.request(method, path, json=body, headers=stranger)
        assert answer.status_code == 404, (method, path, answer.text)
    bulk = await house.post(
        f"/v1/events/{event}/approvals", {"invitation_ids": [str(invitation)]}, stranger
    )
    assert [item["status"] for item in bulk["items"]] == [404]
    assert await house.step(invitation) == "approved"


async def test_every_list_leaves_out_a_strangers_customers(house: House) -> None:
    customer, event, _ = await scene(house)
    stranger = house.token(subject=STRANGER, teams=["south"])

    for path in (
        "/v1/customers",
        "/v1/invitations",
        f"/v1/invitations?event_id={event}",
        f"/v1/invitations?customer_id={customer}",
        "/v1/my-day",
        f"/v1/my-day?account_manager_id={MANAGER}",
        "/v1/my-day?team=true",
    ):
        assert (await house.get(path, stranger))["items"] == [], path
    found = await house.post("/v1/customers/search", {"text": "jansen"}, stranger)
    assert found["items"] == []


@pytest.mark.parametrize(
    ("role", "subject", "teams"),
    [
        (Role.ACCOUNT_MANAGER, MANAGER, []),
        (Role.ACCOUNT_MANAGER, COLLEAGUE, ["north", "west"]),
        (Role.PROGRAMME_MANAGER, "planner", []),
        (Role.ADMINISTRATOR, "root", []),
        (Role.VIEWER, "viewer", []),
        (Role.COMPLIANCE_OFFICER, "compliance", []),
    ],
)
async def test_those_who_may_see_do(
    house: House, role: Role, subject: str, teams: list[str]
) -> None:
    customer, _, invitation = await scene(house)
    headers = house.token(role, subject, teams)

    assert (await house.get(f"/v1/customers/{customer}", headers))["customer_id"] == str(customer)
    assert (await house.get(f"/v1/invitations/{invitation}", headers))["id"] == str(invitation)
    assert len((await house.get("/v1/customers", headers))["items"]) == 1
    assert len((await house.get("/v1/invitations", headers))["items"]) == 1


async def test_who_only_looks_does_not_act(house: House) -> None:
    customer, event, invitation = await scene(house)
    body = {"invitation_ids": [str(invitation)]}

    acts = {
        f"/v1/invitations/{invitation}/approve": None,
        f"/v1/invitations/{invitation}/withdraw": None,
        f"/v1/events/{event}/approvals": body,
        f"/v1/customers/{customer}/decisions/{new_id()}/done": None,
    }
    before = await house.step(invitation)

    for headers in (
        house.token(Role.VIEWER, "viewer"),
        house.token(Role.COMPLIANCE_OFFICER, "compliance"),
        house.token(scopes=["customers:read"]),
    ):
        for path, sent in acts.items():
            answer = await house.client.post(path, json=sent, headers=headers)
            assert answer.status_code == 403, path
    assert await house.step(invitation) == before


async def test_a_customer_who_changes_hands_changes_sight(house: House) -> None:
    customer, _, _ = await scene(house)

    await house.customer(customer_id=customer, account_manager_id=STRANGER, team="south")

    gone = await house.client.get(f"/v1/customers/{customer}", headers=house.manager)
    assert gone.status_code == 404
    assert await house.get(f"/v1/customers/{customer}", house.token(subject=STRANGER))


async def test_only_the_reply_page_and_the_probes_are_open(house: House) -> None:
    assert unprotected_routes(house.service.parts.app) == [
        "GET /health/live",
        "GET /health/ready",
        "GET /metrics",
        "GET /openapi.json",
        "GET /r/{token}",
        "GET /static/kindred.css",
        "HEAD /r/{token}",
        "POST /r/{token}",
    ]
    for path in ("/v1/my-day", "/v1/customers", "/v1/events", "/v1/signals", "/v1/invitations"):
        assert (await house.client.get(path)).status_code == 401


async def test_reading_personal_data_is_noted(house: House) -> None:
    customer, _, invitation = await scene(house)
    await house.get(f"/v1/customers/{customer}")
    await house.get(f"/v1/invitations/{invitation}")
    await house.get("/v1/customers")
    await house.get("/v1/my-day")
    await house.client.get(await link_of(house, invitation))

    rows = await house.rows("SELECT actor, action FROM audit_log ORDER BY at")
    noted = {row["action"] for row in rows if row["actor"] == MANAGER}
    assert noted == {
        "invitation.approve",
        "customer.read",
        "invitation.read",
        "customers.list",
        "my-day.read",
    }
