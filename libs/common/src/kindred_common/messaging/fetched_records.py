r"""Reads what brokers hand out, whoever wrote it.

aiokafka decodes the names of headers as strict UTF-8 while it unpacks a batch, and unpacks compressed batches without a limit.
Kafka takes any bytes in names and any ratio, so one record of another system would end every fetch of its partition for
ever: nothing behind it would be read again. Here such names are read with their odd bytes spelled out (`\xff`), and a batch
that unfolds too far is read as one unreadable record. Delete this when aiokafka does the same; it is pinned until then.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from aiokafka.consumer import fetcher
from aiokafka.errors import KafkaError
from aiokafka.record.default_records import _DefaultRecordBatchPy
from aiokafka.record.memory_records import MemoryRecords

from kindred_common.contracts.codec import UNFOLDS_TOO_FAR, UNREADABLE
from kindred_common.messaging.unfolding import TooMuch, is_compressed, unfolded

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


@dataclass(frozen=True, slots=True)
class _Unreadable:
    """Stands for all records of a batch that stays folded: at the place of the last one, with the bytes as they came."""

    offset: int
    timestamp: int
    value: bytes
    key: None = None
    timestamp_type: int = 0
    checksum: None = None
    headers: tuple[tuple[str, bytes], ...] = ((UNREADABLE, UNFOLDS_TOO_FAR),)


class _Batch:
    """One batch: unpacked by aiokafka, and by us where it refuses or knows no limit."""

    def __init__(self, batch: Any, content: memoryview) -> None:
        self._batch = batch
        self._content = content

    def __getattr__(self, name: str) -> Any:
        return getattr(self._batch, name)

    def __next__(self) -> Any:
        return next(self._batch)

    def __iter__(self) -> Iterator[Any]:
        if is_compressed(self._content):
            return self._unfolded(self._content.tobytes())
        return _read(self._batch, self._content)

    def _unfolded(self, content: bytes) -> Iterator[Any]:
        """Codecs differ in what they make of odd frames, so what the broker could read may still be nothing to us."""
        try:
            plain = unfolded(content)
            yield from _read(MemoryRecords(plain).next_batch(), memoryview(plain))
        except (TooMuch, KafkaError, ValueError, IndexError):
            last = int(self._batch.next_offset) - 1
            yield _Unreadable(last, int(self._batch.max_timestamp), content)


def _read(batch: Any, content: memoryview) -> Iterator[Any]:
    taken = 0
    try:
        for record in batch:
            yield record
            taken += 1
    except UnicodeDecodeError:
        yield from islice(_unpacked(content), taken, None)


class _Forgiving(bytearray):
    """Bytes of which every part can be read as text."""

    def __getitem__(self, part: Any) -> Any:
        found = super().__getitem__(part)
        return _Forgiving(found) if isinstance(part, slice) else found

    def decode(self, encoding: str = "utf-8", errors: str = "backslashreplace") -> str:
        return super().decode(encoding, errors)


def _unpacked(content: memoryview) -> Iterator[Any]:
    batch = _DefaultRecordBatchPy(content)
    batch._buffer = _Forgiving(batch._buffer)  # noqa: SLF001 - the only place where the decoding can be changed
    return iter(batch)


def read_whatever_was_written() -> None:
    """Makes aiokafka's consumers of this process unpack their fetches here; done again it changes nothing."""
    fetcher.MemoryRecords = FetchedRecords
