from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from kindred_survey.adapters.answer_statements import (
    LOCK_RESPONSE,
    NEXT_CUSTOMERS,
    SAVE,
    SAVE_WHERE_NEWER,
    TALLIES,
    WITHDRAW,
)
from kindred_survey.adapters.tables import answer
from kindred_survey.application.ports import AnswerKey, AnswerRow, KeptAnswer, Response, Tally
from kindred_survey.domain.questions import QuestionKind
from kindred_survey.domain.statements import Statement


class PostgresAnswers:
    """The latest answers in Postgres."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def save(self, rows: Sequence[AnswerRow]) -> datetime:
        kept = await self._connection.exec_driver_sql(SAVE, _columns(rows))
        latest: datetime = max(kept.scalars())
        return latest

    async def save_where_newer(self, rows: Sequence[AnswerRow]) -> frozenset[AnswerKey]:
        if not rows:
            return frozenset()
        kept = await self._connection.exec_driver_sql(SAVE_WHERE_NEWER, _columns(rows))
        return frozenset((row.customer_id, row.survey_id, row.question_id) for row in kept)

    async def of_response(
        self, customer_id: UUID, survey_id: UUID, *, lock: bool = False
    ) -> Mapping[str, Statement]:
        if lock:
            name = f"{customer_id}:{survey_id}"
            await self._connection.exec_driver_sql(LOCK_RESPONSE, (name,))
        statement = sa.select(answer).where(
            answer.c.customer_id == customer_id,
            answer.c.survey_id == survey_id,
            ~answer.c.withdrawn,
        )
        rows = await self._connection.execute(statement)
        return {row.question_id: _statement(row) for row in rows}

    async def withdraw(
        self, customer_id: UUID, survey_id: UUID, question_ids: Sequence[str] | None, now: datetime
    ) -> Sequence[KeptAnswer]:
        ids = None if question_ids is None else list(question_ids)
        rows = await self._connection.exec_driver_sql(WITHDRAW, (customer_id, survey_id, ids, now))
        return [_kept(row) for row in rows]

    async def of_customer(self, customer_id: UUID) -> Sequence[KeptAnswer]:
        statement = sa.select(answer).where(answer.c.customer_id == customer_id)
        return [_kept(row) for row in await self._connection.execute(statement)]

    async def after_customer(self, after: UUID | None, limit: int) -> Sequence[KeptAnswer]:
        rows = await self._connection.exec_driver_sql(NEXT_CUSTOMERS, (after, limit))
        return [_kept(row) for row in rows]

    async def tallies(self, survey_id: UUID) -> Sequence[Tally]:
        rows = await self._connection.exec_driver_sql(TALLIES, (survey_id,))
        return [_tally(row) for row in rows.mappings()]


def _columns(rows: Sequence[AnswerRow]) -> tuple[list[Any], ...]:
    return tuple(
        [*column]
        for column in zip(
            *(
                (
                    row.response.customer_id,
                    row.response.survey_id,
                    row.statement.question_id,
                    row.response.version,
                    row.response.response_id,
                    row.statement.kind,
                    row.statement.theme,
                    row.statement.aspect,
                    row.statement.number,
                    row.statement.scale_min,
                    row.statement.scale_max,
                    row.statement.choice,
                    row.statement.text,
                    row.response.answered_at,
                    row.response.source,
                )
                for row in rows
            ),
            strict=True,
        )
    )


def _statement(row: sa.Row[Any]) -> Statement:
    return Statement(
        question_id=row.question_id,
        kind=QuestionKind(row.kind),
        theme=row.theme,
        aspect=row.aspect,
        number=row.number,
        scale_min=row.scale_min,
        scale_max=row.scale_max,
        choice=row.choice,
        text=row.text,
    )


def _kept(row: sa.Row[Any]) -> KeptAnswer:
    response = Response(
        customer_id=row.customer_id,
        survey_id=row.survey_id,
        version=row.survey_version,
        response_id=row.response_id,
        answered_at=row.answered_at,
        source=row.source,
    )
    return KeptAnswer(response, _statement(row), row.withdrawn)


def _tally(row: sa.RowMapping) -> Tally:
    values: dict[str, Any] = dict(row)
    return Tally(**(values | {"kind": QuestionKind(row["kind"])}))
