"""Re-emits the matches of every customer as they were last published."""

import sqlalchemy as sa

from kindred_common.contracts.codec import Outgoing
from kindred_common.contracts.matching import CustomerMatches
from kindred_common.contracts.record import Cause
from kindred_common.contracts.topics import CUSTOMER_MATCHES
from kindred_common.db.transactions import Transaction
from kindred_common.messaging.republish import Page
from kindred_matching.adapters import tables


async def read_matches(transaction: Transaction, after: str, limit: int) -> Page:
    """The page behind a customer; the writer waits meanwhile, so that nothing older follows something newer."""
    connection, table = transaction.connection, tables.customer_matches
    await connection.execute(sa.select(tables.engine.c.id).with_for_update())
    query = sa.select(table).order_by(table.c.customer_id).limit(limit)
    if after:
        query = query.where(table.c.customer_id > after)
    rows = (await connection.execute(query)).all()
    records = [
        Outgoing(
            CUSTOMER_MATCHES,
            str(row.customer_id),
            CustomerMatches.from_json(row.body.encode()),
            Cause(row.correlation_id, row.causation_id, row.traceparent),
        )
        for row in rows
    ]
    return Page(records, records[-1].key if len(records) == limit else None)
