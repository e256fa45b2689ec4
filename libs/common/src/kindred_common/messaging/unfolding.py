"""Unpacks compressed batches, as far as they stay within bounds.

A broker limits what a batch measures as it is sent, not what it unfolds to: a few kilobytes can become gigabytes, which no
process that reads the topic survives, now or after its restart. It does not check every checksum of a codec either.
"""

import gzip
import io
import struct
import zlib
from collections.abc import Callable

import cramjam

LARGEST_BATCH = 16 * 1024 * 1024
"""What a batch may measure unpacked: four times what a broker takes from producers that do not compress."""

_LENGTH_ENDS, _MAGIC, _ATTRIBUTES, _HEAD = 12, 16, slice(21, 23), 61
_CODEC = 0x07
_XERIAL = b"\x82SNAPPY\x00"
_XERIAL_HEAD = 16


class TooMuch(Exception):  # noqa: N818 - says what it is
    """The batch cannot be unpacked, or only to more than :data:`LARGEST_BATCH`."""


def is_compressed(batch: bytes | memoryview) -> bool:
    """Whether this is a batch (of format 2, the one that brokers hand out) with a compressed body."""
    return len(batch) > _HEAD and batch[_MAGIC] == 2 and _codec(batch) != 0


def unfolded(batch: bytes) -> bytes:
    """The same batch with its body unpacked; its checksum is not that of the new content.

    Raises:
        TooMuch: it stays folded.
    """
    unpack = _UNPACK.get(_codec(batch))
    if unpack is None:
        raise TooMuch
    try:
        body = unpack(batch[_HEAD:])
    except (cramjam.DecompressionError, zlib.error, struct.error, EOFError, OSError):
        raise TooMuch from None
    plain = (_attributes(batch) & ~_CODEC).to_bytes(2, "big")
    length = (_HEAD - _LENGTH_ENDS + len(body)).to_bytes(4, "big")
    return b"".join((batch[:8], length, batch[12:21], plain, batch[23:_HEAD], body))


def _attributes(batch: bytes | memoryview) -> int:
    return int.from_bytes(batch[_ATTRIBUTES], "big")


def _codec(batch: bytes | memoryview) -> int:
    return _attributes(batch) & _CODEC


def _gzip(body: bytes) -> bytes:
    with gzip.GzipFile(fileobj=io.BytesIO(body)) as file:
        content = file.read(LARGEST_BATCH + 1)
    if len(content) > LARGEST_BATCH:
        raise TooMuch
    return content


def _into(decompress: Callable[[bytes, bytearray], int]) -> Callable[[bytes], bytes]:
    """Unpacks into a room of the allowed size; the codec fails when it is too small."""

    def unpack(body: bytes) -> bytes:
        room = bytearray(LARGEST_BATCH)
        return bytes(room[: decompress(body, room)])

    return unpack


def _snappy(body: bytes) -> bytes:
    """As Java frames it: a head, then blocks, each behind its length; as others do: one block."""
    if not body.startswith(_XERIAL):
        return _block(body, LARGEST_BATCH)
    content, place = bytearray(), _XERIAL_HEAD
    while place < len(body):
        (length,) = struct.unpack_from("!I", body, place)
        begins, place = place + 4, place + 4 + length
        if place > len(body):
            raise TooMuch
        content += _block(body[begins:place], LARGEST_BATCH - len(content))
    return bytes(content)


def _block(block: bytes, room: int) -> bytes:
    if cramjam.snappy.decompress_raw_len(block) > room:
        raise TooMuch
    return bytes(cramjam.snappy.decompress_raw(block))


_UNPACK: dict[int, Callable[[bytes], bytes]] = {
    1: _gzip,
    2: _snappy,
    3: _into(cramjam.lz4.decompress_into),
    4: _into(cramjam.zstd.decompress_into),
}
