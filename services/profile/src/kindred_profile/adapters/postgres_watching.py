"""What is waited for and what was asked for, in Postgres."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kindred_profile.domain.found import Found

_SENT = """
INSERT INTO awaited_response (invitation_id, customer_id, until, state)
SELECT *, 'waiting' FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) ON CONFLICT DO NOTHING
"""

_ANSWERED = """
INSERT INTO awaited_response AS a (invitation_id, customer_id, state)
SELECT *, 'answered' FROM unnest($1::uuid[], $2::uuid[])
ON CONFLICT (invitation_id) DO UPDATE SET state = 'answered' WHERE a.state = 'waiting'
RETURNING invitation_id
"""

_EXPIRED = """
UPDATE awaited_response SET state = 'expired' WHERE invitation_id IN (
    SELECT invitation_id FROM awaited_response WHERE state = 'waiting' AND until <= $1
     ORDER BY until LIMIT $2 FOR UPDATE SKIP LOCKED)
RETURNING invitation_id, customer_id, until
"""

# The stream and the sweep find the same at the same time: the primary key lets one of them ask.
_ENTER = """
INSERT INTO rematch_request (request, customer_id, reason, found_at)
SELECT *, $4 FROM unnest($1::text[], $2::uuid[], $3::text[]) ON CONFLICT DO NOTHING RETURNING request
"""


class PostgresAwaited:
    """Invitations that wait for a response, on one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def sent(self, invitations: Mapping[UUID, tuple[UUID, datetime]]) -> None:
        customers = [customer for customer, _ in invitations.values()]
        until = [moment for _, moment in invitations.values()]
        await self._connection.exec_driver_sql(_SENT, (list(invitations), customers, until))

    async def answered(self, invitations: Mapping[UUID, UUID]) -> frozenset[UUID]:
        parameters = (list(invitations), list(invitations.values()))
        rows = await self._connection.exec_driver_sql(_ANSWERED, parameters)
        return frozenset(row.invitation_id for row in rows)

    async def expired(self, now: datetime, limit: int) -> Mapping[UUID, tuple[UUID, datetime]]:
        rows = await self._connection.exec_driver_sql(_EXPIRED, (now, limit))
        return {row.invitation_id: (row.customer_id, row.until) for row in rows}


class PostgresRequests:
    """Requests to match again, on one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def enter(self, found: Sequence[Found], now: datetime) -> list[Found]:
        by_request = {one.request: one for one in found}
        parameters = (
            list(by_request),
            [one.customer_id for one in by_request.values()],
            [one.reason for one in by_request.values()],
            now,
        )
        rows = await self._connection.exec_driver_sql(_ENTER, parameters)
        return [by_request[row.request] for row in rows]
