"""Reads the projections."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from kindred_common.contracts.matching import CustomerMatches
from kindred_matching.adapters import tables
from kindred_matching.adapters.encoding import MODEL, RULES, SHIFTS, TALLY
from kindred_matching.application.queries import (
    DrawReport,
    EngineReport,
    EpochReport,
    Guest,
    Keeper,
    Sight,
)
from kindred_matching.domain.engine import LONG_AGO
from kindred_matching.domain.exploration import Draw
from kindred_matching.domain.rules import Rules
from kindred_matching.domain.status import Status
from kindred_matching.domain.teaching import ModelInUse

_CUSTOMER = tables.customer.c


class PostgresReadings:
    """The projections within one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keeper(self, customer_id: UUID) -> Keeper | None:
        customer = tables.customer.c
        query = sa.select(customer.account_manager_id, customer.team).where(
            customer.customer_id == customer_id
        )
        row = (await self._connection.execute(query)).one_or_none()
        return None if row is None else Keeper(row.account_manager_id, row.team)

    async def visible(self, customers: Collection[UUID], sight: Sight) -> frozenset[UUID]:
        wanted = sa.any_(sa.literal(list(customers), sa.ARRAY(sa.Uuid)))
        query = _in_sight(sa.select(_CUSTOMER.customer_id), sight)
        found = await self._connection.scalars(query.where(_CUSTOMER.customer_id == wanted))
        return frozenset(found)

    async def matches(self, customer_id: UUID) -> CustomerMatches | None:
        told = tables.customer_matches.c
        body = await self._connection.scalar(
            sa.select(told.body).where(told.customer_id == customer_id)
        )
        return None if body is None else CustomerMatches.from_json(body.encode())

    async def knows_event(self, event_id: UUID) -> bool:
        known = sa.select(sa.exists().where(tables.event.c.event_id == event_id))
        return bool(await self._connection.scalar(known))

    async def guests(
        self, event_id: UUID, sight: Sight, after: tuple[float, UUID] | None, limit: int
    ) -> Sequence[Guest]:
        match, customer = tables.match, tables.customer
        query = (
            sa.select(match)
            .join(customer, customer.c.customer_id == match.c.customer_id)
            .where(match.c.event_id == event_id)
            .order_by(match.c.score.desc(), match.c.customer_id)
            .limit(limit)
        )
        query = _in_sight(query, sight)
        if after is not None:
            score, last = after
            tied = sa.and_(match.c.score == score, match.c.customer_id > last)
            query = query.where(sa.or_(match.c.score < score, tied))
        rows = await self._connection.execute(query)
        return [Guest(row.customer_id, row.seats, row.score, row.fixed) for row in rows]

    async def engine(self) -> EngineReport:
        row = (await self._connection.execute(sa.select(tables.engine))).one()
        return EngineReport(
            epoch=row.epoch,
            position=row.position,
            applied_at=row.applied_at,
            rules=Rules() if row.rules is None else RULES.validate_json(row.rules),
            status=Status(
                customers=row.customers,
                events=row.events,
                seats=row.seats,
                seats_fixed=row.seats_fixed,
                seats_chosen=row.seats_chosen,
                value=row.value,
                bound=row.bound,
                gap=row.gap,
                now=row.ticked_at or LONG_AGO,
            ),
            model=ModelInUse() if row.model is None else MODEL.validate_json(row.model),
            sweeping=row.sweeping,
        )

    async def epochs(self, before: int | None, limit: int) -> Sequence[EpochReport]:
        present = (await self.engine()).model
        table = tables.model_epoch
        query = sa.select(table).order_by(table.c.number.desc()).limit(limit)
        if before is not None:
            query = query.where(table.c.number < before)
        rows = (await self._connection.execute(query)).all()
        found = [
            EpochReport(
                row.number,
                row.begun_at,
                row.asked_by,
                SHIFTS.validate_json(row.shifts),
                present.tally if row.tally is None else TALLY.validate_json(row.tally),
            )
            for row in rows
        ]
        if not found and before is None:
            return [EpochReport(0, None, None, present.epochs.shifts, present.tally)]
        return found

    async def draws(
        self, sight: Sight, after: tuple[str, UUID] | None, limit: int
    ) -> Sequence[DrawReport]:
        drawn = tables.draw
        query = _in_sight(
            sa.select(drawn)
            .join(tables.customer, _CUSTOMER.customer_id == drawn.c.customer_id)
            .order_by(drawn.c.week.desc(), drawn.c.customer_id)
            .limit(limit),
            sight,
        )
        if after is not None:
            week, last = after
            same = sa.and_(drawn.c.week == week, drawn.c.customer_id > last)
            query = query.where(sa.or_(drawn.c.week < week, same))
        return [
            DrawReport(Draw(row.customer_id, row.event_id, row.propensity, row.week), row.drawn_at)
            for row in await self._connection.execute(query)
        ]


def _in_sight(query: sa.Select[Any], sight: Sight) -> sa.Select[Any]:
    """The same of the customers that may be seen."""
    if sight.everyone:
        return query
    own = _CUSTOMER.account_manager_id == sight.account_manager_id
    return query.where(sa.or_(own, _CUSTOMER.team.in_(sorted(sight.teams))))
