"""The jars of the broker: named and hashed in kafka_jars.lock, fetched once, checked at each start."""

import hashlib
import os
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import requests
from jgo.maven import MavenContext

from kindred_cli.servers.errors import ServerError

ENDPOINT = "org.apache.kafka:kafka_2.13:4.1.1+org.slf4j:slf4j-simple:1.7.36"
TRIES = 4


@dataclass(frozen=True, slots=True)
class Jar:
    """One file of the lock: `group:artifact:version` and the SHA-256 of its bytes."""

    coordinate: str
    sha256: str

    @property
    def file_name(self) -> str:
        _, artifact, version = self.coordinate.split(":")
        return f"{artifact}-{version}.jar"


def locked_jars() -> list[Jar]:
    """The committed list."""
    lines = files("kindred_cli.servers").joinpath("kafka_jars.lock").read_text().splitlines()
    return [Jar(*line.split()) for line in lines if line and not line.startswith("#")]


class JarStore:
    """A folder of checked jars, shared by all clones of one user.

    `repository` replaces Maven Central, for machines that must use a mirror of their own.
    """

    def __init__(
        self, folder: Path, *, repository: str | None = None, offline: bool = False
    ) -> None:
        self._folder = folder
        self._remotes = {"mirror": repository} if repository else None
        self._offline = offline

    def classpath(
        self, jars: list[Jar], progress: Callable[[int, int], None] = lambda _done, _all: None
    ) -> str:
        """Fetches what is missing and gives the Java class path.

        `progress` is told how many of how many files are in place.

        Raises:
            ServerError: a jar cannot be had, or is not the one that was locked.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        missing = [jar for jar in jars if not self._is_good(jar)]
        present = len(jars) - len(missing)
        with ThreadPoolExecutor(max_workers=4) as workers:
            for done, _ in enumerate(workers.map(self._fetch, missing), start=1):
                progress(present + done, len(jars))
        return os.pathsep.join(str(self._folder / jar.file_name) for jar in jars)

    def _is_good(self, jar: Jar) -> bool:
        path = self._folder / jar.file_name
        return path.exists() and digest(path) == jar.sha256

    def _fetch(self, jar: Jar) -> None:
        with tempfile.TemporaryDirectory(dir=self._folder, prefix=".fetch-") as scratch:
            fetched = self._download(jar, Path(scratch))
            if digest(fetched) != jar.sha256:
                raise ServerError(
                    f"{jar.file_name} is not the file that was locked: its hash differs"
                )
            fetched.replace(self._folder / jar.file_name)

    def _download(self, jar: Jar, scratch: Path) -> Path:
        group, artifact, version = jar.coordinate.split(":")
        context = MavenContext(
            repo_cache=scratch, remote_repos=self._remotes, timeout=60, offline=self._offline
        )
        problem = "not tried"
        for _ in range(TRIES):
            try:
                path: Path = (
                    context.project(group, artifact).at_version(version).artifact().resolve()
                )
            except (requests.RequestException, RuntimeError, OSError) as error:
                problem = str(error)
            else:
                return path
        raise ServerError(f"{jar.file_name} cannot be fetched: {problem}")


def digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
