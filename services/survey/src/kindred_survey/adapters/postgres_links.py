from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from kindred_common.security.personal_links import PersonalLinks
from kindred_survey.adapters.tables import customer, survey_link
from kindred_survey.application.ports import Customer, Link, LinkStatus, Visit

PURPOSE = "survey"

_NOTE = """
UPDATE survey_link AS l SET status = o.status, rule = o.rule, status_at = o.at
  FROM unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[]) AS o(message_id, status, rule, at)
 WHERE l.message_id = o.message_id AND l.status_at <= o.at
"""

_known = sa.select(
    survey_link,
    customer.c.id.label("known_id"),
    customer.c.active,
    customer.c.language,
    customer.c.account_manager_id,
    customer.c.team,
).join_from(survey_link, customer, customer.c.id == survey_link.c.customer_id, isouter=True)


class PostgresLinks:
    """Links to surveys, on the personal links that every service has."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._tokens = PersonalLinks(connection)

    async def create(self, link: Link) -> str | None:
        statement = insert(survey_link).values(
            id=link.id,
            survey_id=link.survey_id,
            version=link.version,
            customer_id=link.customer_id,
            created_at=link.created_at,
            expires_at=link.expires_at,
            message_id=link.message_id,
            status=link.status,
            status_at=link.created_at,
        )
        # Two requests for the same message can race: the unique index lets one win.
        made = await self._connection.execute(statement.on_conflict_do_nothing())
        if made.rowcount == 0:
            return None
        return await self._tokens.create(
            PURPOSE,
            link.customer_id,
            link.id,
            expires_at=link.expires_at,
            now=link.created_at,
        )

    async def follow(self, token: str, now: datetime) -> Visit | None:
        opened = await self._tokens.find(token, PURPOSE, now)
        if opened is None:
            return None
        statement = _known.where(survey_link.c.id == opened.target_id)
        return _visit((await self._connection.execute(statement)).one())

    async def advance(self, link_id: UUID, progress: int, finished_at: datetime | None) -> None:
        await self._connection.execute(
            sa.update(survey_link)
            .where(survey_link.c.id == link_id)
            .values(
                progress=sa.func.greatest(survey_link.c.progress, progress),
                finished_at=sa.func.coalesce(survey_link.c.finished_at, finished_at),
            )
        )

    async def note(self, outcomes: Sequence[LinkStatus]) -> None:
        if not outcomes:
            return
        rows = [(o.message_id, o.status, o.rule, o.at) for o in outcomes]
        columns = tuple([*column] for column in zip(*rows, strict=True))
        await self._connection.exec_driver_sql(_NOTE, columns)

    async def page(self, survey_id: UUID, after: UUID | None, limit: int) -> Sequence[Visit]:
        statement = _known.where(survey_link.c.survey_id == survey_id)
        if after is not None:
            statement = statement.where(survey_link.c.id > after)
        rows = await self._connection.execute(statement.order_by(survey_link.c.id).limit(limit))
        return [_visit(row) for row in rows]


def _visit(row: sa.Row[Any]) -> Visit:
    link = Link(
        id=row.id,
        survey_id=row.survey_id,
        version=row.version,
        customer_id=row.customer_id,
        expires_at=row.expires_at,
        created_at=row.created_at,
        message_id=row.message_id,
        status=row.status,
        rule=row.rule,
        progress=row.progress,
        finished_at=row.finished_at,
    )
    if row.known_id is None:
        return Visit(link, None)
    known = Customer(row.customer_id, row.active, row.language, row.account_manager_id, row.team)
    return Visit(link, known)
