"""Two systems for all end-to-end tests: an empty one with a mail server, and what `kindred up` starts.

Both end with the last of these tests: a system that has nothing to do still takes half a core.
"""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path

import pytest
import pytest_asyncio
from tests.e2e.launched import Launched, launched
from tests.system import Part, System, running_parts

from kindred_cli.launcher.mail_sink import MailSink
from kindred_cli.local_system import LocalSystem
from kindred_common.contracts.vocabulary import Service

SERVICES = [service for service in Service if service is not Service.OUTSIDE]
AT_ONCE = {
    "KINDRED_QUIET_HOURS__ENABLED": "false",
    "KINDRED_ASK_AFTER_SECONDS": "0",
    "KINDRED_CONTACT__RELATIONSHIP_PER_WEEK": "10",
    "KINDRED_CONTACT__RELATIONSHIP_PER_MONTH": "30",
}


@dataclass(frozen=True, slots=True)
class Mailbox:
    """What the mail server was given, as files in a folder."""

    folder: Path

    def to(self, address: str) -> list[EmailMessage]:
        """The messages to an address, oldest first."""
        parser = BytesParser(policy=default)
        messages = [
            parser.parsebytes(path.read_bytes()) for path in sorted(self.folder.glob("*.eml"))
        ]
        return [m for m in messages if isinstance(m, EmailMessage) and address in str(m["To"])]


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def system(
    tmp_path_factory: pytest.TempPathFactory, kafka_classpath_on_disk: str
) -> AsyncIterator[System]:
    parts = [Part(service, "all", settings=AT_ONCE) for service in SERVICES]
    parts.append(Part(Service.PROFILE, "stream"))
    folder = tmp_path_factory.mktemp("system")
    async with running_parts(folder, kafka_classpath_on_disk, parts) as running:
        yield running


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def mailbox(system: System) -> AsyncIterator[Mailbox]:
    sink = MailSink(system.home.mail, system.addresses.smtp)
    await sink.start()
    yield Mailbox(system.home.mail)
    await sink.stop()


@pytest.fixture(scope="package")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Launched]:
    with launched(tmp_path_factory.mktemp("up"), AT_ONCE) as system:
        yield system


@pytest.fixture(scope="package")
def furnished(up: Launched) -> LocalSystem:
    """The system with the demonstration world in it, as commands in its folder find it."""
    return up.local


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """These first, for they take longest; and whether the system comes up before what is done with it."""
    here = Path(__file__).parent
    items.sort(key=lambda item: (here not in item.path.parents, item.path.name != "test_up.py"))
