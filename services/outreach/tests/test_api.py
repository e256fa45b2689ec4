from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from services.outreach.tests.mail_server import DROP, Step, UnkindServer
from services.outreach.tests.office import ANNA, Office, mail_of, recipient, request

from kindred_common.clock import new_id
from kindred_common.contracts.profile import ConsentChanged
from kindred_common.messaging.tables import outbox
from kindred_common.security.principals import Role
from kindred_common.security.tables import audit_log
from kindred_common.web.routing import unprotected_routes
from kindred_outreach.domain.consents import Statement
from kindred_outreach.domain.deliveries import Delivery

OTHER = UUID("0199a0c8-0000-7000-8000-000000000002")


async def test_only_pages_and_probes_are_open(office: Office) -> None:
    assert unprotected_routes(office.app) == [
        "GET /health/live",
        "GET /health/ready",
        "GET /metrics",
        "GET /openapi.json",
        "GET /static/kindred.css",
        "GET /u/{token}",
        "HEAD /u/{token}",
        "POST /u/{token}",
    ]


async def test_why_not_now(office: Office) -> None:
    await office.know()
    sent, held_back = request(), request()
    await office.ask(sent)
    await office.send_next()
    await office.advance(timedelta(days=1))
    await office.ask(held_back)
    await office.send_next()

    async with office.client(Role.VIEWER) as client:
        path = f"/v1/customers/{ANNA}/contact-pressure"
        found = (await client.get(path, headers={"Accept-Language": "nl"})).json()
        listed = (await client.get("/v1/messages", params={"customer_id": str(ANNA)})).json()
        one = (await client.get(f"/v1/messages/{held_back.id}")).json()

    relationship, survey = found["classes"]
    assert relationship["allowed"] is False
    assert [finding["rule"] for finding in relationship["findings"]] == ["weekly_cap"]
    assert relationship["findings"][0]["allowed_from"] == "2026-03-09T09:00:00Z"
    assert relationship["findings"][0]["why"].startswith("De klant kreeg minder dan een week")
    assert survey["allowed"] is True
    assert len(found["moments"]) == 1
    assert [item["state"] for item in listed["items"]] == ["skipped", "sent"]
    assert one["rule"] == "weekly_cap"
    assert one["allowed_from"] == "2026-03-09T09:00:00Z"
    assert await office.told() == [("sent", None), ("skipped", "weekly_cap")]


async def test_a_skipped_message_asked_for_again_gets_a_new_chance(office: Office) -> None:
    await office.know()
    await office.ask(request(), request(occasion="concert"))
    await office.send_next()
    await office.send_next()
    await office.advance(timedelta(days=7))
    await office.ask(request(occasion="concert", now=office.clock.now()))
    assert await office.send_next() is Delivery.ACCEPTED


async def test_lists_come_in_pages(office: Office) -> None:
    await office.know()
    await office.ask(*(request() for _ in range(5)))
    seen: list[str] = []
    async with office.client(Role.VIEWER) as client:
        cursor = None
        while True:
            params = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
            page = (await client.get("/v1/messages", params=params)).json()
            seen += [item["id"] for item in page["items"]]
            cursor = page.get("next_cursor")
            if not cursor:
                break
        wrong = await client.get("/v1/messages", params={"cursor": "nonsense"})
    assert len(set(seen)) == 5
    assert wrong.status_code == 422


