"""What a server needs from the machine: a port, room on the disk."""

import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kindred_cli.servers.errors import ServerError

HOST = "127.0.0.1"
MEBIBYTE = 1024 * 1024


def require_free_port(port: int, purpose: str) -> None:
    """Raises ServerError when another program has the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise ServerError(f"port {port} ({purpose}) is in use by another program") from error


def require_room(folder: Path, needed_bytes: int) -> None:
    """Raises ServerError when the disk under `folder` has less than `needed_bytes` left."""
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(existing).free
    if free < needed_bytes:
        raise ServerError(
            f"the disk is full: {free // MEBIBYTE} MiB free in {existing}, "
            f"{needed_bytes // MEBIBYTE} MiB needed"
        )


@contextmanager
def writing_in(folder: Path) -> Iterator[None]:
    """Raises ServerError when the body could not write: a full disk, a folder that is not ours."""
    try:
        yield
    except OSError as error:
        raise ServerError(f"cannot write in {folder}: {error.strerror or error}") from error
