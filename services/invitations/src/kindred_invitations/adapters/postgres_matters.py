"""What may ask an account manager for a decision, found in our own tables."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from kindred_common.contracts.vocabulary import Manner, MessagePurpose, MessageResult
from kindred_invitations.adapters.postgres_read_model import in_sight
from kindred_invitations.adapters.tables import (
    customer,
    event,
    feedback,
    invitation,
    message,
    settled_decision,
)
from kindred_invitations.application.views import Sight
from kindred_invitations.domain.asking import Standing, asked_by
from kindred_invitations.domain.decisions import DecisionKind, Matter, identify
from kindred_invitations.domain.steps import Step

FOLLOW_UP_WITHIN = timedelta(days=30)
DETRACTOR_WITHIN = timedelta(days=90)
DETRACTOR_FROM = 6

_Where = sa.ColumnElement[bool]

_EVENT = (
    event.c.id.label("event_id"), event.c.title, event.c.starts_at, event.c.zone,
    (event.c.seats - event.c.held).label("seats_left"),
)  # fmt: skip


_STANDING = ("id", "customer_id", "step", "step_at", "seats", "manner", "score")


class PostgresMatters:
    """Matters in one transaction; implements ``Matters``."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def matters_of(
        self, manager: str, now: datetime, teams: Sequence[str] = ()
    ) -> list[Matter]:
        sight = Sight(everything=False, manager=manager, teams=tuple(teams))
        return await self._matters(in_sight(sight), now)

    async def matters_about(self, customer_id: UUID, now: datetime) -> list[Matter]:
        return await self._matters(customer.c.id == customer_id, now)

    async def settle(self, decision_id: UUID, actor: str, at: datetime) -> None:
        row = insert(settled_decision).values(id=decision_id, actor=actor, at=at)
        await self._connection.execute(row.on_conflict_do_nothing())

    async def visible(self, customer_id: UUID, sight: Sight) -> bool:
        statement = sa.select(customer.c.id).where(customer.c.id == customer_id, in_sight(sight))
        return await self._connection.scalar(statement) is not None

    async def _matters(self, whose: _Where, now: datetime) -> list[Matter]:
        found = [
            *await self._of_invitations(whose, now),
            *await self._of_confirmations(whose, now),
            *await self._of_feedback(whose, now),
            *await self._of_detractors(whose, now),
        ]
        return await self._unsettled(found)

    async def _of_invitations(self, whose: _Where, now: datetime) -> list[Matter]:
        ahead = event.c.open & (event.c.starts_at > now)
        missed = (invitation.c.step == Step.NO_SHOW) & (
            invitation.c.step_at > now - FOLLOW_UP_WITHIN
        )
        statement = (
            sa.select(
                *(column for column in invitation.c if column.name != "event_id"),
                *_EVENT,
                customer.c.account_value,
                message.c.result,
                message.c.rule,
                _may_be_invited().label("may_be_invited"),
            )
            .select_from(
                invitation.join(event, event.c.id == invitation.c.event_id)
                .join(customer, customer.c.id == invitation.c.customer_id)
                .outerjoin(message, message.c.id == invitation.c.message_id)
            )
            .where(
                whose,
                missed
                | (ahead & invitation.c.step.in_([Step.DRAFTED, Step.APPROVED, Step.NOT_SENT])),
            )
        )
        return list(_of_steps(await self._connection.execute(statement)))

    async def _of_confirmations(self, whose: _Where, now: datetime) -> list[Matter]:
        """Guests who said yes and whose confirmation did not reach them."""
        failed = [MessageResult.SKIPPED, MessageResult.BOUNCED, MessageResult.UNCERTAIN]
        statement = (
            sa.select(
                invitation.c.id,
                invitation.c.customer_id,
                message.c.at.label("since"),
                sa.func.coalesce(message.c.rule, message.c.result).label("detail"),
                *_EVENT,
                customer.c.account_value,
            )
            .select_from(
                message.join(invitation, invitation.c.id == message.c.invitation_id)
                .join(event, event.c.id == invitation.c.event_id)
                .join(customer, customer.c.id == invitation.c.customer_id)
            )
            .where(
                whose,
                message.c.purpose == MessagePurpose.EVENT_CONFIRMATION,
                message.c.result.in_(failed),
                invitation.c.step == Step.ACCEPTED,
                event.c.starts_at > now,
            )
        )
        rows = await self._connection.execute(statement)
        return [
            _matter(DecisionKind.NOT_SENT, row, since=row.since, detail=row.detail) for row in rows
        ]

    async def _of_feedback(self, whose: _Where, now: datetime) -> list[Matter]:
        event_id = sa.cast(feedback.c.record["event_id"].astext, sa.Uuid)
        statement = (
            sa.select(
                feedback.c.invitation_id.label("id"),
                feedback.c.customer_id,
                feedback.c.given_at,
                feedback.c.rating,
                *_EVENT,
                customer.c.account_value,
            )
            .select_from(
                feedback.join(customer, customer.c.id == feedback.c.customer_id).outerjoin(
                    event, event.c.id == event_id
                )
            )
            .where(whose, feedback.c.low, feedback.c.given_at > now - FOLLOW_UP_WITHIN)
        )
        rows = await self._connection.execute(statement)
        return [
            _matter(DecisionKind.LOW_FEEDBACK, row, since=row.given_at, rating=row.rating)
            for row in rows
        ]

    async def _of_detractors(self, whose: _Where, now: datetime) -> list[Matter]:
        columns = (customer.c.id, customer.c.nps, customer.c.nps_at, customer.c.account_value)
        statement = sa.select(*columns).where(
            whose, customer.c.nps <= DETRACTOR_FROM, customer.c.nps_at > now - DETRACTOR_WITHIN
        )
        return [
            Matter(
                kind=DecisionKind.DETRACTOR,
                customer_id=row.id,
                subject_id=row.id,
                since=row.nps_at,
                account_value=row.account_value,
                rating=row.nps,
            )
            for row in await self._connection.execute(statement)
        ]

    async def _unsettled(self, matters: Sequence[Matter]) -> list[Matter]:
        ids = [identify(matter) for matter in matters]
        settled = sa.select(settled_decision.c.id).where(
            settled_decision.c.id == sa.any_(sa.bindparam(None, ids, type_=sa.ARRAY(sa.Uuid)))
        )
        done = set((await self._connection.scalars(settled)).all())
        return [matter for matter, id_ in zip(matters, ids, strict=True) if id_ not in done]


