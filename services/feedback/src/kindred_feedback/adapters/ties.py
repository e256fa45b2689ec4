"""The ports that common parts fill: links, timed work, the outbox."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from kindred_common.contracts.codec import Outgoing
from kindred_common.db.transactions import Transaction
from kindred_common.messaging.due_jobs import DueJob, schedule
from kindred_common.messaging.outbox import Outbox
from kindred_common.security.personal_links import PersonalLinks
from kindred_feedback.domain.guest import Guest

PURPOSE = "feedback"
ASK = "ask"


class PersonalPages:
    """Implements ``application.ports.Links``; ``pages`` is the address that links begin with."""

    def __init__(self, transaction: Transaction, pages: str) -> None:
        self._links = PersonalLinks(transaction.connection)
        self._pages = pages

    async def create(self, guest: Guest, expires_at: datetime, now: datetime) -> str:
        token = await self._links.create(
            PURPOSE, guest.customer_id, guest.invitation_id, expires_at=expires_at, now=now
        )
        return f"{self._pages}/f/{token}"

    async def opened_by(self, token: str, now: datetime) -> UUID | None:
        link = await self._links.find(token, PURPOSE, now)
        return None if link is None else link.target_id


class DuePlanner:
    """Implements ``application.ports.Planner``."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def ask(self, invitation_id: UUID, due_at: datetime) -> None:
        await schedule(self._transaction, DueJob(ASK, str(invitation_id), due_at, {}))


class OutboxPublisher:
    """Implements ``application.ports.Publisher``."""

    def __init__(self, transaction: Transaction, outbox: Outbox) -> None:
        self._transaction = transaction
        self._outbox = outbox

    async def publish(self, records: Sequence[Outgoing]) -> list[UUID]:
        return await self._outbox.publish(self._transaction, records)
