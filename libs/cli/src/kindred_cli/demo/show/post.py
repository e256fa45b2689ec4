"""The mails that the local sink caught."""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from time import perf_counter

LOOK_EVERY = 0.02


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail and the personal page it leads to."""

    name: str
    subject: str
    page: str
    at: float


@dataclass(frozen=True, slots=True)
class Post:
    """The folder into which the sink puts each mail as a file; names sort by arrival."""

    folder: Path

    def latest(self) -> str:
        """The name of the newest mail; empty when there is none."""
        return max((path.stem for path in self.folder.glob("*.eml")), default="")

    async def letter(self, address: str, path: str, *, after: str, within: float) -> Letter | None:
        """The first mail to ``address`` after the one named that links to ``/path/...``; None when none came in time."""
        deadline = perf_counter() + within
        while perf_counter() < deadline:
            for letter in self._letters(address, path, after):
                return letter
            await asyncio.sleep(LOOK_EVERY)
        return None

    def _letters(self, address: str, path: str, after: str) -> Iterator[Letter]:
        for file in sorted(self.folder.glob("*.eml")):
            if file.stem <= after:
                continue
            mail = BytesParser(policy=default).parsebytes(file.read_bytes())
            page = _link(mail, path) if isinstance(mail, EmailMessage) else None
            if page is not None and address in str(mail["To"]):
                yield Letter(file.stem, str(mail["Subject"]), page, perf_counter())


def _link(mail: EmailMessage, path: str) -> str | None:
    body = mail.get_body(("plain",))
    found = re.search(rf"https?://\S+/{path}/[\w-]+", body.get_content()) if body else None
    return found.group(0) if found else None
