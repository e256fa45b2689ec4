import hashlib
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from kindred_cli.servers.errors import ServerError
from kindred_cli.servers.kafka_jars import Jar, JarStore, locked_jars

CONTENT = b"the bytes of a jar"
JAR = Jar("org.example:thing:1.0", hashlib.sha256(CONTENT).hexdigest())


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[str]:
    folder = tmp_path / "repository" / "org/example/thing/1.0"
    folder.mkdir(parents=True)
    (folder / "thing-1.0.jar").write_bytes(CONTENT)
    handler = partial(QuietHandler, directory=str(tmp_path / "repository"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_fetches_once_and_then_needs_no_network(tmp_path: Path, repository: str) -> None:
    told: list[tuple[int, int]] = []
    first = JarStore(tmp_path / "jars", repository=repository)
    path = first.classpath([JAR], lambda done, total: told.append((done, total)))
    assert Path(path).read_bytes() == CONTENT
    assert told == [(1, 1)]
    assert JarStore(tmp_path / "jars", offline=True).classpath([JAR]) == path


def test_refuses_a_jar_that_is_not_the_locked_one(tmp_path: Path, repository: str) -> None:
    other = Jar(JAR.coordinate, "0" * 64)
    with pytest.raises(ServerError, match=r"^thing-1\.0\.jar is not the file that was locked"):
        JarStore(tmp_path / "jars", repository=repository).classpath([other])
    assert list((tmp_path / "jars").iterdir()) == []


def test_replaces_a_damaged_jar(tmp_path: Path, repository: str) -> None:
    store = JarStore(tmp_path / "jars", repository=repository)
    path = Path(store.classpath([JAR]))
    path.write_bytes(CONTENT[:5])
    assert Path(store.classpath([JAR])).read_bytes() == CONTENT


def test_says_what_cannot_be_fetched(tmp_path: Path, repository: str) -> None:
    missing = Jar("org.example:absent:2.0", "0" * 64)
    with pytest.raises(ServerError, match=r"^absent-2\.0\.jar cannot be fetched"):
        JarStore(tmp_path / "jars", repository=repository).classpath([missing])


def test_the_lock_names_one_broker_version_and_no_place() -> None:
    jars = locked_jars()
    versions = {
        jar.coordinate.split(":")[2] for jar in jars if "org.apache.kafka" in jar.coordinate
    }
    assert versions == {"4.1.1"}
    assert all(len(jar.sha256) == 64 and "/" not in jar.coordinate for jar in jars)
