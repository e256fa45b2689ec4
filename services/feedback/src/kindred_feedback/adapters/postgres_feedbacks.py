"""Feedback in Postgres."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, Select, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from kindred_feedback.adapters.tables import customer
from kindred_feedback.adapters.tables import feedback as table
from kindred_feedback.application.ports import Sight, Wanted
from kindred_feedback.domain.feedback import Feedback, Given


class PostgresFeedbacks:
    """Implements ``application.ports.Feedbacks``."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def save(self, feedback: Feedback) -> None:
        given = feedback.given
        row = {
            "invitation_id": feedback.invitation_id,
            "customer_id": feedback.customer_id,
            "event_id": feedback.event_id,
            "rating": given.rating,
            "all_as_wished": given.all_as_wished,
            "expectation": given.expectation,
            "fitted": given.fitted,
            "tips": given.tips,
            "given_at": feedback.given_at,
            "first_given_at": feedback.first_given_at,
        }
        statement = insert(table).values(row)
        await self._connection.execute(
            statement.on_conflict_do_update(index_elements=["invitation_id"], set_=row)
        )

    async def find(self, invitation_id: UUID) -> Feedback | None:
        statement = select(table).where(table.c.invitation_id == invitation_id)
        row = (await self._connection.execute(statement)).mappings().one_or_none()
        return None if row is None else feedback_of(row)

    async def page(self, sight: Sight, wanted: Wanted) -> Sequence[Feedback]:
        statement = _seen_by(select(table), sight)
        if wanted.customer_id is not None:
            statement = statement.where(table.c.customer_id == wanted.customer_id)
        if wanted.event_id is not None:
            statement = statement.where(table.c.event_id == wanted.event_id)
        if wanted.after is not None:
            statement = statement.where(table.c.invitation_id > wanted.after)
        ordered = statement.order_by(table.c.invitation_id).limit(wanted.limit)
        return [feedback_of(row) for row in (await self._connection.execute(ordered)).mappings()]


def _seen_by(statement: Select[tuple[object, ...]], sight: Sight) -> Select[tuple[object, ...]]:
    if sight.everything:
        return statement
    own: ColumnElement[bool] = or_(
        customer.c.account_manager_id == sight.manager, customer.c.team.in_(sight.teams)
    )
    return statement.join(customer, customer.c.customer_id == table.c.customer_id).where(own)


def feedback_of(row: RowMapping) -> Feedback:
    """Feedback from its row."""
    given = Given(
        row["rating"], row["all_as_wished"], row["expectation"], row["fitted"], row["tips"]
    )
    return Feedback(
        row["invitation_id"],
        row["customer_id"],
        row["event_id"],
        given,
        row["given_at"],
        row["first_given_at"],
    )
