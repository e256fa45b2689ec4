"""One launcher per data folder. `python -m kindred_cli.launcher.lock FOLDER` fails while one is running."""

import fcntl
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from kindred_cli.servers.errors import ServerError
from kindred_cli.servers.machine import writing_in


@contextmanager
def only_launcher(folder: Path) -> Iterator[None]:
    """Holds the folder. The kernel lets go when this process ends, however it ends.

    Raises:
        ServerError: another launcher runs on it, or it cannot be made.
    """
    with writing_in(folder):
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / "lock").open("ab+", buffering=0)
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            holder = file.read().decode().strip()
            raise ServerError(
                f"Kindred already runs on {folder} (process {holder}); stop it first"
            ) from error
        # The number only helps to tell who holds it; who makes room on a full disk must get the lock too.
        with suppress(OSError):
            file.truncate(0)
            file.write(str(os.getpid()).encode())
        yield


if __name__ == "__main__":
    try:
        with only_launcher(Path(sys.argv[1])):
            pass
    except ServerError as problem:
        sys.exit(str(problem))
