"""From records of other systems to use cases."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import cast

from kindred_common.clock import Clock
from kindred_common.contracts.codec import Received
from kindred_common.contracts.external import CrmAccount, CrmCustomer, CrmTransaction
from kindred_common.contracts.record import Record
from kindred_common.contracts.vocabulary import FactSource
from kindred_common.db.transactions import Transaction
from kindred_common.messaging.subscription import BatchHandler, Refusals
from kindred_common.messaging.verdicts import Early, NotApplied, Rejected
from kindred_profile.application.crm_records import (
    account_of_record,
    customer_of_record,
    ticket_of_record,
)
from kindred_profile.application.deactivate_customers import deactivate_customers
from kindred_profile.application.ports import Identity, Stores
from kindred_profile.application.record_tickets import Reported, record_tickets
from kindred_profile.application.save_accounts import (
    AccountDraft,
    deactivate_accounts,
    save_accounts,
)
from kindred_profile.application.save_customers import Draft, Saved, save_customers

StoresOf = Callable[[Transaction], Stores]
AHEAD = timedelta(hours=1)
"""How far ahead of ours the clock of another system may be."""

Verdicts = list[tuple[Received[Record], NotApplied]]


def accounts_handler(stores_of: StoresOf) -> BatchHandler:
    """Saves accounts; a null deactivates one."""

    async def handle(transaction: Transaction, records: Sequence[Received[Record]]) -> Refusals:
        stores = stores_of(transaction)
        named, refusals = _by_name(records)
        ids = await stores.identities.accounts(named)
        drafts = [
            AccountDraft(account_of_record(record.data, ids[name]), record.because(), name)
            for name, record in named.items()
            if isinstance(record.data, CrmAccount)
        ]
        await save_accounts(stores, drafts)
        removed = {name: r.because() for name, r in named.items() if r.data is None}
        await deactivate_accounts(stores, removed)
        return refusals

    return handle


def customers_handler(stores_of: StoresOf, clock: Clock) -> BatchHandler:
    """Saves customers; a null deactivates one; one of an account that is not known yet waits for it."""

    async def handle(transaction: Transaction, records: Sequence[Received[Record]]) -> Refusals:
        stores = stores_of(transaction)
        named, refusals = _by_name(records)
        drafts = await _customer_drafts(stores, named)
        outcome = await save_customers(stores, list(drafts.values()), clock.now())
        for name, draft in drafts.items():
            if outcome[draft.customer.id] is Saved.UNKNOWN_ACCOUNT:
                waits_for = Early(f"account:{draft.customer.account_id}")
                refusals.append((named[name], waits_for))
        removed = {name: r.because() for name, r in named.items() if r.data is None}
        await deactivate_customers(stores, removed)
        return refusals

    return handle


async def _customer_drafts(
    stores: Stores, named: dict[Identity, Received[Record]]
) -> dict[Identity, Draft]:
    """The records under our own ids."""
    present = {n: r for n, r in named.items() if isinstance(r.data, CrmCustomer)}
    ids = await stores.identities.customers(present)
    accounts = await stores.identities.accounts(
        {
            Identity(r.data.source, r.data.account_external_id)
            for r in present.values()
            if isinstance(r.data, CrmCustomer) and r.data.account_external_id
        }
    )
    drafts: dict[Identity, Draft] = {}
    for name, record in present.items():
        data = cast("CrmCustomer", record.data)
        account = Identity(data.source, data.account_external_id or "")
        customer = customer_of_record(data, ids[name], accounts.get(account))
        drafts[name] = Draft(customer, FactSource.CRM, record.because(), name)
    return drafts


def transactions_handler(stores_of: StoresOf, clock: Clock) -> BatchHandler:
    """Keeps business transactions; one that names an unknown account or customer waits for it."""

    async def handle(transaction: Transaction, records: Sequence[Received[Record]]) -> Refusals:
        stores = stores_of(transaction)
        wrong = _wrong_transactions(records, clock.now() + AHEAD)
        refused = {id(record) for record, _ in wrong}
        sound = [record for record in records if id(record) not in refused]
        received = [cast("Received[CrmTransaction]", record) for record in sound]
        reported = await _reported(stores, received)
        missing = await record_tickets(stores, reported)
        early: Verdicts = [
            (sound[place], Early(missing[one.ticket.record_id]))
            for place, one in enumerate(reported)
            if one.ticket.record_id in missing
        ]
        return early + wrong

    return handle


def _wrong_transactions(records: Sequence[Received[Record]], latest: datetime) -> Verdicts:
    """Those under the key of another account, behind whose waiting records they would queue, and those from the future."""
    wrong: Verdicts = []
    for record in records:
        data = cast("CrmTransaction", record.data)
        if record.key != f"{data.source}:{data.account_external_id}":
            wrong.append(
                (record, Rejected("key", "is not source:account_external_id of the record"))
            )
        elif record.envelope.time > latest:
            # The latest time counts: one far ahead could never be corrected.
            wrong.append((record, Rejected("time", "lies in the future")))
    return wrong


async def _reported(stores: Stores, received: Sequence[Received[CrmTransaction]]) -> list[Reported]:
    data = [record.data for record in received if record.data is not None]
    accounts = await stores.identities.accounts(
        {Identity(one.source, one.account_external_id) for one in data}
    )
    customers = await stores.identities.customers(
        {Identity(o.source, o.customer_external_id) for o in data if o.customer_external_id}
    )
    reported: list[Reported] = []
    for record, one in zip(received, data, strict=True):
        account_id = accounts[Identity(one.source, one.account_external_id)]
        customer_id = customers.get(Identity(one.source, one.customer_external_id or ""))
        ticket = ticket_of_record(record, account_id, customer_id)
        reported.append(Reported(ticket, record.because()))
    return reported


def _by_name(
    records: Sequence[Received[Record]],
) -> tuple[dict[Identity, Received[Record]], Verdicts]:
    """The records by the name in their key, which must be the name in their body."""
    named: dict[Identity, Received[Record]] = {}
    refusals: Verdicts = []
    for record in records:
        source, colon, external_id = record.key.partition(":")
        name, data = Identity(source, external_id), record.data
        said = name
        if isinstance(data, CrmAccount | CrmCustomer):
            said = Identity(data.source, data.external_id)
        if not colon or said != name:
            refusals.append((record, Rejected("key", "is not source:external_id of the record")))
        else:
            named[name] = record
    return named, refusals
