"""How kernels are compiled: once, kept on disk, with arithmetic in the order in which it is written."""

import hashlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np
from numba import njit

Kernel = TypeVar("Kernel", bound=Callable[..., object])


def _stamp_of_sources() -> str:
    sources = sorted(Path(__file__).parent.glob("*.py"))
    return hashlib.sha256(b"\0".join(source.read_bytes() for source in sources)).hexdigest()


_STAMP = _stamp_of_sources()

# Without the interpreter's lock: a kernel may take seconds, and the process has signs of life to give meanwhile.
_OPTIONS: dict[str, Any] = {"error_model": "numpy", "no_cfunc_wrapper": True, "nogil": True}


def kernel(function: Kernel) -> Kernel:
    """Compiles a function over arrays when first called and keeps the machine code for later processes.

    Without ``fastmath`` a replay gives the same bits. Numba looks for changes in a kernel's own file only, though it compiles
    in what the kernel calls: here what is kept is valid for the sources of the whole package.
    """
    compiled = njit(**_OPTIONS)(function)
    with suppress(RuntimeError):  # nowhere to write: every process compiles for itself
        compiled.enable_caching()
        compiled._cache._cache_file._source_stamp = _STAMP  # noqa: SLF001 - numba has no public way
    return cast("Kernel", compiled)


@kernel
def wide(number: int) -> int:
    """An integer of eight bytes: kernels are compiled anew for each width that they are called with."""
    return np.int64(number)  # type: ignore[return-value]  # what Python calls int is this to numba
