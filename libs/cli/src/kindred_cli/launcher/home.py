"""The data folder of one system (`.kindred`): what the launcher keeps and the other commands read."""

import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from pathlib import Path

from kindred_cli.launcher.addresses import Addresses
from kindred_cli.servers.databases import SERVICES
from kindred_cli.servers.machine import writing_in
from kindred_common.clock import Clock, SystemClock, new_id
from kindred_common.contracts.vocabulary import Service
from kindred_common.security.local_issuer import LocalIssuer
from kindred_common.security.settings import SecuritySettings
from kindred_common.whole_files import drafted


@dataclass(frozen=True, slots=True)
class Home:
    """Paths and secrets under one folder."""

    folder: Path

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    @property
    def mail(self) -> Path:
        return self.folder / "mail"

    def issuer(self, clock: Clock | None = None) -> LocalIssuer:
        """Signs tokens for this system; makes its key on first use.

        Raises:
            ServerError: there is no key yet, and it cannot be written.
        """
        settings = SecuritySettings()
        with writing_in(self.folder):
            return LocalIssuer(
                self.folder / "issuer",
                issuer=settings.issuer,
                audience=settings.audience,
                clock=clock or SystemClock(),
                ids=new_id,
            )

    def passwords(self) -> dict[Service, str]:
        """The database password of each service's role, derived from one secret of this folder.

        Raises:
            ServerError: there is none yet, and it cannot be written.
        """
        secret = self._secret()
        return {
            service: hmac.new(secret, service.encode(), hashlib.sha256).hexdigest()
            for service in SERVICES
        }

    def remember(self, addresses: Addresses) -> None:
        """Lets commands in other terminals find the running system.

        Raises:
            ServerError: it cannot be written; what was known before stays.
        """
        with writing_in(self.folder):
            told = json.dumps({"base_port": addresses.base_port})
            _write_whole(self._addresses, told.encode())

    def addresses(self) -> Addresses:
        """Where the system listens, or listened when it last ran."""
        if not self._addresses.exists():
            return Addresses()
        return Addresses(base_port=int(json.loads(self._addresses.read_text())["base_port"]))

    @property
    def _addresses(self) -> Path:
        return self.folder / "addresses.json"

    def _secret(self) -> bytes:
        file = self.folder / "secret"
        # An empty one is what a full disk has left of it.
        if not file.exists() or not file.stat().st_size:
            with writing_in(self.folder):
                _write_whole(file, secrets.token_bytes(32))
        return file.read_bytes()


def _write_whole(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with drafted(file, content) as draft:
        draft.replace(file)
