import re
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from kindred_common.contracts.record import Cause
from kindred_common.security.principals import Principal, Role
from kindred_common.testing.sites import Site
from kindred_common.web.auth import requires
from kindred_common.web.routing import public_router
from kindred_common.web.tracing import cause_of

GIVEN = "01999999-aaaa-7bbb-8ccc-dddddddddddd"
TRACE = "0af7651916cd43dd8448eb211c80319c"


class Thing(BaseModel):
    id: int


def routes() -> APIRouter:
    router = APIRouter(prefix="/v1")

    @router.get("/cause")
    async def cause(cause: Annotated[Cause, Depends(cause_of)]) -> dict[str, str | None]:
        return {"id": cause.correlation_id, "trace": cause.traceparent, "by": cause.causation_id}

    @router.get("/things/{thing_id}")
    async def thing(
        thing_id: int,
        _: Annotated[Principal, Depends(requires(Role.VIEWER, scope="things:read"))],
    ) -> Thing:
        """One thing."""
        return Thing(id=thing_id)

    @router.post("/things")
    async def create(thing: Thing) -> Thing:
        return thing

    outer = APIRouter(prefix="/outer")
    outer.include_router(router)
    return outer


def pages() -> APIRouter:
    router = public_router("/p", in_schema=True)

    @router.get("/{token}")
    async def page(token: str) -> str:
        return token

    return router


async def test_a_chain_that_begins_elsewhere_goes_on(site: Site) -> None:
    sent = {"X-Correlation-Id": GIVEN, "traceparent": f"00-{TRACE}-b7ad6b7169203331-01"}
    async with site.client(routes()) as client:
        answer = await client.get("/outer/v1/cause", headers=site.signed_in() | sent)

    cause = answer.json()
    assert answer.headers["x-correlation-id"] == GIVEN
    assert cause["id"] == GIVEN
    assert cause["by"] is None
    assert re.fullmatch(rf"00-{TRACE}-[0-9a-f]{{16}}-01", cause["trace"])
    assert "b7ad6b7169203331" not in cause["trace"]


async def test_a_chain_begins_with_ids_of_our_own_when_the_given_ones_are_wrong(
    site: Site,
) -> None:
    sent = {"X-Correlation-Id": "Jan Jansen\n", "traceparent": f"00-{'0' * 32}-b7ad6b7169203331-01"}
    async with site.client(routes()) as client:
        answer = await client.get("/outer/v1/cause", headers=site.signed_in() | sent)

    cause = answer.json()
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", cause["id"])
    assert re.fullmatch(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-01", cause["trace"])


async def test_browsers_are_told_to_run_frame_and_keep_nothing(site: Site) -> None:
    async with site.client(pages()) as client:
        answers = [await client.get("/p/token"), await client.get("/nowhere")]

    for answer in answers:
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["strict-transport-security"] == "max-age=31536000"


async def test_requests_are_counted_by_route_template(site: Site) -> None:
    async with site.client(routes()) as client:
        for number in range(3):
            await client.get(f"/outer/v1/things/{number}", headers=site.signed_in())
        await client.get("/outer/v1/things/x", headers=site.signed_in())
        await client.get("/wp-admin/secret")
        await client.request("BREW", "/wp-admin")
        text = (await client.get("/metrics")).text

    counted = 'kindred_http_requests_total{method="GET",route="%s",status="%s"} %s'
    assert counted % ("/outer/v1/things/{thing_id}", 200, "3.0") in text
    assert counted % ("/outer/v1/things/{thing_id}", 422, "1.0") in text
    assert counted % ("unmatched", 404, "1.0") in text
    assert 'method="OTHER"' in text
    assert "wp-admin" not in text
    assert "BREW" not in text


async def test_probes_tell_what_the_loops_tell(site: Site) -> None:
    loop = site.context.health.loop("relay", stall_after=timedelta(seconds=30))
    async with site.client() as client:
        assert (await client.get("/health/live")).status_code == 200
        assert (await client.get("/health/ready")).status_code == 503
        loop.set_ready(True)
        assert (await client.get("/health/ready")).status_code == 200
        site.clock.advance(timedelta(seconds=31))
        assert (await client.get("/health/live")).status_code == 503
        assert (await client.get("/metrics")).status_code == 200


async def test_the_documentation_tells_credentials_and_problems(site: Site) -> None:
    async with site.client(routes(), pages()) as client:
        document = (await client.get("/openapi.json")).json()

    assert document["info"] == {"title": "Test", "version": "1.2.3"}
    assert document["security"] == [{"bearer": []}, {"apiKey": []}]
    assert set(document["components"]["securitySchemes"]) == {"bearer", "apiKey"}
    schemas = document["components"]["schemas"]
    assert "ProblemDocument" in schemas
    assert "FieldError" in schemas
    assert "HTTPValidationError" not in schemas
    assert "HTTPValidationError" not in str(document)
    post = document["paths"]["/outer/v1/things"]["post"]
    for status in ("401", "403", "422", "default"):
        assert list(post["responses"][status]["content"]) == ["application/problem+json"]
    assert [parameter["name"] for parameter in post["parameters"]] == ["Idempotency-Key"]
    thing = document["paths"]["/outer/v1/things/{thing_id}"]["get"]
    assert thing["description"] == "One thing.\n\nRoles: viewer; keys need the scope `things:read`."
    page = document["paths"]["/p/{token}"]["get"]
    assert page["security"] == []
    assert "401" not in page["responses"]
    assert "/health/live" not in document["paths"]
