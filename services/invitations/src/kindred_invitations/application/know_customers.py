"""Keeps what other services tell about customers, for this service's own answers."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from kindred_common.contracts.feedback import FeedbackGiven
from kindred_common.contracts.matching import CustomerMatches
from kindred_common.contracts.profile import (
    ConsentChanged,
    CustomerDetails,
    CustomerProfile,
    LiveSignal,
)
from kindred_invitations.application.ports import Announce
from kindred_invitations.application.records import customer_reference


class Projections(Protocol):
    """What is kept of the other services' records; methods that first meet customers return who is new."""

    async def keep_profiles(self, profiles: Sequence[CustomerProfile]) -> list[UUID]: ...

    async def keep_details(self, details: Sequence[CustomerDetails]) -> list[UUID]: ...

    async def forget_profiles(self, customer_ids: Sequence[UUID]) -> None: ...

    async def forget_details(self, customer_ids: Sequence[UUID]) -> None: ...

    async def keep_matches(self, matches: Sequence[CustomerMatches]) -> None: ...

    async def forget_matches(self, customer_ids: Sequence[UUID]) -> None: ...

    async def keep_feedback(self, feedback: Sequence[FeedbackGiven]) -> None: ...

    async def keep_consents(self, consents: Sequence[ConsentChanged]) -> None: ...

    async def keep_signals(self, signals: Sequence[LiveSignal]) -> None: ...

    async def forget_signals(self, names: Sequence[str]) -> None: ...


async def know_profiles(
    projections: Projections, announce: Announce, profiles: Sequence[CustomerProfile]
) -> None:
    """Keeps profiles; what waits for a customer goes on when he is met."""
    new = await projections.keep_profiles(profiles)
    await announce([customer_reference(customer) for customer in new])


async def know_details(
    projections: Projections, announce: Announce, details: Sequence[CustomerDetails]
) -> None:
    """Keeps names and addresses; what waits for a customer goes on when he is met."""
    new = await projections.keep_details(details)
    await announce([customer_reference(customer) for customer in new])
