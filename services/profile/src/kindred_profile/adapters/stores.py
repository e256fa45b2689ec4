"""All stores of one transaction."""

from collections.abc import Callable, Sequence

from kindred_common.clock import Clock
from kindred_common.contracts.codec import Outgoing
from kindred_common.db.transactions import Transaction
from kindred_common.messaging.held import arrived
from kindred_common.messaging.outbox import Outbox
from kindred_profile.adapters.postgres_accounts import PostgresAccounts
from kindred_profile.adapters.postgres_customers import PostgresCustomers
from kindred_profile.adapters.postgres_facts import PostgresFacts
from kindred_profile.adapters.postgres_identities import PostgresIdentities
from kindred_profile.adapters.postgres_tickets import PostgresTickets
from kindred_profile.adapters.postgres_watching import PostgresAwaited, PostgresRequests
from kindred_profile.application.ports import Stores


class OutboxPublisher:
    """Publishes through the outbox of one transaction."""

    def __init__(self, transaction: Transaction, outbox: Outbox) -> None:
        self._transaction = transaction
        self._outbox = outbox

    async def publish(self, records: Sequence[Outgoing]) -> None:
        await self._outbox.publish(self._transaction, records)

    async def arrived(self, references: Sequence[str]) -> None:
        await arrived(self._transaction, references)


def stores_on(outbox: Outbox, clock: Clock) -> Callable[[Transaction], Stores]:
    """Makes the stores of each transaction."""

    def stores(transaction: Transaction) -> Stores:
        connection = transaction.connection
        return Stores(
            customers=PostgresCustomers(connection),
            accounts=PostgresAccounts(connection),
            facts=PostgresFacts(connection, clock),
            identities=PostgresIdentities(connection),
            tickets=PostgresTickets(connection),
            awaited=PostgresAwaited(connection),
            requests=PostgresRequests(connection),
            publisher=OutboxPublisher(transaction, outbox),
        )

    return stores
