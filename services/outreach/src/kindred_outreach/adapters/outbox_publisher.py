"""Publishing through the outbox of this transaction."""

from collections.abc import Sequence

from kindred_common.contracts.codec import Outgoing
from kindred_common.db.transactions import Transaction
from kindred_common.messaging.outbox import Outbox


class OutboxPublisher:
    """Adds records to the outbox."""

    def __init__(self, transaction: Transaction, outbox: Outbox) -> None:
        self._transaction = transaction
        self._outbox = outbox

    async def publish(self, records: Sequence[Outgoing]) -> None:
        await self._outbox.publish(self._transaction, records)
