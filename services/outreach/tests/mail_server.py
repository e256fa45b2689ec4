"""A mail server that misbehaves on demand, at any step of the protocol."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum


class Step(StrEnum):
    """Where in the conversation; ``DOT`` is after the whole message, before the answer to it."""

    GREETING = "greeting"
    EHLO = "ehlo"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    BODY = "body"
    DOT = "dot"
    QUIT = "quit"


DROP = "drop"
DROP_KEPT = "drop after keeping"
STALL = "stall"
HESITATE = "hesitate"


@dataclass
class UnkindServer:
    """Keeps what it took responsibility for in ``taken``.

    ``behave`` says what happens at a step: an SMTP reply, :data:`DROP`, :data:`STALL`, or at the dot
    :data:`DROP_KEPT` (the mail is kept but the answer never comes). After :data:`HESITATE` it answers when ``go_on`` is set,
    by ``after_all`` if that is given.
    """

    port: int = 0
    behave: dict[Step, str] = field(default_factory=dict)
    taken: list[bytes] = field(default_factory=list)
    reached: list[Step] = field(default_factory=list)
    stalled: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    after_all: str | None = None
    connections: int = 0

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await self._converse(reader, writer)
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not await self._answer(writer, Step.GREETING, "220 test"):
            return
        steps = {b"EHLO": Step.EHLO, b"MAIL": Step.MAIL, b"RCPT": Step.RCPT, b"QUIT": Step.QUIT}
        while line := await reader.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                if not await self._take(reader, writer):
                    return
            elif verb in steps:
                if not await self._answer(writer, steps[verb], "250 ok") or verb == b"QUIT":
                    return
            else:
                writer.write(b"502 unknown\r\n")

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        if not await self._answer(writer, Step.DATA, "354 go on"):
            return False
        if Step.DATA in self.behave:
            return True
        if self.behave.get(Step.BODY) == DROP:
            self.reached.append(Step.BODY)
            await reader.read(100)
            return False
        if self.behave.get(Step.BODY) == STALL:
            await reader.read(100)
            return await self._answer(writer, Step.BODY, "")
        content = await reader.readuntil(b"\r\n.\r\n")
        unkind = self.behave.get(Step.DOT)
        if unkind in (None, DROP_KEPT, STALL) or (unkind == HESITATE and not self.after_all):
            self.taken.append(content)
        return await self._answer(writer, Step.DOT, "250 taken")

    async def _answer(self, writer: asyncio.StreamWriter, step: Step, usual: str) -> bool:
        """Whether the conversation goes on."""
        self.reached.append(step)
        unkind = self.behave.get(step, usual)
        if unkind in (DROP, DROP_KEPT):
            return False
        if unkind == STALL:
            self.stalled.set()
            await asyncio.Event().wait()
        if unkind == HESITATE:
            self.stalled.set()
            await self.go_on.wait()
            unkind = self.after_all or usual
        writer.write(unkind.encode() + b"\r\n")
        await writer.drain()
        return True


@asynccontextmanager
async def unkind_server(port: int = 0) -> AsyncIterator[UnkindServer]:
    """The server, listening until the block ends."""
    unkind = UnkindServer()
    conversations: set[asyncio.Task[None]] = set()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        conversations.add(task)
        with suppress(asyncio.CancelledError):
            await unkind.converse(reader, writer)
        writer.close()
        conversations.discard(task)

    server = await asyncio.start_server(accept, "127.0.0.1", port)
    unkind.port = server.sockets[0].getsockname()[1]
    try:
        yield unkind
    finally:
        server.close()
        for conversation in conversations:
            conversation.cancel()
        await asyncio.gather(*conversations, return_exceptions=True)
