"""Keeps one client or one link from asking too often; in memory, per process."""

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv6Address, ip_address, ip_network

from fastapi import Request

from kindred_common.clock import Clock
from kindred_common.web.context import PublicLimits, context_of
from kindred_common.web.problems import Problem

MOST_KEYS = 50_000


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled_at: datetime


class TokenBuckets:
    """A bucket per key: ``burst`` requests at once, refilled with ``per_second``. The longest unused are forgotten."""

    def __init__(
        self, clock: Clock, *, burst: int, per_second: float, most_keys: int = MOST_KEYS
    ) -> None:
        self._clock = clock
        self._burst = float(burst)
        self._per_second = per_second
        self._most_keys = most_keys
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def take(self, key: str) -> float:
        """Takes one; returns 0, or the seconds to wait when the bucket is empty."""
        now = self._clock.now()
        bucket = self._buckets.pop(key, None) or _Bucket(self._burst, now)
        passed = max(0.0, (now - bucket.filled_at).total_seconds())
        bucket.tokens = min(self._burst, bucket.tokens + passed * self._per_second)
        bucket.filled_at = now
        self._buckets[key] = bucket
        if len(self._buckets) > self._most_keys:
            self._buckets.popitem(last=False)
        if bucket.tokens < 1.0:
            return (1.0 - bucket.tokens) / self._per_second
        bucket.tokens -= 1.0
        return 0.0


class PublicBuckets:
    """The limits of the public routes of one application."""

    def __init__(self, clock: Clock, limits: PublicLimits) -> None:
        self.clients = TokenBuckets(
            clock, burst=limits.client_burst, per_second=limits.client_per_second
        )
        self.links = TokenBuckets(clock, burst=limits.link_burst, per_second=limits.link_per_second)


async def limited(request: Request) -> None:
    """Refuses a request with 429 when its client or its link asks too often."""
    buckets: PublicBuckets = request.app.state.public_buckets
    wait = buckets.clients.take(client_key(request))
    token = request.path_params.get("token")
    if not wait and token is not None:
        wait = buckets.links.take(hashlib.sha256(str(token).encode()).hexdigest())
    if wait:
        context_of(request).metrics.http_rate_limited_total.labels(
            route=request.scope["route"].path_format
        ).inc()
        raise Problem(
            429,
            "too-many-requests",
            "Too many requests",
            headers={"Retry-After": str(int(wait) + 1)},
        )


def client_key(request: Request) -> str:
    """The client's address; of IPv6 the network, since a client has all addresses in it."""
    host = request.client.host if request.client else "unknown"
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv6Address):
        return str(ip_network((address, 64), strict=False))
    return host
