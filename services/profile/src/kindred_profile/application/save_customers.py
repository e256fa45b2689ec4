"""Takes customers' records as they stand elsewhere: from CRM, an import or an account manager."""

from collections.abc import Collection, Mapping, Sequence
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
    outcome = {draft.customer.id: Saved.UNKNOWN_ACCOUNT for draft in drafts}
    wanted = await _of_known_accounts(stores, drafts)
    if not wanted:
        return outcome
    created = await stores.customers.make(wanted)
    locked = await stores.customers.lock(wanted)
    changed = {
        id_: wanted[id_]
        for id_, known in locked.items()
        if id_ in created or known.customer != wanted[id_].customer
    }
    await _write(stores, list(changed.values()), [wanted[id_] for id_ in created])
    await stores.facts.add(_moves(list(changed.values()), locked, now))
    await _publish(stores, list(changed.values()), locked)
    await stores.publisher.arrived([f"customer:{id_}" for id_ in sorted(created, key=str)])
    return outcome | {id_: saved_as(id_, created, changed) for id_ in locked}


async def _of_known_accounts(stores: Stores, drafts: Sequence[Draft]) -> dict[UUID, Draft]:
    """The records that may be saved, by customer; their accounts are held until the end of the transaction."""
    account_ids = [d.customer.account_id for d in drafts if d.customer.account_id is not None]
    accounts = {None, *await stores.accounts.hold(set(account_ids))}
    return {d.customer.id: d for d in drafts if d.customer.account_id in accounts}


def saved_as(id_: UUID, created: Collection[UUID], changed: Collection[UUID]) -> Saved:
    """What became of a customer or account that was saved."""
    if id_ in created:
        return Saved.CREATED
    return Saved.UPDATED if id_ in changed else Saved.UNCHANGED


async def _write(stores: Stores, changed: Sequence[Draft], created: Sequence[Draft]) -> None:
    if changed:
        await stores.customers.save([draft.customer for draft in changed])
    names = {d.identity: d.customer.id for d in created if d.identity is not None}
    if names:
        await stores.identities.name_customers(names)


async def _publish(stores: Stores, changed: Sequence[Draft], locked: Mapping[UUID, Known]) -> None:
    await publish_profiles(
        stores,
        [replace(locked[draft.customer.id], customer=draft.customer) for draft in changed],
        {draft.customer.id: draft.cause for draft in changed},
    )


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
