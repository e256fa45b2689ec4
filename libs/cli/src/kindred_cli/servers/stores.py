"""The jar store as the settings have it."""

from collections.abc import Callable

from kindred_cli.servers.kafka_jars import JarStore, locked_jars
from kindred_cli.settings import CacheSettings


def kafka_classpath(
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> str:
    """Fetches the broker's jars if need be and gives their class path."""
    settings = CacheSettings()
    store = JarStore(settings.folder / "jars", repository=settings.maven_repository)
    return store.classpath(locked_jars(), progress)
