"""How much work an operation does at once and how much follows in the background, in counted operations."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Effort:
    """Limits of work. More at once gives better choices sooner and longer waits; nothing here depends on a clock.

    ``chain``: moves at once after one customer has changed; ``event_chain``: after an event has changed.
    ``steps``, ``heard``, ``asked``: a slice of background work: waiting moves, customers who choose anew, customers asked at
    trial prices. ``eps``: the least by which a price moves, as a fraction of the mean weight of a seat.
    """

    chain: int = 4
    event_chain: int = 20_000
    steps: int = 100
    heard: int = 2
    asked: int = 200
    eps: float = 0.1


SMALL = 20_000
"""Up to so many customers a pass over all takes milliseconds."""


@dataclass(frozen=True, slots=True)
class Start:
    """How prices are found from nothing: passes over every 32nd, every 8th and every customer, then slices of background work."""

    coarse: int = 60
    medium: int = 60
    fine: int = 150
    polish: int = 3

    @classmethod
    def of_size(cls, customers: int) -> "Start":
        """More passes where they cost little."""
        return cls() if customers > SMALL else cls(fine=1000, polish=60)
