"""Hands mails to a mail server, and knows at each step what a failure means."""

import contextlib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from aiosmtplib import SMTP
from aiosmtplib.errors import SMTPDataError, SMTPException, SMTPRecipientRefused

from kindred_outreach.adapters.mailboxes import NotAnAddress
from kindred_outreach.application.ports import HandOver
from kindred_outreach.domain.deliveries import Delivery
from kindred_outreach.domain.letters import Mail

PERMANENT = range(500, 600)
TEMPORARY = range(400, 500)
GOODBYE_SECONDS = 1.0

Compose = Callable[[Mail], bytes]


@dataclass(frozen=True, slots=True)
class Connection:
    """How to reach the mail server; ``security`` is none, starttls or tls; seconds are for each answer."""

    host: str
    port: int
    security: str
    tls_ca: Path | None
    username: str | None
    password: str | None
    timeout_seconds: float


class SmtpServer:
    """One mail a connection: what a broken connection means is then known for each mail."""

    def __init__(self, connection: Connection, sender_address: str, compose: Compose) -> None:
        self._connection = connection
        self._sender_address = sender_address
        self._compose = compose

    async def deliver(self, mail: Mail, hand_over: HandOver) -> Delivery:
        try:
            content = self._compose(mail)
        except NotAnAddress:
            return Delivery.NO_SUCH_ADDRESS
        client = self._client()
        try:
            await client.connect()
        except (SMTPException, OSError):
            client.close()
            return Delivery.UNREACHABLE
        try:
            return await self._transfer(client, mail, content, hand_over)
        finally:
            await _part(client)

    def _client(self) -> SMTP:
        reach = self._connection
        return SMTP(
            hostname=reach.host,
            port=reach.port,
            timeout=reach.timeout_seconds,
            use_tls=reach.security == "tls",
            start_tls=reach.security == "starttls",
            username=reach.username,
            password=reach.password,
            tls_context=None if reach.security == "none" else _tls(reach.tls_ca),
        )

    async def _transfer(
        self, client: SMTP, mail: Mail, content: bytes, hand_over: HandOver
    ) -> Delivery:
        refusal = await self._announce(client, mail.to_address)
        if refusal is not None:
            return refusal
        if not await hand_over():
            return Delivery.LOST
        return await _hand(client, content)

    async def _announce(self, client: SMTP, address: str) -> Delivery | None:
        """Names sender and recipient; nothing has been handed over when this fails."""
        foreign = not address.isascii()
        if foreign and not client.supports_extension("smtputf8"):
            return Delivery.REFUSED
        encoding = "utf-8" if foreign else "ascii"
        options = ["SMTPUTF8"] if foreign else []
        try:
            await client.mail(self._sender_address, options=options, encoding=encoding)
            await client.rcpt(address, encoding=encoding)
        except SMTPRecipientRefused as refusal:
            permanent = refusal.code in PERMANENT
            return Delivery.NO_SUCH_ADDRESS if permanent else Delivery.PUT_OFF
        except (SMTPException, OSError):
            return Delivery.PUT_OFF
        return None


async def _hand(client: SMTP, content: bytes) -> Delivery:
    """The message itself. Only an answer tells that the server has it, or has it not."""
    try:
        await client.data(content)
    except SMTPDataError as refusal:
        if refusal.code in PERMANENT:
            return Delivery.REFUSED
        return Delivery.PUT_OFF if refusal.code in TEMPORARY else Delivery.UNKNOWN
    except (SMTPException, OSError):
        return Delivery.UNKNOWN
    return Delivery.ACCEPTED


async def _part(client: SMTP) -> None:
    """Says goodbye, shortly: how the attempt ended is known and waits to be written down."""
    with contextlib.suppress(SMTPException, OSError):
        await client.quit(timeout=GOODBYE_SECONDS)
    client.close()


def _tls(authority: Path | None) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(authority) if authority else None)