def _of_steps(rows: Iterable[sa.Row[Any]]) -> Iterator[Matter]:
    for row in rows:
        standing = Standing(
            step=Step(row.step),
            manner=row.manner,
            by_mail=row.manner == Manner.EMAIL,
            uncertain=row.result == MessageResult.UNCERTAIN,
            rule=row.rule,
            may_be_approved=row.may_be_invited and row.seats <= row.seats_left,
        )
        if (asked := asked_by(standing)) is not None:
            score = (row.score or 0.0) if asked.kind is DecisionKind.APPROVE_DRAFT else None
            yield _matter(asked.kind, row, since=row.step_at, score=score, detail=asked.detail)


def _may_be_invited() -> sa.ColumnElement[bool]:
    profile = customer.c.profile
    return sa.and_(
        customer.c.active,
        profile["active"].as_boolean(),
        profile["may_be_invited"].as_boolean(),
        sa.not_(profile["objected"].as_boolean()),
    )


def _matter(
    kind: DecisionKind,
    row: Any,
    *,
    since: datetime,
    score: float | None = None,
    rating: int | None = None,
    detail: str | None = None,
) -> Matter:
    return Matter(
        kind=kind,
        customer_id=row.customer_id,
        subject_id=row.id,
        since=since,
        account_value=row.account_value,
        score=score,
        rating=rating,
        detail=detail,
        event_id=row.event_id,
        event_title=row.title,
        event_starts_at=row.starts_at,
        event_zone=row.zone,
        seats_left=row.seats_left,
    )
