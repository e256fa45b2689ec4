"""Business transactions in Postgres."""

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kindred_profile.adapters.arrays import columns_of
from kindred_profile.application.ports import Identity, Ticket
from kindred_profile.domain.customers import Customer

_PUT = """
INSERT INTO ticket AS t (source, external_id, account_id, customer_id, kind, happened_at, amount, complaint, open,
                         observed_at, record_id)
SELECT * FROM unnest($1::text[], $2::text[], $3::uuid[], $4::uuid[], $5::text[], $6::timestamptz[], $7::float8[],
                     $8::bool[], $9::bool[], $10::timestamptz[], $11::text[])
ON CONFLICT (source, external_id) DO UPDATE
   SET account_id = excluded.account_id, customer_id = excluded.customer_id, kind = excluded.kind,
       happened_at = excluded.happened_at, amount = excluded.amount, complaint = excluded.complaint,
       open = excluded.open, observed_at = excluded.observed_at, record_id = excluded.record_id
 WHERE (t.observed_at, t.record_id) < (excluded.observed_at, excluded.record_id)
"""

_OPEN = """
SELECT asked.id FROM unnest($1::uuid[], $2::uuid[]) AS asked(id, account_id)
 WHERE EXISTS (SELECT FROM ticket WHERE open AND complaint AND customer_id = asked.id)
    OR EXISTS (SELECT FROM ticket WHERE open AND complaint AND customer_id IS NULL AND account_id = asked.account_id)
"""


class PostgresTickets:
    """The transactions that were reported, on one transaction of the database."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def put(self, tickets: Sequence[Ticket]) -> None:
        rows = (
            (
                *t.identity,
                t.account_id,
                t.customer_id,
                t.kind,
                t.happened_at,
                t.amount,
                t.complaint,
                t.open,
                t.observed_at,
                t.record_id,
            )
            for t in _latest(tickets)
        )
        await self._connection.exec_driver_sql(_PUT, columns_of(rows, 11))

    async def open_cases(self, customers: Collection[Customer]) -> frozenset[UUID]:
        if not customers:
            return frozenset()
        asked = ([c.id for c in customers], [c.account_id for c in customers])
        rows = await self._connection.exec_driver_sql(_OPEN, asked)
        return frozenset(row.id for row in rows)


def _latest(tickets: Iterable[Ticket]) -> list[Ticket]:
    """One statement cannot write a row twice."""
    latest: dict[Identity, Ticket] = {}
    for ticket in sorted(tickets, key=lambda t: (t.observed_at, t.record_id)):
        latest[ticket.identity] = ticket
    return list(latest.values())
