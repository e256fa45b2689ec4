"""What waits for a consumer, told as metrics: how many records, and for how long the oldest of them."""

from collections.abc import Mapping, Sequence

from kindred_common.clock import Clock
from kindred_common.contracts.codec import RawRecord
from kindred_common.messaging.positions import Partition
from kindred_common.observability.metrics import Metrics


class Backlog:
    """What waits on the partitions of one member of a group; of those it no longer has it tells nothing."""

    def __init__(self, clock: Clock, metrics: Metrics) -> None:
        self._clock = clock
        self._metrics = metrics
        self._lag: dict[Partition, int] = {}
        self._since: dict[Partition, float] = {}

    def taken_up(self, records: Sequence[RawRecord]) -> None:
        """Work on ``records`` begins: the first of each partition is the oldest that waits there."""
        now = self._clock.now().timestamp()
        for raw in reversed(records):
            # A client may write a record without its time.
            written = raw.timestamp_ms / 1000 if raw.timestamp_ms > 0 else now
            self._since[(raw.topic, raw.partition)] = written
        self._tell_ages(now)

    def counted(self, lag: Mapping[Partition, int]) -> None:
        """So many records wait on each partition; of those that nobody has seen yet, the wait begins now."""
        now = self._clock.now().timestamp()
        for (topic, number), behind in lag.items():
            self._metrics.consumer_lag.labels(topic=topic, partition=str(number)).set(behind)
        self._lag.update(lag)
        self._since = {
            partition: self._since.get(partition, now)
            for partition, behind in lag.items()
            if behind
        }
        self._tell_ages(now)

    def given_up(self) -> None:
        """The partitions may be another member's from now on."""
        for topic, number in self._lag:
            self._metrics.consumer_lag.remove(topic, str(number))
        for topic in self._topics():
            self._metrics.consumer_oldest_record_age_seconds.remove(topic)
        self._lag.clear()
        self._since.clear()

    def _tell_ages(self, now: float) -> None:
        ages = dict.fromkeys(self._topics(), 0.0)
        for (topic, _), since in self._since.items():
            ages[topic] = max(ages[topic], now - since)
        for topic, age in ages.items():
            self._metrics.consumer_oldest_record_age_seconds.labels(topic=topic).set(age)

    def _topics(self) -> set[str]:
        return {topic for topic, _ in (*self._lag, *self._since)}
