"""Arrays from a file that somebody else wrote: each checked before it is used, each fault named in one line."""

import zipfile
import zlib
from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_UNREADABLE = (OSError, EOFError, ValueError, zipfile.BadZipFile, zlib.error)


class InputError(Exception):
    """What is wrong with an input, in one line that names the array."""


class ArrayFile:
    """An npz file whose arrays are read one at a time, and never by unpickling."""

    def __init__(self, path: Path) -> None:
        self._name = path.name
        if not path.exists():
            raise InputError(f"{path}: there is no such file")
        try:
            if not zipfile.is_zipfile(path):
                raise InputError(f"{path.name}: not an npz file")
            self._arrays = np.load(path, allow_pickle=False)
        except _UNREADABLE as error:
            raise InputError(f"{path.name}: not an npz file that can be read") from error

    def __contains__(self, name: str) -> bool:
        return name in self._arrays.files

    def beside(self, names: Collection[str]) -> list[str]:
        """A line for each array that has none of these names."""
        others = sorted(set(self._arrays.files) - set(names))
        return [f"{self._name}: {name}: is not looked at" for name in others]

    def fault(self, name: str, what: str) -> InputError:
        return InputError(f"{self._name}: {name}: {what}")

    def integers(self, name: str, length: int | None = None) -> NDArray[Any]:
        """An array of signed integers, of one dimension, of the length if one is given."""
        array = self._array(name, "iu", "integers", length)
        # Differences of unsigned integers are never negative.
        return array.astype(np.int64) if array.dtype.kind == "u" else array

    def flags(self, name: str, length: int) -> NDArray[np.bool_]:
        return self._array(name, "b", "truth values", length)

    def floats(self, name: str, length: int | None = None) -> NDArray[Any]:
        """An array of finite floats."""
        array = self._array(name, "f", "floats", length)
        if not np.isfinite(array).all():
            raise self.fault(name, "holds a value that is not a finite number")
        return array

    def table(self, name: str, shape: tuple[int, int]) -> NDArray[np.float64]:
        """Finite floats in so many rows and columns."""
        array = self._read(name)
        if array.dtype.kind != "f" or array.shape != shape:
            raise self.fault(
                name, f"must be floats {list(shape)}, not {array.dtype}{list(array.shape)}"
            )
        if not np.isfinite(array).all():
            raise self.fault(name, "holds a value that is not a finite number")
        return array.astype(np.float64)

    def scalar(self, name: str, kinds: str) -> float:
        """One finite number, not negative."""
        array = self._read(name)
        if array.size != 1 or array.dtype.kind not in kinds:
            raise self.fault(name, "must be one number")
        number = float(array.reshape(()))
        if not np.isfinite(number) or number < 0:
            raise self.fault(name, "must be a finite number, not negative")
        return number

    def within(self, name: str, array: NDArray[Any], lowest: int, end: int) -> None:
        """Refuses values outside ``lowest`` <= value < ``end``."""
        if array.size and (int(array.min()) < lowest or int(array.max()) >= end):
            raise self.fault(name, f"holds a value outside {lowest} to {end - 1}")

    def _array(self, name: str, kinds: str, meaning: str, length: int | None) -> NDArray[Any]:
        array = self._read(name)
        if array.dtype.kind not in kinds or array.ndim != 1:
            raise self.fault(
                name, f"must be {meaning} in one dimension, not {array.dtype}{list(array.shape)}"
            )
        if length is not None and len(array) != length:
            raise self.fault(name, f"has {len(array)} values, not {length}")
        return array

    def _read(self, name: str) -> NDArray[Any]:
        if name not in self:
            raise self.fault(name, "is missing")
        try:
            array: NDArray[Any] = self._arrays[name]
        except _UNREADABLE as error:
            raise self.fault(name, "cannot be read; objects are refused") from error
        return array
