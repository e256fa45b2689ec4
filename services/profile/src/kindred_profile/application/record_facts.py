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
    facts: list[Fact] = []
    causes: dict[UUID, Cause] = {}
    for asked, said, cause in told:
        if asked in locked:
            known_as = locked[asked].customer.id
            facts += said if known_as == asked else [f._replace(customer_id=known_as) for f in said]
            causes[known_as] = cause
    if causes:
        new = await stores.facts.add(facts)
        touched = {known.customer.id: known for known in locked.values()}
        await publish_profiles(stores, list(touched.values()), causes, look_at=now + QUIET)
        await stores.publisher.publish([signal_record(signal) for signal in signals_of(new)])
    return frozenset(asked for asked, _, _ in told if asked not in locked)


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
