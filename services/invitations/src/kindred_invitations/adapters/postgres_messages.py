"""The messages requested for invitations, in Postgres."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from kindred_invitations.adapters.tables import message as table
from kindred_invitations.application.ports import Outcome, SentMessage

# Outcomes of one message may be noted in one batch; the latest by its own time stays.
_NOTE = """
UPDATE message AS m SET result = o.result, rule = o.rule, at = o.at, allowed_from = o.allowed_from
  FROM (SELECT DISTINCT ON (id) * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[])
               WITH ORDINALITY AS u(id, result, rule, at, allowed_from, place) ORDER BY id, at DESC, place DESC) AS o
 WHERE m.id = o.id AND (m.at IS NULL OR m.at <= o.at)
"""


class PostgresMessages:
    """Messages in one transaction; implements ``Messages``."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, messages: Sequence[SentMessage]) -> None:
        rows = [
            {
                "id": message.message_id,
                "invitation_id": message.invitation_id,
                "purpose": message.purpose,
                "requested_at": message.requested_at,
            }
            for message in messages
        ]
        await self._connection.execute(table.insert(), rows)

    async def note(self, outcomes: Sequence[Outcome]) -> dict[UUID, SentMessage]:
        ids = [outcome.message_id for outcome in outcomes]
        await self._connection.exec_driver_sql(
            _NOTE,
            (
                ids,
                [outcome.result for outcome in outcomes],
                [outcome.rule for outcome in outcomes],
                [outcome.at for outcome in outcomes],
                [outcome.allowed_from for outcome in outcomes],
            ),
        )
        ours = sa.select(table).where(
            table.c.id == sa.any_(sa.bindparam(None, ids, type_=sa.ARRAY(sa.Uuid)))
        )
        rows = await self._connection.execute(ours)
        return {
            row.id: SentMessage(row.id, row.invitation_id, row.purpose, row.requested_at)
            for row in rows
        }
