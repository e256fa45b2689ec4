"""Personal links for unsubscribing."""

from datetime import datetime, timedelta

from kindred_common.db.transactions import Transaction
from kindred_common.security.personal_links import PersonalLinks
from kindred_outreach.domain.messages import Message

PURPOSE = "unsubscribe"
VALID = timedelta(days=400)


class PersonalUnsubscribeLinks:
    """Makes links that open the unsubscribe page for one message."""

    def __init__(self, transaction: Transaction, pages: str) -> None:
        self._links = PersonalLinks(transaction.connection)
        self._pages = pages

    async def create(self, message: Message, now: datetime) -> str:
        token = await self._links.create(
            PURPOSE, message.customer_id, message.id, expires_at=now + VALID, now=now
        )
        return f"{self._pages}/u/{token}"
