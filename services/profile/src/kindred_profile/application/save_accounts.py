"""Takes accounts as they stand elsewhere, and publishes their customers' profiles where that changes them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from kindred_common.contracts.record import Cause
from kindred_profile.application.ports import Identity, Stores
from kindred_profile.application.publish_profiles import publish_profiles
from kindred_profile.application.save_customers import Saved, saved_as
from kindred_profile.domain.customers import Account


@dataclass(frozen=True, slots=True)
class AccountDraft:
    """An account to be saved, and under which name, for what cause."""

    account: Account
    cause: Cause
    identity: Identity | None = None


async def save_accounts(stores: Stores, drafts: Sequence[AccountDraft]) -> dict[UUID, Saved]:
    """Saves the accounts; the same account again changes nothing."""
    wanted = {draft.account.id: draft for draft in drafts}
    created = await stores.accounts.make(wanted)
    locked = await stores.accounts.lock(wanted)
    changed = {
        i: wanted[i]
        for i, known in locked.items()
        if i in created or known.account != wanted[i].account
    }
    await _write(stores, changed, [wanted[i] for i in wanted if i in created])
    await _publish(stores, {i: draft.cause for i, draft in changed.items()})
    await stores.publisher.arrived([f"account:{i}" for i in sorted(created, key=str)])
    return {i: saved_as(i, created, changed) for i in wanted}


async def deactivate_accounts(stores: Stores, removed: Mapping[Identity, Cause]) -> None:
    """Ends the accounts that are known, and with them the part that their customers take."""
    ids = await stores.identities.accounts(removed)
    locked = await stores.accounts.lock(set(ids.values()))
    ending = [
        AccountDraft(replace(locked[ids[name]].account, active=False), cause)
        for name, cause in removed.items()
        if ids[name] in locked
    ]
    if ending:
        await save_accounts(stores, ending)


async def _write(
    stores: Stores, changed: Mapping[UUID, AccountDraft], created: Sequence[AccountDraft]
) -> None:
    if changed:
        await stores.accounts.save([draft.account for draft in changed.values()])
    names = {d.identity: d.account.id for d in created if d.identity is not None}
    if names:
        await stores.identities.name_accounts(names)


async def _publish(stores: Stores, causes: Mapping[UUID, Cause]) -> None:
    if not causes:
        return
    ids = await stores.customers.of_accounts(set(causes))
    here = [
        (known, causes[account_id])
        for known in (await stores.customers.lock(ids)).values()
        if (account_id := known.customer.account_id) in causes and account_id is not None
    ]
    of_customers = {known.customer.id: cause for known, cause in here}
    await publish_profiles(stores, [known for known, _ in here], of_customers)
