"""Takes customers' records as they stand elsewhere: from CRM, an import or an account manager."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from kindred_common.contracts.record import Cause
from kindred_common.contracts.vocabulary import FactSource
from kindred_profile.application.ports import Identity, Known, Stores
from kindred_profile.application.publish_profiles import publish_profiles
from kindred_profile.domain.customers import Customer
from kindred_profile.domain.facts import Fact, FactKind


class Saved(StrEnum):
    """What became of a record."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    UNKNOWN_ACCOUNT = "unknown_account"


@dataclass(frozen=True, slots=True)
class Draft:
    """A record to be saved, and who brought it under which name, for what cause."""

    customer: Customer
    source: FactSource
    cause: Cause
    identity: Identity | None = None


async def save_customers(
    stores: Stores, drafts: Sequence[Draft], now: datetime
) -> dict[UUID, Saved]:
    """Saves the records and publishes what changes by them; the same record again changes nothing.

    A record of an account that is not known is left alone.
    """
    account_ids = {d.customer.account_id for d in drafts if d.customer.account_id is not None}
    accounts = await stores.accounts.hold(account_ids)
    outcome = {d.customer.id: Saved.UNKNOWN_ACCOUNT for d in drafts}
    wanted = {
        d.customer.id: d
        for d in drafts
        if d.customer.account_id is None or d.customer.account_id in accounts
    }
    if not wanted:
        return outcome
    created = await stores.customers.make(wanted)
    locked = await stores.customers.lock(wanted)
    changed = [
        wanted[i] for i, k in locked.items() if i in created or k.customer != wanted[i].customer
    ]
    changed_ids = {draft.customer.id for draft in changed}
    for customer_id in locked:
        outcome[customer_id] = _outcome(customer_id, created, changed_ids)
    await _write(stores, changed, [d for d in wanted.values() if d.customer.id in created])
    await stores.facts.add(_moves(changed, locked, now))
    await publish_profiles(
        stores,
        [replace(locked[d.customer.id], customer=d.customer) for d in changed],
        {draft.customer.id: draft.cause for draft in changed},
    )
    await stores.publisher.arrived([f"customer:{i}" for i in sorted(created, key=str)])
    return outcome


def _outcome(customer_id: UUID, created: frozenset[UUID], changed: set[UUID]) -> Saved:
    if customer_id in created:
        return Saved.CREATED
    return Saved.UPDATED if customer_id in changed else Saved.UNCHANGED


async def _write(stores: Stores, changed: Sequence[Draft], created: Sequence[Draft]) -> None:
    if changed:
        await stores.customers.save([draft.customer for draft in changed])
    names = {d.identity: d.customer.id for d in created if d.identity is not None}
    if names:
        await stores.identities.name_customers(names)


def _moves(changed: Sequence[Draft], locked: Mapping[UUID, Known], now: datetime) -> list[Fact]:
    """A customer who comes to an account leaves a fact: where he was stays known."""
    return [
        Fact(
            draft.customer.id,
            FactKind.RELATION,
            "relation",
            "none" if draft.customer.account_id is None else str(draft.customer.account_id),
            draft.source.value,
            now,
            draft.cause.causation_id or draft.cause.correlation_id,
            draft.cause.correlation_id,
        )
        for draft in changed
        if locked[draft.customer.id].customer.account_id != draft.customer.account_id
    ]
