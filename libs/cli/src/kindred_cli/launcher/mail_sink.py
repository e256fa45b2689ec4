"""A mail server that delivers nothing: it keeps each mail as a file, for development."""

import asyncio
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from kindred_cli.servers.machine import HOST

LIMIT_BYTES = 20 * 1024 * 1024


class KeepAsFile:
    """aiosmtpd handler: one `.eml` per mail, named so that they sort by arrival."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._number = len(list(folder.glob("*.eml")))

    async def handle_DATA(  # noqa: N802 - aiosmtpd gives the name
        self,
        server: SMTP,  # noqa: ARG002 - the signature is given
        session: Session,  # noqa: ARG002 - the signature is given
        envelope: Envelope,
    ) -> str:
        self._number += 1
        content = envelope.content
        bytes_ = content.encode() if isinstance(content, str) else content or b""
        draft = self._folder / f".{self._number:06}.part"
        draft.write_bytes(bytes_)
        draft.replace(self._folder / f"{self._number:06}.eml")
        return "250 OK"


class MailSink:
    """Listens on `port` of this machine while it is entered."""

    def __init__(self, folder: Path, port: int) -> None:
        self._folder = folder
        self._port = port
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        handler = KeepAsFile(self._folder)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: SMTP(handler, data_size_limit=LIMIT_BYTES, enable_SMTPUTF8=True, loop=loop),
            HOST,
            self._port,
        )

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
