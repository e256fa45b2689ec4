from typing import Annotated

import pytest
from fastapi import APIRouter, Depends

from kindred_common.testing.sites import Site
from kindred_common.web.forms import Form, read_form
from kindred_common.web.routing import public_router


def pages() -> APIRouter:
    router = public_router("/p")

    @router.post("/{token}")
    async def answer(
        token: str, form: Annotated[Form, Depends(read_form)]
    ) -> dict[str, str | list[str]]:
        return {"token": token, "one": form.text("one"), "many": form.texts("many")}

    return router


async def test_a_form_is_read(site: Site) -> None:
    fields = {"one": "  Jan ", "many": ["a", "b"]}
    async with site.client(pages()) as client:
        answer = await client.post("/p/t", data=fields)
        parts = await client.post("/p/t", files={"one": (None, "x")})

    assert answer.json() == {"token": "t", "one": "Jan", "many": ["a", "b"]}
    assert parts.json() == {"token": "t", "one": "x", "many": []}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "same-origin", "Origin": "https://kindred.test"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://kindred.test"},
        {"Origin": "null"},
    ],
)
async def test_our_own_pages_may_send_forms(site: Site, headers: dict[str, str]) -> None:
    async with site.client(pages()) as client:
        assert (await client.post("/p/t", data={"one": "x"}, headers=headers)).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "null"},
        {"Sec-Fetch-Site": "same-site", "Origin": "https://other.kindred.test"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example.com"},
        {"Origin": "https://evil.example.com"},
        {"Origin": "https://kindred.test.evil.example.com"},
        {"Origin": "https://kindred.test:8443"},
    ],
)
async def test_other_websites_may_not(site: Site, headers: dict[str, str]) -> None:
    async with site.client(pages()) as client:
        answer = await client.post("/p/t", data={"one": "x"}, headers=headers)

    assert answer.status_code == 403


async def test_what_is_no_form_is_refused(site: Site) -> None:
    async with site.client(pages()) as client:
        assert (await client.post("/p/t", json={"one": "x"})).status_code == 415
        assert (await client.post("/p/t", files={"f": ("a.txt", b"x")})).status_code == 400
        many = {f"f{number}": "x" for number in range(501)}
        assert (await client.post("/p/t", data=many)).status_code == 400
