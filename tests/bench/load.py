"""Load for an HTTP server: keep-alive connections that send prepared requests, with little work of their own.

A closed loop measures how many requests a server takes; an open loop, with a fixed rate, measures latency without hiding waits.
"""

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Request:
    """A request as bytes."""

    raw: bytes

    @classmethod
    def post(cls, path: str, body: object, headers: dict[str, str] | None = None) -> "Request":
        content = json.dumps(body).encode()
        lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        lines += [f"Content-Length: {len(content)}", "", ""]
        return cls("\r\n".join(lines).encode() + content)


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a load: requests answered with success, seconds it took, latencies in seconds."""

    answered: int
    refused: int
    seconds: float
    latencies: Sequence[float]

    @property
    def per_second(self) -> float:
        return self.answered / self.seconds


class Connection:
    """One keep-alive connection."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def ask(self, request: Request) -> int:
        """Sends a request and returns the status of the answer, whose body is read."""
        if self._reader is None or self._writer is None:
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        self._writer.write(request.raw)
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = next(
            (
                int(line.split(b":")[1])
                for line in head.lower().split(b"\r\n")
                if line.startswith(b"content-length:")
            ),
            0,
        )
        if length:
            await self._reader.readexactly(length)
        return int(head[9:12])

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()


async def closed_loop(port: int, requests: Sequence[Request], connections: int) -> Result:
    """Sends all requests as fast as the server answers, over so many connections."""
    waiting = list(reversed(requests))
    latencies: list[float] = []
    refused = 0

    async def drive() -> None:
        nonlocal refused
        connection = Connection(port)
        while waiting:
            request = waiting.pop()
            begin = time.perf_counter()
            status = await connection.ask(request)
            latencies.append(time.perf_counter() - begin)
            refused += status >= 300
        connection.close()

    begin = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(connections):
            group.create_task(drive())
    seconds = time.perf_counter() - begin
    return Result(len(requests) - refused, refused, seconds, latencies)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which ``share`` (0..1) of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
