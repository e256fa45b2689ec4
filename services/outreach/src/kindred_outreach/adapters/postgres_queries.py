"""Reads over messages and tasks, limited to the customers a principal may see."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from kindred_common.db.transactions import Transaction
from kindred_common.security.principals import Principal, Role
from kindred_outreach.adapters.freshness import current
from kindred_outreach.adapters.postgres_messages import message_of
from kindred_outreach.adapters.tables import call_task, message, recipient
from kindred_outreach.application.queries import (
    MessageFilter,
    SendingStatus,
    TaskFilter,
    TaskWithPerson,
)
from kindred_outreach.domain.messages import Message, State
from kindred_outreach.domain.tasks import CallTask

_TASK_COLUMNS = tuple(call_task.c)
# Literal, so that the planner sees that the partial index fits.
_FINISHED: tuple[sa.ColumnElement[str], ...] = tuple(
    sa.literal_column(f"'{state}'") for state in (State.SENT, State.SKIPPED, State.BOUNCED)
)
_PERSON = (recipient.c.given_name, recipient.c.family_name, recipient.c.phone)


class PostgresQueries:
    """The reads of one transaction."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._connection = transaction.connection

    async def messages(self, principal: Principal, wanted: MessageFilter) -> Sequence[Message]:
        statement = _visible_messages(principal).order_by(message.c.id.desc()).limit(wanted.limit)
        if wanted.customer_id is not None:
            statement = statement.where(message.c.customer_id == wanted.customer_id)
        if wanted.state is not None:
            statement = statement.where(message.c.state == wanted.state)
        if wanted.after is not None:
            statement = statement.where(message.c.id < wanted.after)
        rows = await self._connection.execute(statement)
        return [message_of(row) for row in rows.mappings()]

    async def message(self, principal: Principal, message_id: UUID) -> Message | None:
        statement = _visible_messages(principal).where(message.c.id == message_id)
        row = (await self._connection.execute(statement)).mappings().one_or_none()
        return None if row is None else message_of(row)

    async def tasks(self, principal: Principal, wanted: TaskFilter) -> Sequence[TaskWithPerson]:
        done = call_task.c.done_at.is_not(None) if wanted.done else call_task.c.done_at.is_(None)
        statement = _visible_tasks(principal).where(done)
        if wanted.after is not None:
            statement = statement.where(call_task.c.id > wanted.after)
        rows = await self._connection.execute(
            statement.order_by(call_task.c.id).limit(wanted.limit)
        )
        return [_task(row) for row in rows.mappings()]

    async def task(self, principal: Principal, task_id: UUID) -> TaskWithPerson | None:
        statement = _visible_tasks(principal).where(call_task.c.id == task_id)
        row = (await self._connection.execute(statement)).mappings().one_or_none()
        return None if row is None else _task(row)

    async def sees(self, principal: Principal, customer_id: UUID) -> bool:
        statement = sa.select(sa.literal(1)).where(
            recipient.c.customer_id == customer_id, _may_see(principal)
        )
        return await self._connection.scalar(statement) is not None

    async def open_messages(self) -> Mapping[str, int]:
        counted = await self._connection.execute(
            sa.select(message.c.state, sa.func.count().label("messages"))
            .where(message.c.state.not_in(_FINISHED))
            .group_by(message.c.state)
        )
        return {row.state: row.messages for row in counted}

    async def status(self, now: datetime) -> SendingStatus:
        counted = await self._connection.execute(
            sa.select(message.c.state, sa.func.count().label("messages")).group_by(message.c.state)
        )
        oldest = await self._connection.scalar(
            sa.select(sa.func.min(message.c.due_at)).where(
                message.c.state == State.WAITING.value, message.c.due_at <= now
            )
        )
        states: dict[str, int] = {row.state: row.messages for row in counted}
        return SendingStatus(states, oldest, await current(self._transaction))


def _visible_messages(principal: Principal) -> sa.Select[Any]:
    joined = message.outerjoin(recipient, recipient.c.customer_id == message.c.customer_id)
    return sa.select(*message.c).select_from(joined).where(_may_see(principal))


def _visible_tasks(principal: Principal) -> sa.Select[Any]:
    joined = call_task.outerjoin(recipient, recipient.c.customer_id == call_task.c.customer_id)
    columns = (*_TASK_COLUMNS, *_PERSON, recipient.c.account_name)
    return sa.select(*columns).select_from(joined).where(_may_see(principal))


def _may_see(principal: Principal) -> sa.ColumnElement[bool]:
    """The same as :meth:`Principal.may_see`, in SQL; a customer not known yet has no account manager."""
    if principal.sees_every_customer:
        return sa.true()
    if Role.ACCOUNT_MANAGER not in principal.roles:
        return sa.false()
    return sa.or_(
        recipient.c.account_manager_id == principal.subject,
        recipient.c.team.in_(sorted(principal.teams)),
    )


def _task(row: sa.RowMapping) -> TaskWithPerson:
    names = (row["given_name"], row["family_name"])
    return TaskWithPerson(
        task=CallTask(**{column.name: row[column.name] for column in _TASK_COLUMNS}),
        customer_name=" ".join(name for name in names if name),
        phone=row["phone"],
        account_name=row["account_name"],
    )
