import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from joserfc.jwk import ECKey, OctKey

from kindred_common.security.signing_keys import (
    InsecureKeys,
    KeysUnavailable,
    SigningKeys,
    public_keys,
)
from kindred_common.testing.clocks import FakeClock


class Provider:
    """An identity provider's key address."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.asked = 0
        self.broken = False
        self.address = ""

    def document(self) -> bytes:
        keys = [
            ECKey.generate_key("P-256").as_dict(private=False) | {"kid": name} for name in self.ids
        ]
        return json.dumps({"keys": keys}).encode()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        self.asked += 1
        body = b"" if self.broken else self.document()
        status = b"500 Broken" if self.broken else b"200 OK"
        length = str(len(body)).encode()
        writer.write(b"HTTP/1.1 %s\r\nContent-Length: %s\r\n" % (status, length))
        writer.write(b"Connection: close\r\n\r\n" + body)
        await writer.drain()
        writer.close()
        await writer.wait_closed()


@asynccontextmanager
async def providing() -> AsyncIterator[Provider]:
    provider = Provider()
    server = await asyncio.start_server(provider.answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    provider.address = f"http://127.0.0.1:{port}/keys"
    async with server:
        yield provider


async def test_a_new_key_is_fetched_but_not_more_often_than_every_30_seconds(
    clock: FakeClock,
) -> None:
    async with providing() as provider:
        provider.ids = ["one"]
        keys = SigningKeys(provider.address, clock)

        assert await keys.find("one")
        assert await keys.find("two") is None
        provider.ids = ["one", "two"]
        assert await keys.find("two") is None
        assert provider.asked == 1

        clock.advance(timedelta(seconds=30))
        assert await keys.find("two")
        assert provider.asked == 2


async def test_a_withdrawn_key_is_trusted_for_10_minutes_at_most(clock: FakeClock) -> None:
    async with providing() as provider:
        provider.ids = ["one"]
        keys = SigningKeys(provider.address, clock)
        assert await keys.find("one")
        provider.ids = ["two"]

        clock.advance(timedelta(minutes=10, seconds=1))

        assert await keys.find("one") is None


async def test_known_keys_survive_an_outage_of_the_provider(clock: FakeClock) -> None:
    async with providing() as provider:
        provider.ids = ["one"]
        keys = SigningKeys(provider.address, clock)
        assert await keys.find("one")
        provider.broken = True

        clock.advance(timedelta(minutes=11))

        assert await keys.find("one")


async def test_many_requests_at_once_ask_once(clock: FakeClock) -> None:
    async with providing() as provider:
        provider.ids = ["one"]
        keys = SigningKeys(provider.address, clock)

        found = await asyncio.gather(*(keys.find("one") for _ in range(20)))

        assert all(found)
        assert provider.asked == 1


async def test_a_provider_that_is_away_at_the_start_is_asked_again(clock: FakeClock) -> None:
    async with providing() as provider:
        provider.broken, provider.ids = True, ["one"]
        keys = SigningKeys(provider.address, clock)
        with pytest.raises(KeysUnavailable):
            await keys.find("one")
        provider.broken = False

        clock.advance(timedelta(seconds=30))

        assert await keys.find("one")


def test_a_set_with_a_private_key_is_refused() -> None:
    key = ECKey.generate_key("P-256").as_dict(private=True) | {"kid": "one"}

    with pytest.raises(InsecureKeys):
        public_keys(json.dumps({"keys": [key]}).encode())


def test_secrets_keys_without_name_and_keys_for_other_uses_are_left_out() -> None:
    good = ECKey.generate_key("P-256").as_dict(private=False)
    keys = [
        OctKey.generate_key(256).as_dict(private=False) | {"kid": "shared", "kty": "oct"},
        good,
        good | {"kid": "encryption", "use": "enc"},
        {"kty": "EC", "kid": "broken", "crv": "P-256"},
        good | {"kid": "good"},
    ]

    assert set(public_keys(json.dumps({"keys": keys}).encode())) == {"good"}


@pytest.mark.parametrize("document", [b"", b"[]", b"{}", b'{"keys": 3}', b"\xff"])
def test_what_is_no_key_set_is_refused(document: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        public_keys(document)
