"""Takes facts about customers in, many at once: the hot path from an answer to a changed profile."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from kindred_common.contracts.codec import Outgoing
from kindred_common.contracts.profile import SignalInput
from kindred_common.contracts.record import Cause
from kindred_common.contracts.topics import SIGNAL_INPUTS
from kindred_profile.application.ports import Stores
from kindred_profile.application.publish_profiles import publish_profiles
from kindred_profile.domain.bursts import QUIET
from kindred_profile.domain.facts import Fact
from kindred_profile.domain.signals import Signal, signals_of

FactsOfOne = tuple[UUID, Sequence[Fact], Cause]
"""A customer, what one record says of him, and the cause that what follows carries."""


async def record_facts(
    stores: Stores, told: Sequence[FactsOfOne], now: datetime
) -> frozenset[UUID]:
    """Keeps the facts, publishes the profiles that they change and the signals they give.

    Returns the customers that are not known; of them nothing is kept.
    """
    locked = await stores.customers.lock({customer_id for customer_id, _, _ in told})
    of_known = [
        (locked[asked].customer.id, said, cause) for asked, said, cause in told if asked in locked
    ]
    if of_known:
        causes = {known_as: cause for known_as, _, cause in of_known}
        new = await stores.facts.add(_under_present_ids(of_known))
        touched = {known.customer.id: known for known in locked.values()}
        await publish_profiles(stores, list(touched.values()), causes, look_at=now + QUIET)
        await stores.publisher.publish([signal_record(signal) for signal in signals_of(new)])
    return frozenset(asked for asked, _, _ in told if asked not in locked)


def _under_present_ids(told: Sequence[FactsOfOne]) -> list[Fact]:
    """The facts, of the customers whom they are known as now: records may still name an alias."""
    return [
        fact if fact.customer_id == known_as else fact._replace(customer_id=known_as)
        for known_as, said, _ in told
        for fact in said
    ]


def signal_record(signal: Signal) -> Outgoing:
    """The observation, keyed by its signal."""
    data = SignalInput(
        signal=signal.name,
        customer_id=signal.customer_id,
        value=signal.value,
        observed_at=signal.observed_at,
    )
    cause = Cause(signal.correlation_id, signal.record_id)
    return Outgoing(SIGNAL_INPUTS, signal.name, data, cause)
