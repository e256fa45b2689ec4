r"""Reads what brokers hand out, whoever wrote it.

aiokafka decodes the names of headers as strict UTF-8 while it unpacks a batch. Kafka takes any bytes there, so one record of
another system would end every fetch of its partition for ever: nothing behind it would be read again. Here such names are
read with their odd bytes spelled out (`\xff`). Delete this when aiokafka does the same; it is pinned until then.
"""

from collections.abc import Iterator
from typing import Any

from aiokafka.consumer import fetcher
from aiokafka.record.default_records import _DefaultRecordBatchPy
from aiokafka.record.memory_records import MemoryRecords

_LENGTH = slice(8, 12)
_BATCH_BEGINS = 12


class FetchedRecords:
    """The batches of one fetch; stands in for aiokafka's `MemoryRecords`, which does the work."""

    def __init__(self, content: bytes) -> None:
        self._batches = MemoryRecords(content)
        self._rest = memoryview(content)

    def size_in_bytes(self) -> int:
        return int(self._batches.size_in_bytes())

    def has_next(self) -> bool:
        return bool(self._batches.has_next())

    def next_batch(self) -> "_Batch":
        """Takes the next batch; call `has_next` before."""
        end = _BATCH_BEGINS + int.from_bytes(self._rest[_LENGTH], "big")
        content, self._rest = self._rest[:end], self._rest[end:]
        return _Batch(self._batches.next_batch(), content)


class _Batch:
    """One batch: unpacked by aiokafka, and once more by us where it refuses."""

    def __init__(self, batch: Any, content: memoryview) -> None:
        self._batch = batch
        self._content = content

    def __getattr__(self, name: str) -> Any:
        return getattr(self._batch, name)

    def __next__(self) -> Any:
        return next(self._batch)

    def __iter__(self) -> Iterator[Any]:
        try:
            return iter(list(self._batch))
        except UnicodeDecodeError:
            return iter(_unpacked(self._content))


class _Forgiving(bytearray):
    """Bytes of which every part can be read as text."""

    def __getitem__(self, part: Any) -> Any:
        found = super().__getitem__(part)
        return _Forgiving(found) if isinstance(part, slice) else found

    def decode(self, encoding: str = "utf-8", errors: str = "backslashreplace") -> str:
        return super().decode(encoding, errors)


def _unpacked(content: memoryview) -> list[Any]:
    batch = _DefaultRecordBatchPy(content)
    batch._maybe_uncompress()  # noqa: SLF001 - the buffer must be whole before it is exchanged
    batch._buffer = _Forgiving(batch._buffer)  # noqa: SLF001 - the only place where the decoding can be changed
    return list(batch)


def read_whatever_was_written() -> None:
    """Makes aiokafka's consumers of this process unpack their fetches here; done again it changes nothing."""
    fetcher.MemoryRecords = FetchedRecords
