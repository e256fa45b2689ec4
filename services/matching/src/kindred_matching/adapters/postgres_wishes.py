"""Account managers' wishes in Postgres: what stands and what was, and which of it the writer has yet to hear."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from kindred_matching.adapters import tables
from kindred_matching.application.ports import Heard
from kindred_matching.application.queries import Sight
from kindred_matching.application.wishes import KeptWish
from kindred_matching.domain.wishes import Wish, WishKind

_wish = tables.wish


class PostgresWishes:
    """The wishes within one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep(self, kept: KeptWish) -> None:
        """Keeps a wish in place of what was wished for the pair before; the writer hears of it."""
        values = {
            "kind": str(kept.wish.kind),
            "reason": kept.reason,
            "made_by": kept.made_by,
            "made_at": kept.wish.made_at,
            "ended_at": None,
            "heard": False,
        }
        await self._connection.execute(
            insert(_wish)
            .values(customer_id=kept.wish.customer_id, event_id=kept.wish.event_id, **values)
            .on_conflict_do_update(index_elements=["customer_id", "event_id"], set_=values)
        )

    async def end(self, customer_id: UUID, event_id: UUID, at: datetime) -> bool:
        """Ends what was wished for the pair; tells whether there was anything."""
        ended = await self._connection.execute(
            sa.update(_wish)
            .where(
                _wish.c.customer_id == customer_id,
                _wish.c.event_id == event_id,
                _wish.c.ended_at.is_(None),
            )
            .values(ended_at=at, heard=False)
        )
        return ended.rowcount > 0

    async def of_pair(self, customer_id: UUID, event_id: UUID) -> KeptWish | None:
        """What is wished for the pair now."""
        query = self._standing().where(
            _wish.c.customer_id == customer_id, _wish.c.event_id == event_id
        )
        row = (await self._connection.execute(query)).one_or_none()
        return None if row is None else _kept(row)

    async def standing(
        self, sight: Sight, after: tuple[UUID, UUID] | None, limit: int
    ) -> Sequence[KeptWish]:
        """The wishes that stand for customers in sight, by customer and event."""
        keeper, pair = tables.customer, (_wish.c.customer_id, _wish.c.event_id)
        query = self._standing().order_by(*pair).limit(limit)
        if not sight.everyone:
            own = keeper.c.account_manager_id == sight.account_manager_id
            query = query.join(keeper, keeper.c.customer_id == _wish.c.customer_id).where(
                sa.or_(own, keeper.c.team.in_(sorted(sight.teams)))
            )
        if after is not None:
            query = query.where(sa.tuple_(*pair) > sa.tuple_(*after))
        return [_kept(row) for row in await self._connection.execute(query)]

    async def unheard(self, most: int) -> Sequence[Heard]:
        """What the writer has not heard, the oldest first; it has, once this transaction is over."""
        oldest = (
            sa.select(_wish.c.customer_id, _wish.c.event_id)
            .where(_wish.c.heard.is_(False))
            .order_by(_wish.c.made_at)
            .limit(most)
            .with_for_update(skip_locked=True)
            .subquery()
        )
        found = await self._connection.execute(
            sa.update(_wish)
            .where(
                _wish.c.customer_id == oldest.c.customer_id, _wish.c.event_id == oldest.c.event_id
            )
            .values(heard=True)
            .returning(_wish)
        )
        rows = sorted(found, key=lambda row: (row.made_at, row.customer_id, row.event_id))
        return [Heard(_kept(row).wish, stands=row.ended_at is None) for row in rows]

    @staticmethod
    def _standing() -> sa.Select[tuple[object, ...]]:
        return sa.select(_wish).where(_wish.c.ended_at.is_(None))


def _kept(row: sa.Row[tuple[object, ...]]) -> KeptWish:
    wish = Wish(row.customer_id, row.event_id, WishKind(row.kind), row.made_at)
    return KeptWish(wish, row.reason, row.made_by)
