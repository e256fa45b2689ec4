from dataclasses import replace
from datetime import timedelta

import pytest
from libs.common.tests.messaging.records import raw
from libs.common.tests.messaging.shown import shown

from kindred_common.clock import new_id
from kindred_common.contracts.codec import RawRecord
from kindred_common.contracts.topics import SURVEY_ANSWERS
from kindred_common.messaging.backlog import Backlog
from kindred_common.observability.metrics import Metrics
from kindred_common.testing.clocks import FakeClock

TOPIC = SURVEY_ANSWERS.name
FIRST, SECOND = (TOPIC, 0), (TOPIC, 1)


class Watch:
    """A backlog, and what is told of it."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.metrics = Metrics()
        self.backlog = Backlog(self.clock, self.metrics)

    def record(self, age: float, *, partition: int = 0) -> RawRecord:
        written = self.clock.now() - timedelta(seconds=age)
        moment = int(written.timestamp() * 1000)
        return replace(raw(new_id(), 1, 0), partition=partition, timestamp_ms=moment)

    def ages(self) -> list[float]:
        return list(shown(self.metrics, "consumer_oldest_record_age_seconds").values())


@pytest.fixture
def watch() -> Watch:
    return Watch()


def test_the_age_is_that_of_the_oldest_record_taken_up(watch: Watch) -> None:
    watch.backlog.taken_up([watch.record(9), watch.record(2), watch.record(30, partition=1)])

    assert watch.ages() == [30]

    watch.backlog.taken_up([watch.record(1, partition=1)])

    assert watch.ages() == [9]


def test_nothing_that_waits_has_no_age(watch: Watch) -> None:
    watch.backlog.taken_up([watch.record(9)])
    watch.backlog.counted({FIRST: 0, SECOND: 0})

    assert watch.ages() == [0]


def test_what_is_handed_out_to_nobody_grows_old_from_when_it_was_counted(watch: Watch) -> None:
    watch.backlog.counted({FIRST: 1})
    watch.clock.advance(timedelta(seconds=35))
    watch.backlog.counted({FIRST: 2})

    assert watch.ages() == [35]
    assert shown(watch.metrics, "consumer_lag") == {(TOPIC, "0"): 2}


@pytest.mark.parametrize("moment_ms", [-1, 0, 2**62])
def test_a_record_without_a_sensible_time_is_new(watch: Watch, moment_ms: int) -> None:
    watch.backlog.taken_up([replace(watch.record(0), timestamp_ms=moment_ms)])

    assert watch.ages() == [0]


def test_of_partitions_given_up_nothing_is_told(watch: Watch) -> None:
    watch.backlog.taken_up([watch.record(9)])
    watch.backlog.counted({FIRST: 1, SECOND: 0})
    watch.backlog.given_up()

    assert watch.ages() == []
    assert shown(watch.metrics, "consumer_lag") == {}

    watch.backlog.counted({SECOND: 1})

    assert shown(watch.metrics, "consumer_lag") == {(TOPIC, "1"): 1}
