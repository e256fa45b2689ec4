"""Ends the part that customers take, when the system they come from has removed them."""

from collections.abc import Mapping
from dataclasses import replace

from kindred_common.contracts.record import Cause
from kindred_profile.application.ports import Identity, Stores
from kindred_profile.application.publish_profiles import publish_profiles


async def deactivate_customers(stores: Stores, removed: Mapping[Identity, Cause]) -> None:
    """Deactivates those that are known; what is known of them stays."""
    ids = await stores.identities.customers(removed)
    locked = await stores.customers.lock(set(ids.values()))
    active = {
        known.customer.id: replace(known, customer=replace(known.customer, active=False))
        for known in locked.values()
        if known.customer.active
    }
    if not active:
        return
    await stores.customers.save([known.customer for known in active.values()])
    causes = {
        locked[ids[name]].customer.id: c for name, c in removed.items() if ids[name] in locked
    }
    await publish_profiles(stores, list(active.values()), causes)
