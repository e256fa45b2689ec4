"""The catalogue in Postgres."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from kindred_invitations.adapters.tables import event as table
from kindred_invitations.domain.errors import NoSeatLeft, Unknown
from kindred_invitations.domain.event import CancelledBy, Event, EventDetails


class PostgresEvents:
    """Events in one transaction; implements ``Events``.

    Locks leave the row's key alone (``FOR NO KEY UPDATE``), so that invitations that refer to it can be written meanwhile.
    """

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def find(self, event_id: UUID) -> Event | None:
        found = await self._connection.execute(sa.select(table).where(table.c.id == event_id))
        row = found.mappings().one_or_none()
        return None if row is None else event_of(row)

    async def lock(self, event_id: UUID) -> Event:
        statement = sa.select(table).where(table.c.id == event_id)
        found = await self._connection.execute(statement.with_for_update(key_share=True))
        row = found.mappings().one_or_none()
        if row is None:
            raise Unknown("event")
        return event_of(row)

    async def lock_against_change(self, event_ids: Sequence[UUID]) -> dict[UUID, Event]:
        if not event_ids:
            return {}
        statement = sa.select(table).where(table.c.id == sa.any_(_ids(event_ids)))
        ordered = statement.order_by(table.c.id).with_for_update(read=True)
        rows = (await self._connection.execute(ordered)).mappings()
        return {row["id"]: event_of(row) for row in rows}

    async def add(self, event: Event) -> bool:
        row = insert(table).values(**_row(event)).on_conflict_do_nothing()
        return (await self._connection.execute(row)).rowcount == 1

    async def change(self, event: Event) -> Event:
        values = _row(event) | {"version": table.c.version + 1}
        changed = sa.update(table).where(table.c.id == event.id).values(values).returning(table)
        return event_of((await self._connection.execute(changed)).mappings().one())

    async def give(self, event_id: UUID, seats: int) -> Event:
        free = table.c.open & (table.c.held + seats <= table.c.seats)
        statement = (
            sa.update(table)
            .where(table.c.id == event_id, sa.true() if seats < 0 else free)
            .values(held=table.c.held + seats, version=table.c.version + 1)
            .returning(table)
        )
        row = (await self._connection.execute(statement)).mappings().one_or_none()
        if row is None:
            raise NoSeatLeft
        return event_of(row)


def event_of(row: sa.RowMapping) -> Event:
    """The event that a row of the table holds."""
    place = None if row["latitude"] is None else (row["latitude"], row["longitude"])
    return Event(
        id=row["id"],
        details=EventDetails(
            kind=row["kind"],
            title=row["title"],
            themes=tuple((theme, weight) for theme, weight in row["themes"]),
            starts_at=row["starts_at"],
            ends_at=row["ends_at"],
            zone=row["zone"],
            place_name=row["place_name"],
            place=place,
            languages=tuple(row["languages"]),
            seats=row["seats"],
            companion_allowed=row["companion_allowed"],
            hospitality_value=row["hospitality_value"],
            minimum_age=row["minimum_age"],
        ),
        version=row["version"],
        edition=row["edition"],
        open=row["open"],
        cancelled_by=None if row["cancelled_by"] is None else CancelledBy(row["cancelled_by"]),
        held=row["held"],
        source=row["source"],
        external_id=row["external_id"],
    )


def _row(event: Event) -> dict[str, Any]:
    details = event.details
    latitude, longitude = details.place or (None, None)
    return {
        "id": event.id,
        "version": event.version,
        "edition": event.edition,
        "open": event.open,
        "cancelled_by": event.cancelled_by,
        "held": event.held,
        "source": event.source,
        "external_id": event.external_id,
        "kind": details.kind,
        "title": details.title,
        "themes": [list(theme) for theme in details.themes],
        "starts_at": details.starts_at,
        "ends_at": details.ends_at,
        "zone": details.zone,
        "place_name": details.place_name,
        "latitude": latitude,
        "longitude": longitude,
        "languages": list(details.languages),
        "seats": details.seats,
        "companion_allowed": details.companion_allowed,
        "hospitality_value": details.hospitality_value,
        "minimum_age": details.minimum_age,
    }


def _ids(ids: Sequence[UUID]) -> sa.BindParameter[Sequence[UUID]]:
    return sa.bindparam(None, list(ids), type_=sa.ARRAY(sa.Uuid))
