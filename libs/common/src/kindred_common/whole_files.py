"""Files that are there with all that they hold, or not at all: also on a full disk, and after a power cut."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def drafted(path: Path, content: bytes) -> Iterator[Path]:
    """A file beside the path, to be put in its place; only its owner can read it.

    It goes when the block ends, also when it could not be written.

    Raises:
        OSError: there is no folder, no room or no permission for it.
    """
    number, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    draft = Path(name)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        yield draft
    finally:
        draft.unlink(missing_ok=True)
