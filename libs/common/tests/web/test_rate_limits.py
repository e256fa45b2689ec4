from datetime import timedelta

import pytest
from fastapi import APIRouter, Request

from kindred_common.testing.clocks import FakeClock
from kindred_common.testing.sites import Site
from kindred_common.web.context import PublicLimits
from kindred_common.web.rate_limits import TokenBuckets, client_key
from kindred_common.web.routing import public_router


def pages() -> APIRouter:
    router = public_router("/p")

    @router.get("/{token}")
    async def page(token: str) -> str:
        return token

    return router


def test_a_bucket_empties_and_fills() -> None:
    clock = FakeClock()
    buckets = TokenBuckets(clock, burst=2, per_second=0.5)

    assert [buckets.take("a") for _ in range(3)] == [0, 0, 2.0]
    assert buckets.take("b") == 0
    clock.advance(timedelta(seconds=2))
    assert [buckets.take("a") for _ in range(2)] == [0, 2.0]
    clock.advance(timedelta(hours=1))
    assert [buckets.take("a") for _ in range(3)] == [0, 0, 2.0]


def test_the_longest_unused_are_forgotten() -> None:
    buckets = TokenBuckets(FakeClock(), burst=1, per_second=1, most_keys=2)
    for key in ("a", "b", "a", "c"):
        buckets.take(key)

    assert buckets.take("a") > 0
    assert buckets.take("b") == 0


async def test_one_client_cannot_try_many_links(site: Site) -> None:
    limits = PublicLimits(client_burst=3, client_per_second=1, link_burst=100)
    async with site.client(pages(), public_limits=limits) as client:
        statuses = [(await client.get(f"/p/{number}")).status_code for number in range(4)]
        refused = await client.get("/p/5")
        text = (await client.get("/metrics")).text
        site.clock.advance(timedelta(seconds=1))
        later = await client.get("/p/6")

    assert statuses == [200, 200, 200, 429]
    assert refused.headers["retry-after"] == "2"
    assert later.status_code == 200
    assert 'kindred_http_rate_limited_total{route="/p/{token}"} 2.0' in text


async def test_one_link_cannot_be_called_all_the_time(site: Site) -> None:
    limits = PublicLimits(client_burst=100, link_burst=2, link_per_second=1)
    async with site.client(pages(), public_limits=limits) as client:
        statuses = [(await client.get("/p/one")).status_code for _ in range(3)]
        other = await client.get("/p/two")

    assert statuses == [200, 200, 429]
    assert other.status_code == 200


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("testclient", "testclient"),
    ],
)
def test_a_client_is_an_address_or_an_ipv6_network(address: str, key: str) -> None:
    assert client_key(Request({"type": "http", "client": (address, 1)})) == key
