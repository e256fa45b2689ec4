"""Answers questions about customers and invitations, from our own tables alone."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from kindred_common.contracts.feedback import FeedbackGiven
from kindred_common.contracts.matching import CustomerMatches
from kindred_common.contracts.profile import CustomerDetails, CustomerProfile, LiveSignal
from kindred_invitations.adapters.postgres_events import event_of
from kindred_invitations.adapters.tables import (
    consent,
    customer,
    customer_matches,
    event,
    feedback,
    live_signal,
)
from kindred_invitations.application.queries import CustomerFilter, EventFilter
from kindred_invitations.application.views import (
    ConsentLine,
    CustomerCard,
    CustomerLine,
    EventName,
    Host,
    Sight,
)
from kindred_invitations.domain.event import Event
from kindred_invitations.domain.loyalty import NPS_RANGES

_ACTIVE = customer.c.active & sa.func.coalesce(customer.c.profile["active"].as_boolean(), sa.true())

_LINE = (
    customer.c.id, customer.c.sort_name, customer.c.given_name, customer.c.family_name, customer.c.account_id,
    customer.c.account_name, customer.c.account_manager_id, customer.c.team, _ACTIVE, customer.c.nps,
    customer.c.open_case,
)  # fmt: skip


class PostgresReadModel:
    """Reads in one transaction; implements ``ReadModel``."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def customers(
        self, sight: Sight, wanted: CustomerFilter, after: tuple[str, UUID] | None, most: int
    ) -> list[CustomerLine]:
        statement = sa.select(*_LINE).where(in_sight(sight), *_matching(wanted))
        if after is not None:
            place = sa.tuple_(customer.c.sort_name, customer.c.id)
            statement = statement.where(place > sa.tuple_(*after))
        ordered = statement.order_by(customer.c.sort_name, customer.c.id).limit(most)
        return [CustomerLine(*row) for row in await self._connection.execute(ordered)]

    async def card(self, customer_id: UUID) -> CustomerCard | None:
        matches = customer_matches.c
        statement = (
            sa.select(customer, matches.record)
            .select_from(customer.outerjoin(customer_matches, matches.customer_id == customer.c.id))
            .where(customer.c.id == customer_id)
        )
        row = (await self._connection.execute(statement)).one_or_none()
        if row is None:
            return None
        return CustomerCard(
            customer_id=row.id,
            account_manager_id=row.account_manager_id,
            team=row.team,
            profile=_read(CustomerProfile, row.profile),
            details=_read(CustomerDetails, row.details),
            matches=_read(CustomerMatches, row.record),
            feedback=await self._feedback(customer_id),
            consents=await self._consents(customer_id),
        )

    async def named(self, customer_ids: Sequence[UUID]) -> dict[UUID, CustomerLine]:
        statement = sa.select(*_LINE).where(customer.c.id.in_(customer_ids))
        lines = [CustomerLine(*row) for row in await self._connection.execute(statement)]
        return {line.customer_id: line for line in lines}

    async def belongs_to(self, customer_id: UUID) -> tuple[str | None, str | None] | None:
        statement = sa.select(customer.c.account_manager_id, customer.c.team)
        found = await self._connection.execute(statement.where(customer.c.id == customer_id))
        row = found.one_or_none()
        return None if row is None else (row.account_manager_id, row.team)

    async def events(
        self, wanted: EventFilter, after: tuple[datetime, UUID] | None, most: int
    ) -> list[Event]:
        statement = sa.select(event)
        if wanted.open is not None:
            statement = statement.where(event.c.open == wanted.open)
        if wanted.kind is not None:
            statement = statement.where(event.c.kind == wanted.kind)
        if wanted.starts_from is not None:
            statement = statement.where(event.c.starts_at >= wanted.starts_from)
        if after is not None:
            place = sa.tuple_(event.c.starts_at, event.c.id)
            statement = statement.where(place > sa.tuple_(*after))
        ordered = statement.order_by(event.c.starts_at, event.c.id).limit(most)
        return [event_of(row) for row in (await self._connection.execute(ordered)).mappings()]

    async def event_names(self, event_ids: Sequence[UUID]) -> dict[UUID, EventName]:
        columns = (event.c.id, event.c.title, event.c.kind, event.c.starts_at, event.c.zone)
        named = sa.select(*columns).where(event.c.id.in_(event_ids))
        return {row.id: EventName(*row) for row in await self._connection.execute(named)}

    async def signals(self) -> list[LiveSignal]:
        statement = sa.select(live_signal.c.record).order_by(live_signal.c.name)
        records = (await self._connection.scalars(statement)).all()
        return [LiveSignal.model_validate(record) for record in records]

    async def host(self, customer_id: UUID) -> Host:
        details = customer.c.details
        statement = sa.select(
            details["account_manager_name"].astext, details["language"].astext
        ).where(customer.c.id == customer_id)
        row = (await self._connection.execute(statement)).one_or_none()
        return Host(None, None) if row is None else Host(*row)

    async def _feedback(self, customer_id: UUID) -> list[FeedbackGiven]:
        statement = sa.select(feedback.c.record).where(feedback.c.customer_id == customer_id)
        newest = statement.order_by(feedback.c.given_at.desc(), feedback.c.invitation_id)
        records = (await self._connection.scalars(newest)).all()
        return [FeedbackGiven.model_validate(record) for record in records]

    async def _consents(self, customer_id: UUID) -> list[ConsentLine]:
        columns = (consent.c.purpose, consent.c.state, consent.c.stated_at, consent.c.channel)
        statement = sa.select(*columns).where(consent.c.customer_id == customer_id)
        rows = await self._connection.execute(statement.order_by(consent.c.purpose))
        return [ConsentLine(*row) for row in rows]


def in_sight(sight: Sight) -> sa.ColumnElement[bool]:
    """The rows of ``customer`` that may be shown."""
    if sight.everything:
        return sa.true()
    own = customer.c.account_manager_id == sight.manager
    return own | customer.c.team.in_(sight.teams) if sight.teams else own


def _matching(wanted: CustomerFilter) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if wanted.text:
        for word in wanted.text.lower().split()[:5]:
            named = customer.c.sort_name.contains(word, autoescape=True)
            account = sa.func.lower(customer.c.account_name).contains(word, autoescape=True)
            conditions.append(named | account)
    if wanted.account_id is not None:
        conditions.append(customer.c.account_id == wanted.account_id)
    if wanted.loyalty is not None:
        answers = NPS_RANGES.get(wanted.loyalty)
        nps = customer.c.nps
        conditions.append(nps.between(*answers) if answers else nps.is_(None))
    if wanted.own_of is not None:
        conditions.append(customer.c.account_manager_id == wanted.own_of)
    return conditions


def _read(model: Any, record: Any) -> Any:
    return None if record is None else model.model_validate(record)
