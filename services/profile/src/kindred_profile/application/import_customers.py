"""Imports customers row by row: each batch in a transaction of its own, the same table twice without effect."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol
from uuid import UUID

from kindred_common.contracts.external import CrmAccount, CrmCustomer
from kindred_common.contracts.record import Cause
from kindred_common.contracts.vocabulary import FactSource
from kindred_profile.application.crm_records import account_of_record, customer_of_record
from kindred_profile.application.ports import Identity, Stores
from kindred_profile.application.save_accounts import AccountDraft, save_accounts
from kindred_profile.application.save_customers import Draft, Saved, save_customers
from kindred_profile.domain.import_rules import Fault


@dataclass(frozen=True, slots=True)
class Report:
    """What an import did, or in a dry run would have done; ``repeated`` when it was done before and nothing was."""

    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    failed: int = 0
    dry_run: bool = False
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Import:
    """One import: the ``digest`` of table, mapping and mode identifies it."""

    id: UUID
    digest: bytes
    name: str
    report: Report
    finished: bool


@dataclass(frozen=True, slots=True)
class Rows:
    """A batch of rows that were read, by their numbers, and what was wrong with others."""

    accounts: Sequence[CrmAccount]
    customers: dict[int, CrmCustomer]
    faults: list[Fault] = field(default_factory=list)


class Imports(Protocol):
    """What is remembered of imports."""

    async def begin(self, started: Import, now: datetime) -> Import:
        """Enters it, or returns what is remembered of the same import."""
        ...

    async def forget_faults(self, import_id: UUID) -> None:
        """Before an import is gone through again."""
        ...

    async def add_faults(self, import_id: UUID, faults: Sequence[Fault]) -> None: ...

    async def finish(self, import_id: UUID, report: Report, now: datetime) -> None: ...

    async def find(self, import_id: UUID) -> Import | None: ...

    async def faults(self, import_id: UUID, after_row: int, limit: int) -> Sequence[Fault]: ...


async def import_rows(stores: Stores, rows: Rows, cause: Cause, now: datetime) -> Report:
    """Saves a batch; its faults grow by what could not be saved."""
    await _save_accounts(stores, rows.accounts, cause)
    numbers: dict[UUID, int] = {}
    drafts: list[Draft] = []
    for number, draft in (await _drafts(stores, rows, cause)).items():
        numbers[draft.customer.id] = number
        drafts.append(draft)
    outcome = await save_customers(stores, drafts, now) if drafts else {}
    for customer_id, saved in outcome.items():
        if saved is Saved.UNKNOWN_ACCOUNT:
            fault = Fault(numbers[customer_id], "account_external_id", "names no known account")
            rows.faults.append(fault)
    results = list(outcome.values())
    return Report(
        rows=len(rows.customers),
        created=results.count(Saved.CREATED),
        updated=results.count(Saved.UPDATED),
        unchanged=results.count(Saved.UNCHANGED),
    )


def add_up(one: Report, other: Report) -> Report:
    """Both together; the mode of the first."""
    return replace(
        one,
        rows=one.rows + other.rows,
        created=one.created + other.created,
        updated=one.updated + other.updated,
        unchanged=one.unchanged + other.unchanged,
        failed=one.failed + other.failed,
    )


async def _save_accounts(stores: Stores, accounts: Sequence[CrmAccount], cause: Cause) -> None:
    names = [Identity(record.source, record.external_id) for record in accounts]
    ids = await stores.identities.accounts(names)
    drafts = [
        AccountDraft(account_of_record(record, ids[name]), cause, name)
        for name, record in zip(names, accounts, strict=True)
    ]
    if drafts:
        await save_accounts(stores, drafts)


async def _drafts(stores: Stores, rows: Rows, cause: Cause) -> dict[int, Draft]:
    records = rows.customers.values()
    ids = await stores.identities.customers([Identity(r.source, r.external_id) for r in records])
    accounts = await stores.identities.accounts(
        {Identity(r.source, r.account_external_id) for r in records if r.account_external_id}
    )
    drafts: dict[int, Draft] = {}
    for number, record in rows.customers.items():
        name = Identity(record.source, record.external_id)
        account_id = accounts.get(Identity(record.source, record.account_external_id or ""))
        customer = customer_of_record(record, ids[name], account_id)
        drafts[number] = Draft(customer, FactSource.IMPORT, cause, name)
    return drafts
