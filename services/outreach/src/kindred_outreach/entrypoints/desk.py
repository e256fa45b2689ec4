"""What every route is given, and who may call it."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header

from kindred_common.clock import Clock, Ids
from kindred_common.db.transactions import Transaction, Transactions
from kindred_common.security.audit import AuditEntry, record
from kindred_common.security.principals import Principal, Role
from kindred_common.web.auth import requires
from kindred_outreach.domain.messages import Message
from kindred_outreach.entrypoints.reasons import in_words
from kindred_outreach.entrypoints.schemas import MessageOut
from kindred_outreach.entrypoints.wiring import OpenQueries, OpenStores

Reader = Annotated[Principal, Depends(requires(scope="messages:read"))]
Operator = Annotated[
    Principal,
    Depends(requires(Role.ADMINISTRATOR, Role.PROGRAMME_MANAGER, scope="messages:write")),
]
AcceptLanguage = Annotated[str | None, Header()]


@dataclass(frozen=True, slots=True)
class Desk:
    """Transactions with the stores and queries on them, the clock, new ids and the audit log."""

    transactions: Transactions
    open_stores: OpenStores
    open_queries: OpenQueries
    clock: Clock
    ids: Ids

    async def audit(
        self, transaction: Transaction, principal: Principal, action: str, subject: tuple[str, str]
    ) -> None:
        """Notes an act; ``subject`` is its kind and id."""
        entry = AuditEntry(self.ids(), self.clock.now(), principal.subject, action, *subject)
        await record(transaction.connection, entry)


def told(message: Message, accept_language: str | None) -> MessageOut:
    """The message as the API shows it."""
    return MessageOut.of(message, in_words(message.rule, accept_language))