async def test_an_account_manager_sees_his_own_and_his_teams_customers_only(
    office: Office,
) -> None:
    await office.know(recipient(), recipient(OTHER, account_manager_id="am-2", team="south"))
    mine, other = request(manner="phone"), request(manner="phone", customer_id=OTHER)
    stranger = request(customer_id=new_id(), manner="phone")
    await office.ask(mine, other, stranger)
    for _ in range(3):
        await office.send_next()

    everyone = office.client(Role.PROGRAMME_MANAGER)
    him = office.client(Role.ACCOUNT_MANAGER, subject="am-1")
    team = office.client(Role.ACCOUNT_MANAGER, subject="am-3", teams=["south"])
    nobody = office.client(Role.ACCOUNT_MANAGER, subject="am-4", teams=["east"])
    async with everyone, him, team, nobody:
        for client, sees in ((everyone, 3), (him, 1), (team, 1), (nobody, 0)):
            assert len((await client.get("/v1/messages")).json()["items"]) == sees
        assert len((await everyone.get("/v1/tasks")).json()["items"]) == 2
        (task,) = (await him.get("/v1/tasks")).json()["items"]
        assert task["customer_name"] == "Anna Jansen"
        assert task["phone"] == "+31 6 1234"
        assert "Graag heten wij u welkom" in task["words"]
        assert (await him.get(f"/v1/messages/{mine.id}")).status_code == 200
        for path in (
            f"/v1/messages/{other.id}",
            f"/v1/messages/{stranger.id}",
            f"/v1/customers/{OTHER}/contact-pressure",
        ):
            assert (await him.get(path)).status_code == 404
        assert (await nobody.post(f"/v1/tasks/{task['id']}/done")).status_code == 404
        assert (await him.post(f"/v1/messages/{mine.id}/resend")).status_code == 403


async def test_a_task_is_done_once(office: Office) -> None:
    await office.know(recipient(email=None))
    message = request(manner="secretary")
    await office.ask(message)
    await office.send_next()
    assert await office.told() == [("task_created", None)]
    async with office.client(Role.ACCOUNT_MANAGER, subject="am-1") as client:
        (task,) = (await client.get("/v1/tasks")).json()["items"]
        first = await client.post(f"/v1/tasks/{task['id']}/done")
        second = await client.post(f"/v1/tasks/{task['id']}/done")
        left = (await client.get("/v1/tasks")).json()["items"]
        done = (await client.get("/v1/tasks", params={"done": "true"})).json()["items"]
    assert first.status_code == second.status_code == 200
    assert first.json() == second.json()
    assert first.json()["done_by"] == "am-1"
    assert (left, len(done)) == ([], 1)
    assert await office.told() == [("task_created", None), ("sent", None)]


async def test_an_operator_sends_an_uncertain_message_again(
    office: Office, mail_server: UnkindServer
) -> None:
    await office.know()
    message = request()
    await office.ask(message)
    mail_server.behave = {Step.DOT: DROP}
    await office.send_next()
    mail_server.behave = {}
    async with office.client(Role.ADMINISTRATOR) as client:
        path = f"/v1/messages/{message.id}/resend"
        key = {"Idempotency-Key": "once"}
        first = await client.post(path, headers=key)
        assert await office.send_next() is Delivery.ACCEPTED
        again = await client.post(path, headers=key)
        without = await client.post(path)
        unknown = await client.post(f"/v1/messages/{new_id()}/resend")
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json() == again.json()
    assert without.status_code == 409
    assert without.json()["type"] == "urn:kindred:problem:not-repeatable"
    assert unknown.status_code == 404
    assert await office.send_next() is None
    assert len(mail_server.taken) == 1
    acts = await office.rows(sa.select(audit_log.c.action))
    assert {row["action"] for row in acts} == {"message.resend"}


