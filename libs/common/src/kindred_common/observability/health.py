"""Whether a process lives and is ready, told by its loops rather than by a port that answers."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from kindred_common.clock import Clock
from kindred_common.observability.metrics import Metrics


class LoopHealth:
    """What one loop says of itself; made by :meth:`Health.loop`."""

    def __init__(
        self, name: str, clock: Clock, stall_after: timedelta, metrics: Metrics | None
    ) -> None:
        self.name = name
        self._clock = clock
        self._stall_after = stall_after
        self._metrics = metrics
        self._ticked_at = clock.now()
        self._ready = False
        self._reason = "starting"

    def tick(self) -> None:
        """Tells that the loop went round, with or without finding work."""
        self._ticked_at = self._clock.now()
        if self._metrics is not None:
            progress = self._metrics.last_progress_timestamp_seconds.labels(loop=self.name)
            progress.set(self._ticked_at.timestamp())

    def set_ready(self, ready: bool, reason: str = "") -> None:
        """Tells whether the loop can do its work; ``reason`` is constant text without personal data."""
        self._ready = ready
        self._reason = "" if ready else reason

    def state(self, now: datetime) -> "LoopState":
        age = now - self._ticked_at
        live = age <= self._stall_after
        reason = self._reason if live else "stalled"
        return LoopState(self.name, live, live and self._ready, age.total_seconds(), reason)


@dataclass(frozen=True, slots=True)
class LoopState:
    """One loop at one moment; ``seconds`` is the time since it last went round."""

    loop: str
    live: bool
    ready: bool
    seconds: float
    reason: str


@dataclass(frozen=True, slots=True)
class HealthReport:
    """The answer to a probe: ``status`` is 200 or 503."""

    ok: bool
    loops: tuple[LoopState, ...]

    @property
    def status(self) -> int:
        return 200 if self.ok else 503

    def as_json(self) -> dict[str, object]:
        return {
            "status": "ok" if self.ok else "failing",
            "loops": [
                {
                    "name": loop.loop,
                    "live": loop.live,
                    "ready": loop.ready,
                    "seconds_since_progress": round(loop.seconds, 1),
                    "reason": loop.reason,
                }
                for loop in self.loops
            ],
        }


class Health:
    """Live: every loop went round within its time. Ready: every loop is live and can do its work."""

    def __init__(self, clock: Clock, metrics: Metrics | None = None) -> None:
        self._clock = clock
        self._metrics = metrics
        self._loops: dict[str, LoopHealth] = {}

    def loop(self, name: str, *, stall_after: timedelta = timedelta(seconds=30)) -> LoopHealth:
        """Registers a loop under a name of its own.

        Raises:
            ValueError: the name is taken.
        """
        if name in self._loops:
            raise ValueError(f"a loop named {name} is registered already")
        self._loops[name] = LoopHealth(name, self._clock, stall_after, self._metrics)
        return self._loops[name]

    def live(self) -> HealthReport:
        states = self._states()
        return HealthReport(all(state.live for state in states), states)

    def ready(self) -> HealthReport:
        states = self._states()
        return HealthReport(all(state.ready for state in states), states)

    def _states(self) -> tuple[LoopState, ...]:
        now = self._clock.now()
        return tuple(loop.state(now) for loop in self._loops.values())
