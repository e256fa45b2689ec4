"""What every way into the service works with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from kindred_common.clock import Clock, Ids
from kindred_common.db.transactions import Transaction, Transactions
from kindred_common.security.audit import AuditEntry, Detail, record
from kindred_common.security.principals import Principal
from kindred_profile.application.import_customers import Imports
from kindred_profile.application.ports import Stores
from kindred_profile.application.queries import Readings


@dataclass(frozen=True, slots=True)
class Act:
    """Something to be noted in the audit log: ``action`` such as ``customer.read``, on which thing."""

    action: str
    kind: str
    subject: str
    details: Mapping[str, Detail] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Desk:
    """Transactions and what to do with them."""

    transactions: Transactions
    stores: Callable[[Transaction], Stores]
    readings: Callable[[Transaction], Readings]
    imports: Callable[[Transaction], Imports]
    clock: Clock
    ids: Ids

    async def note(self, transaction: Transaction, principal: Principal, act: Act) -> None:
        """Writes to the audit log that ``principal`` did this."""
        entry = AuditEntry(
            self.ids(),
            self.clock.now(),
            principal.subject,
            act.action,
            act.kind,
            act.subject,
            act.details,
        )
        await record(transaction.connection, entry)
