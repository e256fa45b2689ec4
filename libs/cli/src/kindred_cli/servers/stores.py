"""The jar store as the settings have it."""

import sys
from collections.abc import Callable

from kindred_cli.servers.errors import ServerError
from kindred_cli.servers.kafka_jars import JarStore, locked_jars
from kindred_cli.settings import CacheSettings


def kafka_classpath(
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> str:
    """Fetches the broker's jars if need be and gives their class path."""
    settings = CacheSettings()
    store = JarStore(settings.folder / "jars", repository=settings.maven_repository)
    return store.classpath(locked_jars(), progress)


def main() -> None:
    """Fetches the jars and shows how far it is."""
    try:
        kafka_classpath(
            lambda done, total: print(f"\r  {done} of {total} jars", end="", flush=True)
        )
    except ServerError as error:
        sys.exit(str(error))
    print("\r  all jars in place and checked")


if __name__ == "__main__":
    main()