async def test_a_bounce_reported_by_the_provider(office: Office, mail_server: UnkindServer) -> None:
    await office.know()
    message = request()
    await office.ask(message)
    await office.send_next()
    header = mail_of(mail_server.taken[0])["Message-ID"]
    async with office.client(Role.SYSTEM) as provider, office.client(Role.VIEWER) as viewer:
        body = {"message_id": header, "kind": "hard", "address": "Anna@customer.example"}
        assert (await provider.post("/v1/bounces", json=body)).status_code == 204
        assert (await provider.post("/v1/bounces", json=body)).status_code == 204
        assert (await viewer.post("/v1/bounces", json=body)).status_code == 403
        unknown = body | {"message_id": str(new_id())}
        assert (await provider.post("/v1/bounces", json=unknown)).status_code == 404
        for field, value in (("message_id", "<x@y>"), ("message_id", 17), ("address", 5)):
            refused = await provider.post("/v1/bounces", json=body | {field: value})
            assert refused.status_code == 422
            assert [error["field"] for error in refused.json()["errors"]] == [f"body.{field}"]
    await office.ask(request(message_class="service", purpose="event_confirmation"))
    await office.send_next()
    assert await office.told() == [
        ("sent", None),
        ("bounced", "hard_bounce"),
        ("skipped", "suppressed"),
    ]
    async with office.client(Role.PROGRAMME_MANAGER) as client:
        lifted = await client.delete(f"/v1/customers/{ANNA}/suppression")
        twice = await client.delete(f"/v1/customers/{ANNA}/suppression")
    assert (lifted.status_code, twice.status_code) == (204, 404)
    await office.ask(request())
    assert await office.send_next() is Delivery.ACCEPTED, "the bounced one does not count"


async def test_the_third_soft_bounce_counts_as_a_hard_one(office: Office) -> None:
    await office.know()
    async with office.client(Role.SYSTEM) as provider:
        for _ in range(3):
            message = request(message_class="service", purpose="event_confirmation")
            await office.ask(message)
            assert await office.send_next() is Delivery.ACCEPTED
            body = {"message_id": str(message.id), "kind": "soft"}
            await provider.post("/v1/bounces", json=body)
            await provider.post("/v1/bounces", json=body)
    await office.ask(request())
    await office.send_next()
    assert (await office.told())[-1] == ("skipped", "suppressed")


async def test_a_complaint_is_an_objection_to_everything(office: Office) -> None:
    await office.know()
    message = request()
    await office.ask(message)
    await office.send_next()
    async with office.client(Role.SYSTEM) as provider:
        body = {"message_id": str(message.id), "kind": "complaint"}
        await provider.post("/v1/bounces", json=body)
    (record,) = await consents(office)
    assert (record.purpose, record.state) == ("all", "objected")
    await office.advance(timedelta(days=8))
    await office.ask(request())
    await office.send_next()
    assert (await office.told())[-1] == ("skipped", "objection")


async def test_status_tells_what_is_held_and_why(office: Office) -> None:
    await office.know()
    await office.ask(request())
    async with office.client(Role.VIEWER) as client:
        fresh = (await client.get("/v1/status")).json()
        office.clock.advance(timedelta(minutes=6))
        old = (await client.get("/v1/status")).json()
    assert fresh["held"] is False
    assert fresh["messages"] == {"waiting": 1}
    assert old["held"] is True
    assert {copy["topic"]: copy["age_seconds"] for copy in old["copies"]} == {
        "customer-details": 360.0,
        "consent-records": 360.0,
    }


async def test_an_older_consent_never_replaces_a_later_one(office: Office) -> None:
    async with office.stores() as stores:
        now = office.clock.now()
        await stores.consents.put(ANNA, "all", Statement("objected", now))
        await stores.consents.put(ANNA, "all", Statement("granted", now - timedelta(days=1)))
        assert (await stores.consents.of(ANNA))["all"].state == "objected"


async def test_the_document_has_examples_and_summaries(office: Office) -> None:
    async with office.client() as client:
        document = (await client.get("/openapi.json")).json()
    for operations in document["paths"].values():
        for operation in operations.values():
            assert operation.get("summary")


@pytest.mark.parametrize("path", ["/v1/messages", "/v1/tasks", "/v1/status"])
async def test_without_credentials_nothing(office: Office, path: str) -> None:
    async with office.client() as client:
        assert (await client.get(path)).status_code == 401


async def consents(office: Office) -> list[ConsentChanged]:
    rows = await office.rows(
        sa.select(outbox.c.body).where(outbox.c.topic == "consent-records").order_by(outbox.c.id)
    )
    return [ConsentChanged.from_json(row["body"]) for row in rows]
