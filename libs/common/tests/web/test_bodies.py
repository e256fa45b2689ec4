from collections.abc import AsyncIterator
from typing import Annotated

import pytest
from fastapi import APIRouter, Body, File, Request, UploadFile

from kindred_common.testing.sites import Site
from kindred_common.web.bodies import LARGEST_PUBLIC, accepts_up_to
from kindred_common.web.context import MIB
from kindred_common.web.routing import public_router


def routes() -> APIRouter:
    router = APIRouter(prefix="/v1")

    @router.post("/small")
    async def small(text: Annotated[str, Body()]) -> int:
        return len(text)

    @router.post("/raw")
    async def raw(request: Request) -> int:
        return len(await request.body())

    @router.post("/upload")
    @accepts_up_to(3 * MIB)
    async def upload(file: Annotated[UploadFile, File()]) -> int:
        return len(await file.read())

    return router


async def in_parts(size: int) -> AsyncIterator[bytes]:
    for _ in range(size // 1024):
        yield b"x" * 1024


@pytest.mark.parametrize("path", ["/v1/small", "/v1/raw"])
async def test_a_body_of_more_than_a_mebibyte_is_refused(site: Site, path: str) -> None:
    body = b'"' + b"x" * MIB + b'"'
    async with site.client(routes()) as client:
        answer = await client.post(
            path, content=body, headers=site.signed_in() | {"Content-Type": "application/json"}
        )

    assert answer.status_code == 413
    assert answer.json()["type"] == "urn:kindred:problem:content-too-large"


async def test_a_body_that_does_not_tell_its_length_is_counted(site: Site) -> None:
    async with site.client(routes()) as client:
        headers = site.signed_in()
        fits = await client.post("/v1/raw", content=in_parts(MIB), headers=headers)
        too_long = await client.post("/v1/raw", content=in_parts(MIB + 1024), headers=headers)

    assert (fits.status_code, fits.json()) == (200, MIB)
    assert too_long.status_code == 413


async def test_a_route_may_take_uploads(site: Site) -> None:
    async with site.client(routes()) as client:
        headers = site.signed_in()
        fits = await client.post("/v1/upload", files={"file": b"x" * 2 * MIB}, headers=headers)
        too_long = await client.post("/v1/upload", files={"file": b"x" * 3 * MIB}, headers=headers)

    assert (fits.status_code, fits.json()) == (200, 2 * MIB)
    assert too_long.status_code == 413


async def test_the_limit_of_an_application_can_be_set(site: Site) -> None:
    async with site.client(routes(), body_limit=10) as client:
        answer = await client.post("/v1/raw", content=b"x" * 11, headers=site.signed_in())

    assert answer.status_code == 413


def test_no_route_takes_more_than_20_mebibytes() -> None:
    with pytest.raises(ValueError, match="20 MiB"):
        accepts_up_to(20 * MIB + 1)


async def test_nobody_without_credentials_is_listened_to(site: Site) -> None:
    """FastAPI would read and parse the body first, 20 MiB of it where uploads are taken."""
    heard = 0

    async def told() -> AsyncIterator[bytes]:
        nonlocal heard
        for _ in range(100):
            heard += 1
            yield b"x" * 1024

    async with site.client(routes()) as client:
        for path in ("/v1/small", "/v1/raw", "/v1/upload"):
            for headers in ({}, {"Authorization": "Bearer no.such.token"}):
                answer = await client.post(path, content=told(), headers=headers)
                assert answer.status_code == 401
                assert answer.headers["www-authenticate"] == 'Bearer realm="kindred"'
    assert heard == 0


async def test_nobody_without_a_role_is_listened_to(site: Site) -> None:
    token = site.issuer.issue("anna", [])
    async with site.client(routes()) as client:
        answer = await client.post(
            "/v1/small", content=b"[", headers={"Authorization": f"Bearer {token}"}
        )
    assert answer.status_code == 403


async def test_keys_that_cannot_be_read_are_not_the_clients_fault(site: Site) -> None:
    site.issuer.jwks.unlink()
    async with site.client(routes()) as client:
        answer = await client.post("/v1/small", content=b"[", headers=site.signed_in())
    assert answer.status_code == 503


async def test_the_public_may_send_less(site: Site) -> None:
    pages = public_router("/p")

    @pages.post("/{token}")
    async def page(request: Request) -> int:
        return len(await request.body())

    async with site.client(pages) as client:
        fits = await client.post("/p/x", content=b"x" * LARGEST_PUBLIC)
        too_long = await client.post("/p/x", content=in_parts(LARGEST_PUBLIC + 1024))
    assert (fits.status_code, too_long.status_code) == (200, 413)
