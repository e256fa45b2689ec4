"""Writes one batch as a client of another language may: header names of any bytes. Run with AIOKAFKA_NO_EXTENSIONS=1."""

import asyncio
import sys

from aiokafka import AIOKafkaProducer  # noqa: TID251 - plays another system's client


class AnyBytes(str):
    """A name that is written as bytes which are no UTF-8."""

    def encode(self, *_: object) -> bytes:
        return b"\xff\x00\xfe"


async def main(bootstrap: str, topic: str, compression: str, *bodies: str) -> None:
    kind = None if compression == "none" else compression
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap, compression_type=kind, linger_ms=200, acks="all"
    )
    await producer.start()
    headers = [(AnyBytes("name"), b"\xff"), ("nu\x00ll", None)]
    sent = [
        await producer.send(
            topic, body.encode(), b"k", partition=0, headers=headers if number else []
        )
        for number, body in enumerate(bodies)
    ]
    await asyncio.gather(*sent)
    await producer.stop()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
