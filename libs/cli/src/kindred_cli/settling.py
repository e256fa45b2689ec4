"""Waits until what customers told has become profiles, and the profiles have become matches."""

from collections.abc import Callable, Mapping
from time import perf_counter
from uuid import UUID

from kindred_cli.following import Follower, Seen
from kindred_common.contracts.matching import CustomerMatches
from kindred_common.contracts.profile import CustomerProfile
from kindred_common.contracts.topics import CUSTOMER_MATCHES, CUSTOMER_PROFILES

TOPICS = (CUSTOMER_PROFILES, CUSTOMER_MATCHES)
TOLD_EVERY = 2.0
QUIET = 1.0
"""Seconds without news after which what is settled counts as settled: later records may still be on their way."""

Complete = Callable[[CustomerProfile], bool]
"""Whether a profile holds all that its customer told."""


class Settling:
    """Which of some customers have their profile, and matches by it, as far as the records seen tell."""

    def __init__(self, expected: Mapping[UUID, Complete]) -> None:
        self._expected = expected
        self._profiles: dict[UUID, CustomerProfile] = {}
        self._matched_by: dict[UUID, int] = {}
        self._chosen: dict[UUID, int] = {}

    @property
    def expected(self) -> int:
        return len(self._expected)

    @property
    def profiled(self) -> int:
        """How many have a profile with all they told."""
        return sum(self._is_profiled(customer) for customer in self._expected)

    @property
    def matched(self) -> int:
        """How many have matches by their latest profile, and all they told is in it."""
        return sum(self._is_matched(customer) for customer in self._expected)

    @property
    def open(self) -> int:
        """How many are still on their way."""
        return self.expected - self.matched

    @property
    def with_events(self) -> int:
        """How many are matched to at least one event."""
        return sum(self._chosen.get(customer, 0) > 0 for customer in self._expected)

    def take(self, seen: Seen) -> None:
        """Notes what a record tells."""
        match seen.received.data:
            case CustomerProfile() as profile:
                self._profiles[profile.customer_id] = profile
            case CustomerMatches() as matches:
                self._matched_by[matches.customer_id] = matches.profile_version
                self._chosen[matches.customer_id] = len(matches.matches)
            case _:
                pass

    def _is_profiled(self, customer: UUID) -> bool:
        profile = self._profiles.get(customer)
        return profile is not None and self._expected[customer](profile)

    def _is_matched(self, customer: UUID) -> bool:
        by = self._matched_by.get(customer, 0)
        return self._is_profiled(customer) and by >= self._profiles[customer].version


async def settle(
    follower: Follower, settling: Settling, tell: Callable[[str], None], *, patience: float
) -> float:
    """Reads along until nobody is open, or nothing came for ``patience`` seconds.

    Returns:
        When the last record came that counted, on the clock of ``time.perf_counter``.
    """
    looked_at, told_at, last = 0, perf_counter(), perf_counter()
    while True:
        for seen in follower.seen[looked_at:]:
            settling.take(seen)
            last = seen.at
        looked_at = len(follower.seen)
        if not settling.open and not await follower.news(QUIET):
            return last
        if perf_counter() - told_at > TOLD_EVERY:
            told_at = perf_counter()
            tell(
                f"{settling.profiled} profiles and {settling.matched} matches of {settling.expected}"
            )
        if (
            settling.open
            and not await follower.news(TOLD_EVERY)
            and perf_counter() - last > patience
        ):
            return last
