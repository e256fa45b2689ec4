"""Writes one batch as a client of another language may: header names of any bytes. Run with AIOKAFKA_NO_EXTENSIONS=1.

A body such as ``spaces 1000000`` becomes that many spaces, ``headers 1000`` has that many headers.
"""

import asyncio
import sys

from aiokafka import AIOKafkaProducer  # noqa: TID251 - plays another system's client

LARGEST = 2**30


class AnyBytes(str):
    """A name that is written as bytes which are no UTF-8."""

    def encode(self, *_: object) -> bytes:
        return b"\xff\x00\xfe"


def content(body: str) -> bytes:
    kind, _, count = body.partition(" ")
    return b" " * int(count) if kind == "spaces" else body.encode()


def headers_of(number: int, body: str) -> list[tuple[str, bytes | None]]:
    kind, _, count = body.partition(" ")
    if kind == "headers":
        return [("a", b"b")] * int(count)
    return [(AnyBytes("name"), b"\xff"), ("nu\x00ll", None)] if number else []


async def main(bootstrap: str, topic: str, compression: str, *bodies: str) -> None:
    kind = None if compression == "none" else compression
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap,
        compression_type=kind,
        linger_ms=200,
        acks="all",
        max_request_size=LARGEST,
        max_batch_size=LARGEST,
    )
    await producer.start()
    sent = [
        await producer.send(
            topic, content(body), b"k", partition=0, headers=headers_of(number, body)
        )
        for number, body in enumerate(bodies)
    ]
    await asyncio.gather(*sent)
    await producer.stop()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
