import gzip
import struct
from collections.abc import Callable

import cramjam
import pytest
from aiokafka.codec import snappy_encode
from aiokafka.record.default_records import DefaultRecordBatch, DefaultRecordBatchBuilder
from libs.common.tests.messaging.conftest import Bench
from libs.common.tests.messaging.test_consumer import consuming, in_order, note
from libs.common.tests.messaging.test_foreign_producers import body, write_abroad

from kindred_common.contracts.topics import SURVEY_ANSWERS
from kindred_common.messaging.fetched_records import FetchedRecords
from kindred_common.messaging.held import Held, find_held, list_held
from kindred_common.messaging.settings import KafkaSettings
from kindred_common.messaging.subscription import Subscription, one_by_one
from kindred_common.messaging.unfolding import LARGEST_BATCH, TooMuch, is_compressed, unfolded
from kindred_common.testing.waiting import eventually

CODECS = {"gzip": 1, "snappy": 2, "lz4": 3, "zstd": 4}
HEAD = 61
BOMB = LARGEST_BATCH + 1
"""So many spaces are some kilobytes, packed."""


def batch_of(codec: int, value: bytes) -> bytes:
    builder = DefaultRecordBatchBuilder(2, codec, 0, -1, -1, 0, 10**9)
    builder.append(0, 7, b"k", value, [])
    return bytes(builder.build())


def with_body(codec: int, content: bytes) -> bytes:
    head = bytearray(batch_of(0, b"")[:HEAD])
    head[22] |= codec
    head[8:12] = (HEAD - 12 + len(content)).to_bytes(4, "big")
    return bytes(head) + content


@pytest.mark.parametrize("codec", [0, *CODECS.values()])
def test_a_batch_keeps_its_records(codec: int) -> None:
    batch = batch_of(codec, b"one two" * 1000)
    assert is_compressed(batch) is (codec != 0)
    (record,) = DefaultRecordBatch(unfolded(batch) if codec else batch)
    assert (record.key, record.value, record.timestamp) == (b"k", b"one two" * 1000, 7)


@pytest.mark.parametrize("codec", CODECS.values())
def test_what_unfolds_too_far_stays_folded(codec: int) -> None:
    with pytest.raises(TooMuch):
        unfolded(batch_of(codec, bytes(BOMB)))


@pytest.mark.parametrize("codec", [*CODECS.values(), 7])
@pytest.mark.parametrize("content", [b"\xfe", b"no codec wrote this" * 9, b"\xff" * 500])
def test_what_no_codec_wrote_stays_folded(codec: int, content: bytes) -> None:
    with pytest.raises(TooMuch):
        unfolded(with_body(codec, content))


def _one_block(content: bytes) -> bytes:
    return bytes(cramjam.snappy.compress_raw(content))


@pytest.mark.parametrize(
    "write", [lambda c: gzip.compress(c)[:-9], lambda c: snappy_encode(c)[:-9]]
)
def test_what_is_cut_off_stays_folded(write: Callable[[bytes], bytes]) -> None:
    codec = 1 if write(b"a" * 99)[:2] == b"\x1f\x8b" else 2
    with pytest.raises(TooMuch):
        unfolded(with_body(codec, write(b"some content" * 100)))


def test_snappy_of_one_block_is_read_too() -> None:
    assert unfolded(with_body(2, _one_block(b"content")))[HEAD:] == b"content"


@pytest.mark.parametrize("length", [0, 2**31 - 1, 2**32 - 1])
def test_lengths_that_lie_stay_folded(length: int) -> None:
    head = snappy_encode(b"x")[:16]
    with pytest.raises(TooMuch):
        unfolded(with_body(2, head + struct.pack("!I", length) + _one_block(b"content")))


def records_in(fetched: bytes) -> list[tuple[int, bool]]:
    """Where each record stands, and whether it can be read."""
    batches, found = FetchedRecords(fetched), []
    while batches.has_next():
        found += [(r.offset, r.key is not None) for r in batches.next_batch()]
    return found


def test_an_unreadable_batch_is_one_record_in_its_last_place() -> None:
    good, bad = batch_of(4, b"value"), with_body(4, b"no codec wrote this")
    assert records_in(good + bad + good) == [(0, True), (0, False), (0, True)]


@pytest.mark.parametrize("frames", [0, 2])
def test_too_few_or_too_many_records_are_no_reason_to_stop(frames: int) -> None:
    """Java reads one frame of a batch and lets the rest be."""
    whole = batch_of(0, b"value")[HEAD:]
    batch = with_body(3, bytes(cramjam.lz4.compress(whole * frames)))
    assert records_in(batch)[-1] == (0, False)


@pytest.mark.parametrize("compression", CODECS)
async def test_a_batch_that_unfolds_too_far_stops_nothing(
    bench: Bench, kafka: KafkaSettings, compression: str
) -> None:
    await write_abroad(kafka, compression, body(1))
    await write_abroad(kafka, compression, f"spaces {BOMB}")
    await write_abroad(kafka, compression, body(2), body(3))
    consumer = bench.consumer(kafka, bench.intake(Subscription(SURVEY_ANSWERS, one_by_one(note))))

    async def arrived() -> bool:
        return (await in_order(bench)).get("k") == [1, 2, 3]

    async with consuming(consumer):
        await eventually(arrived)
    async with bench.engine.connect() as connection:
        (listed,) = await list_held(connection, Held.DEAD)
        dead = await find_held(connection, listed.id)
    assert dead is not None
    assert dead.why.reason == "is in a batch that cannot be unpacked, or unfolds too far"
    assert dead.raw.offset == 1
    assert dead.raw.value is not None
    assert len(dead.raw.value) < LARGEST_BATCH / 10
