from typing import Annotated

import pytest
from fastapi import APIRouter, Depends, Request
from fastapi.responses import PlainTextResponse

from kindred_common.security.principals import Principal, Role
from kindred_common.testing.sites import Site
from kindred_common.web.auth import requires
from kindred_common.web.routing import public_router, unprotected_routes

OPEN = [
    "GET /health/live",
    "GET /health/ready",
    "GET /metrics",
    "GET /openapi.json",
    "GET /static/kindred.css",
]


def things() -> APIRouter:
    router = APIRouter(prefix="/v1")

    @router.get("/mine")
    async def mine(principal: Annotated[Principal, Depends(requires(Role.VIEWER))]) -> str:
        return principal.subject

    @router.post("/things")
    async def write(
        principal: Annotated[
            Principal, Depends(requires(Role.SYSTEM, Role.VIEWER, scope="things:write"))
        ],
    ) -> str:
        return principal.subject

    @router.delete("/things")
    async def remove(
        principal: Annotated[Principal, Depends(requires(Role.SYSTEM, scope="things:delete"))],
    ) -> str:
        return principal.subject

    @router.get("/forgotten")
    async def forgotten() -> str:
        return "nobody said who may call this"

    return router


def pages() -> APIRouter:
    router = public_router("/s")

    @router.get("/{token}")
    async def page(token: str) -> str:
        return token[:2]

    return router


@pytest.mark.parametrize("path", ["/v1/mine", "/v1/forgotten"])
async def test_nothing_answers_without_credentials(site: Site, path: str) -> None:
    async with site.client(things()) as client:
        answer = await client.get(path)

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer x"},
        {"Authorization": "Basic YW5uYTphbm5h"},
        {"Authorization": "Bearer"},
        {"X-API-Key": "kindred_wrong"},
        {"X-API-Key": ""},
    ],
)
async def test_wrong_credentials_are_no_credentials(site: Site, headers: dict[str, str]) -> None:
    async with site.client(things()) as client:
        answer = await client.get("/v1/mine", headers=headers)

    assert answer.status_code == 401


async def test_a_token_and_a_key_at_once_are_refused(site: Site) -> None:
    async with site.client(things()) as client:
        both = site.signed_in() | {"X-API-Key": site.api_key}
        assert (await client.get("/v1/mine", headers=both)).status_code == 401


async def test_a_role_opens_its_routes_and_no_others(site: Site) -> None:
    async with site.client(things()) as client:
        own = await client.get("/v1/mine", headers=site.signed_in(Role.VIEWER))
        other = await client.get("/v1/mine", headers=site.signed_in(Role.ACCOUNT_MANAGER))

    assert (own.status_code, own.json()) == (200, "anna")
    assert other.status_code == 403
    assert other.json()["type"] == "urn:kindred:problem:forbidden"


async def test_a_route_that_names_no_role_still_wants_one(site: Site) -> None:
    async with site.client(things()) as client:
        token = site.issuer.issue("nobody", [])
        nobody = await client.get("/v1/forgotten", headers={"Authorization": f"Bearer {token}"})
        somebody = await client.get("/v1/forgotten", headers=site.signed_in())

    assert nobody.status_code == 403
    assert somebody.status_code == 200


async def test_a_key_opens_what_its_scopes_say(site: Site) -> None:
    headers = {"X-API-Key": site.api_key}
    async with site.client(things()) as client:
        written = await client.post("/v1/things", headers=headers)
        deleted = await client.delete("/v1/things", headers=headers)
        read = await client.get("/v1/mine", headers=headers)

    assert (written.status_code, written.json()) == (200, "api-key:crm")
    assert deleted.status_code == 403
    assert read.status_code == 403


async def test_a_token_with_scopes_is_limited_to_them(site: Site) -> None:
    limited = site.signed_in(Role.VIEWER, scopes=["things:read"])
    async with site.client(things()) as client:
        assert (await client.post("/v1/things", headers=limited)).status_code == 403
        assert (await client.post("/v1/things", headers=site.signed_in())).status_code == 200


async def test_public_routes_need_none_and_are_all_known(site: Site) -> None:
    app = site.application(things(), pages())

    assert unprotected_routes(app) == sorted([*OPEN, "GET /s/{token}"])
    async with site.client(things(), pages()) as client:
        assert (await client.get("/s/abc")).json() == "ab"


async def test_routes_added_later_are_closed_or_reported(site: Site) -> None:
    app = site.application()

    @app.get("/later")
    async def later() -> str:
        return "later"

    async def raw(_request: Request) -> PlainTextResponse:
        return PlainTextResponse("raw")

    app.add_route("/raw", raw, methods=["POST"])

    assert unprotected_routes(app) == sorted([*OPEN, "POST /raw"])
