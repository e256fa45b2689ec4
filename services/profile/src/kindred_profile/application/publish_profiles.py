"""Folds locked customers anew and publishes what has changed: the one way a profile gets out."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from kindred_common.contracts.codec import Outgoing
from kindred_common.contracts.record import Cause
from kindred_common.contracts.topics import CUSTOMER_DETAILS, CUSTOMER_PROFILES
from kindred_profile.application.contract_records import (
    as_version,
    canonical,
    changed_fields,
    details_record,
    profile_record,
)
from kindred_profile.application.ports import Kept, Known, Stores
from kindred_profile.domain.profile import Profile, fold


async def publish_profiles(
    stores: Stores,
    locked: Collection[Known],
    causes: Mapping[UUID, Cause],
    look_at: datetime | None = None,
) -> None:
    """Publishes the profiles and details of ``locked`` that differ from what was published before.

    ``look_at`` asks the sweep to look at these customers then, unless it will look earlier anyway.
    """
    outgoing: list[Outgoing] = []
    kept: list[Kept] = []
    for known, profile in zip(locked, await fold_all(stores, locked), strict=True):
        records, keep = _news(known, profile, causes[known.customer.id], look_at)
        outgoing += records
        if keep is not None:
            kept.append(keep)
    if kept:
        await stores.customers.keep(kept)
    await stores.publisher.publish(outgoing)


async def fold_all(stores: Stores, locked: Collection[Known]) -> list[Profile]:
    """The present profiles of locked customers, in their order."""
    customers = [known.customer for known in locked]
    accounts = await stores.accounts.find({c.account_id for c in customers if c.account_id})
    facts = await stores.facts.of([customer.id for customer in customers])
    cases = await stores.tickets.open_cases(customers)
    return [
        fold(
            customer,
            accounts.get(customer.account_id) if customer.account_id else None,
            facts.get(customer.id, []),
            open_case=customer.id in cases,
        )
        for customer in customers
    ]


def _news(
    known: Known, profile: Profile, cause: Cause, look_at: datetime | None
) -> tuple[Sequence[Outgoing], Kept | None]:
    record, details = profile_record(profile), details_record(profile).model_dump_json()
    content = canonical(record)
    key = str(known.customer.id)
    records: list[Outgoing] = []
    version = known.profile_version
    if content != known.profile:
        version += 1
        changed = changed_fields(known.profile, content)
        data = as_version(record, version, changed)
        records.append(Outgoing(CUSTOMER_PROFILES, key, data, cause))
    if details != known.details:
        records.append(Outgoing(CUSTOMER_DETAILS, key, details_record(profile), cause))
    look = _earlier(known.look_at, look_at)
    if not records and look == known.look_at:
        return (), None
    return records, Kept(known.customer.id, version, content, details, look)


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((moment for moment in (one, other) if moment is not None), default=None)
