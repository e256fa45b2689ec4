"""What others read of matching, written by the writer: a few statements for a batch of any size."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import blake2b
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from kindred_common.contracts.matching import CustomerMatches
from kindred_matching.adapters import tables
from kindred_matching.adapters.encoding import MODEL, RULES, SHIFTS, TALLY
from kindred_matching.application.ports import EpochStarted, Report, Told
from kindred_matching.domain.exploration import Draw
from kindred_matching.domain.facts import Customer

_KEEP_KEEPERS = """
INSERT INTO customer AS c (customer_id, account_manager_id, team)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[])
ON CONFLICT (customer_id) DO UPDATE SET account_manager_id = excluded.account_manager_id, team = excluded.team
 WHERE (c.account_manager_id, c.team) IS DISTINCT FROM (excluded.account_manager_id, excluded.team)
"""

_KEEP_EVENTS = """
INSERT INTO event (event_id) SELECT * FROM unnest($1::uuid[]) ON CONFLICT (event_id) DO NOTHING
"""

_KEEP_MATCHES = """
INSERT INTO customer_matches AS m (customer_id, body, digest, correlation_id, causation_id, traceparent)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::bytea[], $4::text[], $5::text[], $6::text[])
ON CONFLICT (customer_id) DO UPDATE SET body = excluded.body, digest = excluded.digest,
       correlation_id = excluded.correlation_id, causation_id = excluded.causation_id,
       traceparent = excluded.traceparent
 WHERE m.digest <> excluded.digest
RETURNING customer_id
"""

_KEEP_PAIRS = """
INSERT INTO match (customer_id, event_id, seats, score, fixed)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::float8[], $5::boolean[])
"""


class PostgresProjections:
    """The projections within one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep_keepers(self, customers: Sequence[Customer]) -> None:
        if not customers:
            return
        parameters = (
            [customer.id for customer in customers],
            [customer.account_manager_id for customer in customers],
            [customer.team for customer in customers],
        )
        await self._connection.exec_driver_sql(_KEEP_KEEPERS, parameters)

    async def forget_customers(self, customers: Sequence[UUID]) -> Sequence[UUID]:
        if not customers:
            return ()
        matches = tables.customer_matches
        told = await self._connection.execute(
            sa.delete(matches)
            .where(matches.c.customer_id.in_(customers))
            .returning(matches.c.customer_id)
        )
        for table in (tables.match, tables.wish, tables.draw, tables.customer):
            await self._connection.execute(
                sa.delete(table).where(table.c.customer_id.in_(customers))
            )
        return sorted(told.scalars())

    async def keep_events(self, events: Sequence[UUID]) -> None:
        if events:
            await self._connection.exec_driver_sql(_KEEP_EVENTS, (list(events),))

    async def forget_events(self, events: Sequence[UUID]) -> None:
        if events:
            for table in (tables.wish, tables.event):
                await self._connection.execute(sa.delete(table).where(table.c.event_id.in_(events)))

    async def keep_matches(self, told: Sequence[Told]) -> frozenset[UUID]:
        if not told:
            return frozenset()
        ordered = sorted(told, key=lambda each: each.record.customer_id)
        parameters = _columns(
            (
                each.record.customer_id,
                each.record.to_json().decode(),
                _digest(each.record),
                each.cause.correlation_id,
                each.cause.causation_id,
                each.cause.traceparent,
            )
            for each in ordered
        )
        found = await self._connection.exec_driver_sql(_KEEP_MATCHES, parameters)
        new = frozenset(row.customer_id for row in found)
        await self._keep_pairs([each.record for each in ordered if each.record.customer_id in new])
        return new

    async def _keep_pairs(self, records: Sequence[CustomerMatches]) -> None:
        if not records:
            return
        table = tables.match
        customers = [record.customer_id for record in records]
        await self._connection.execute(sa.delete(table).where(table.c.customer_id.in_(customers)))
        parameters = _columns(
            (record.customer_id, match.event_id, match.seats, match.score, match.fixed)
            for record in records
            for match in record.matches
        )
        if parameters:
            await self._connection.exec_driver_sql(_KEEP_PAIRS, parameters)

    async def keep_draws(self, draws: Sequence[Draw], at: datetime) -> None:
        if draws:
            rows = [
                {
                    "customer_id": each.customer_id,
                    "week": each.period,
                    "event_id": each.event_id,
                    "propensity": each.propensity,
                    "drawn_at": at,
                }
                for each in draws
            ]
            await self._connection.execute(insert(tables.draw).on_conflict_do_nothing(), rows)

    async def report(self, report: Report) -> None:
        status = report.status
        await self._connection.execute(
            sa.update(tables.engine).values(
                position=report.position,
                applied_at=report.applied_at,
                ticked_at=status.now,
                rules=RULES.dump_json(report.rules).decode(),
                model=MODEL.dump_json(report.model).decode(),
                customers=status.customers,
                events=status.events,
                seats=status.seats,
                seats_fixed=status.seats_fixed,
                seats_chosen=status.seats_chosen,
                value=status.value,
                bound=status.bound,
                gap=status.gap,
                sweeping=report.sweeping,
            )
        )

    async def keep_epoch(self, epoch: EpochStarted) -> None:
        table = tables.model_epoch
        ended = {"tally": TALLY.dump_json(epoch.before).decode()}
        begun = {
            "begun_at": epoch.begun_at,
            "asked_by": epoch.asked_by,
            "shifts": SHIFTS.dump_json(epoch.shifts).decode(),
        }
        # Nobody wrote down that the first one began.
        for number, values, new in (
            (epoch.number - 1, ended, {"shifts": "[]", **ended}),
            (epoch.number, begun, begun),
        ):
            await self._connection.execute(
                insert(table)
                .values(number=number, **new)
                .on_conflict_do_update(index_elements=["number"], set_=values)
            )


def _columns(rows: Iterable[tuple[object, ...]]) -> tuple[list[object], ...]:
    """The rows as arrays that a statement unnests; nothing at all for no rows."""
    return tuple(list(column) for column in zip(*rows, strict=True))


def _digest(record: CustomerMatches) -> bytes:
    """Of what the record tells: the time at which it was worked out is no news."""
    body = record.model_dump_json(exclude={"priced_at"})
    return blake2b(body.encode(), digest_size=16).digest()
