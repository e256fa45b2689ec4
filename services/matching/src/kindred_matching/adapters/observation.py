"""The matchmaker's metrics."""

from collections.abc import Mapping

from kindred_common.observability.metrics import Metrics
from kindred_matching.domain.vocabulary import Reason


class MeasuredObserver:
    """Counts on the process's metrics."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def settled(self, seconds: float, touched: int, published: int, gap: float) -> None:
        self._metrics.matching_settle_seconds.observe(seconds)
        self._metrics.matching_customers_touched_total.inc(touched)
        self._metrics.matches_published_total.inc(published)
        self._metrics.matching_gap_ratio.set(gap)

    def refused(self, pairs: Mapping[Reason, int]) -> None:
        for reason, count in pairs.items():
            self._metrics.matching_refused_pairs.labels(reason=reason).set(count)

    def rematch_asked(self, reason: str) -> None:
        self._metrics.rematch_requests_total.labels(reason=reason).inc()
