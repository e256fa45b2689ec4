from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import pytest
from fastapi import APIRouter
from hypothesis import given
from hypothesis import strategies as st

from kindred_common.testing.sites import Site
from kindred_common.web.paging import (
    DEFAULT_LIMIT,
    Cursor,
    Limit,
    Page,
    Part,
    after,
    after_two,
    cut,
    decode_cursor,
    encode_cursor,
    identity,
    moment,
    row_number,
    words,
)
from kindred_common.web.problems import Problem

PARTS = st.one_of(st.none(), st.text(max_size=20), st.integers(), st.floats(allow_nan=False))


@given(st.lists(PARTS, min_size=1, max_size=4))
def test_a_cursor_keeps_its_place(key: list[str | float | None]) -> None:
    assert decode_cursor(encode_cursor(*key), len(key)) == tuple(key)


@given(st.text(max_size=50))
def test_a_cursor_from_elsewhere_is_refused(text: str) -> None:
    with pytest.raises(Problem) as raised:
        decode_cursor(text, 2)

    assert raised.value.status_code == 422


@pytest.mark.parametrize(
    "key", [b"[1]", b"[1, 2, 3]", b"{}", b"[[], 1]", b"[true, 1]", b"[" * 2000]
)
def test_a_cursor_of_another_shape_is_refused(key: bytes) -> None:
    with pytest.raises(Problem):
        decode_cursor(urlsafe_b64encode(key).decode(), 2)


MOMENT = datetime.fromisoformat("2026-03-02T09:00:00+01:00")
ID = UUID(int=7)


def test_places_come_back_as_what_they_were() -> None:
    assert after(None, identity) is None
    assert after_two(None, moment, identity) is None
    assert after(encode_cursor(str(ID)), identity) == ID
    assert after(encode_cursor(12), row_number) == 12
    assert after_two(encode_cursor(MOMENT.isoformat(), str(ID)), moment, identity) == (MOMENT, ID)
    assert after_two(encode_cursor("Jansen", 3), words, row_number) == ("Jansen", 3)


@pytest.mark.parametrize(
    ("part", "read"),
    [
        ("nobody", identity),
        (None, identity),
        (-1, row_number),
        (2**63, row_number),
        (1.5, row_number),
        ("", row_number),
        ("1", row_number),
        ("2026-03-02T09:00:00", moment),
        ("later", moment),
        ("a\x00b", words),
    ],
)
def test_a_place_that_cannot_be_is_refused(part: Part, read: Callable[[Part], object]) -> None:
    with pytest.raises(Problem) as raised:
        after(encode_cursor(part), read)
    assert raised.value.status_code == 422
    for cursor, readers in (
        (encode_cursor(part, str(ID)), (read, identity)),
        (encode_cursor(str(ID), part), (identity, read)),
    ):
        with pytest.raises(Problem):
            after_two(cursor, *readers)


def routes() -> APIRouter:
    router = APIRouter(prefix="/v1")
    numbers = list(range(130))

    @router.get("/numbers")
    async def page(limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None) -> Page[int]:
        seen = after(cursor, row_number)
        rest = numbers if seen is None else [number for number in numbers if number > seen]
        found, last = cut(rest[: limit + 1], limit)
        return Page(items=list(found), next_cursor=None if last is None else encode_cursor(last))

    return router


async def test_pages_follow_each_other_to_the_end(site: Site) -> None:
    seen: list[int] = []
    sizes: list[int] = []
    async with site.client(routes()) as client:
        cursor: str | None = None
        while cursor is not None or not sizes:
            query = {"cursor": cursor} if cursor else {}
            page = (await client.get("/v1/numbers", params=query, headers=site.signed_in())).json()
            seen += page["items"]
            sizes.append(len(page["items"]))
            cursor = page["next_cursor"]

    assert seen == list(range(130))
    assert sizes == [50, 50, 30]


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "cursor=!!"])
async def test_pages_have_limits(site: Site, query: str) -> None:
    async with site.client(routes()) as client:
        answer = await client.get(f"/v1/numbers?{query}", headers=site.signed_in())

    assert answer.status_code == 422
