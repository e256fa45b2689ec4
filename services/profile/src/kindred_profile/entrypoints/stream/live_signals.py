"""Live signals: means over the last hour, kept in a Faust table and published when they change."""

from collections.abc import Mapping, MutableMapping
from datetime import datetime, timedelta
from typing import cast

from kindred_common.contracts.codec import RawRecord, decode
from kindred_common.contracts.envelope import Envelope, Headers, MalformedRecord, to_headers
from kindred_common.contracts.profile import LiveSignal, SignalInput
from kindred_common.contracts.record import Cause
from kindred_common.contracts.topics import SIGNAL_INPUTS
from kindred_profile.domain.live_window import LiveWindow

LENGTH = timedelta(hours=1)
SOURCE = "kindred/profile-stream"

Stored = Mapping[str, list[float]]
"""A window as the table keeps it: minute -> [count, sum]."""


def observe(table: MutableMapping[str, Stored], raw: RawRecord, now: datetime) -> str | None:
    """Adds one observation to its signal; returns the signal, or None for a record that breaks its contract."""
    try:
        received = decode(SIGNAL_INPUTS, raw)
    except MalformedRecord:
        return None
    seen = cast("SignalInput", received.data)
    window = _load(table.get(seen.signal, {})).observe(seen.value, seen.observed_at, now)
    table[seen.signal] = {str(m): [float(n), total] for m, (n, total) in window.minutes.items()}
    return seen.signal


def publishable(signal: str, stored: Stored, now: datetime) -> tuple[bytes, Headers]:
    """The value and headers of the signal's record; its version is the time in milliseconds."""
    mean = _load(stored).mean(now)
    body = LiveSignal(
        signal=signal,
        value=mean.value,
        count=mean.count,
        window_start=mean.start,
        window_end=mean.end,
    )
    identity = f"{signal}-{now.isoformat()}"
    envelope = Envelope(
        id=identity,
        source=SOURCE,
        type=LiveSignal.record_type,
        time=now,
        subject=signal,
        cause=Cause(correlation_id=identity),
        sequence=int(now.timestamp() * 1000),
    )
    return body.to_json(), to_headers(envelope)


def _load(stored: Stored) -> LiveWindow:
    return LiveWindow(LENGTH, {int(m): (int(n), total) for m, (n, total) in stored.items()})
