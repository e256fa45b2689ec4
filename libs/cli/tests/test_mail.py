import asyncio
import smtplib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path

import httpx
import pytest

from kindred_cli.launcher.addresses import Addresses
from kindred_cli.launcher.home import Home
from kindred_cli.launcher.infrastructure import mail
from kindred_cli.launcher.mail_pages import mail_pages
from kindred_cli.servers.machine import HOST
from kindred_common.testing.ports import free_port


@dataclass(frozen=True)
class OwnPorts(Addresses):
    mail: int = field(default_factory=free_port)
    pages: int = field(default_factory=free_port)

    @property
    def smtp(self) -> int:
        return self.mail

    @property
    def mail_pages(self) -> int:
        return self.pages


@pytest.fixture
async def addresses(tmp_path: Path) -> AsyncIterator[Addresses]:
    ports = OwnPorts()
    async with mail(Home(tmp_path), ports):
        yield ports


def invitation(subject: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = "anna@kindred.example", "björn@customer.example"
    message["Subject"] = subject
    message.set_content("Komt u ook?")
    message.add_alternative("<p>Komt u <b>ook</b>?<script>alert(1)</script>", subtype="html")
    message.add_attachment("BEGIN:VCALENDAR", subtype="calendar", filename="invite.ics")
    return message


def send(port: int, message: EmailMessage) -> None:
    with smtplib.SMTP(HOST, port) as server:
        server.send_message(message)


async def test_a_mail_is_kept_and_shown(addresses: Addresses, tmp_path: Path) -> None:
    await asyncio.to_thread(send, addresses.smtp, invitation("Eerste <b>"))
    await asyncio.to_thread(send, addresses.smtp, invitation("Tweede"))
    assert [path.name for path in sorted((tmp_path / "mail").iterdir())] == [
        "000001.eml",
        "000002.eml",
    ]
    async with httpx.AsyncClient(base_url=f"http://{HOST}:{addresses.mail_pages}") as client:
        listing = (await client.get("/")).text
        assert listing.index("Tweede") < listing.index("Eerste &lt;b&gt;")
        page = (await client.get("/mails/000001")).text
        assert "Komt u ook?" in page
        assert "invite.ics" in page
        html = await client.get("/mails/000001/html")
        assert "script" in html.text
        assert html.headers["content-security-policy"].startswith("sandbox allow-popups ")
        assert "default-src 'none'" in html.headers["content-security-policy"]
        assert b"VCALENDAR" in (await client.get("/mails/000002/source")).content


async def test_the_numbers_go_on_after_a_restart(tmp_path: Path) -> None:
    for number in (1, 2):
        ports = OwnPorts()
        async with mail(Home(tmp_path), ports):
            await asyncio.to_thread(send, ports.smtp, invitation(f"number {number}"))
    assert len(list((tmp_path / "mail").glob("*.eml"))) == 2


@pytest.mark.parametrize("name", ["999999", "..%2Fsecret", "x"])
async def test_nothing_but_mails_can_be_read(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "mail"
    folder.mkdir()
    (tmp_path / "secret.eml").write_text("Subject: secret\n\n")
    transport = httpx.ASGITransport(mail_pages(folder))
    async with httpx.AsyncClient(transport=transport, base_url=f"http://{HOST}") as client:
        assert (await client.get(f"/mails/{name}")).status_code == 404


async def test_a_page_elsewhere_cannot_read_along_by_a_name_of_its_own(tmp_path: Path) -> None:
    transport = httpx.ASGITransport(mail_pages(tmp_path))
    async with httpx.AsyncClient(transport=transport, base_url="http://evil.example") as client:
        assert (await client.get("/")).status_code == 400
