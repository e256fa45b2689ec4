"""What was drawn by lot: for those who ask what the programme would have learned otherwise, and what that costs."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from kindred_common.clock import Clock, Ids
from kindred_common.db.transactions import Transaction, Transactions
from kindred_common.security.audit import AuditEntry, record
from kindred_common.security.principals import Principal
from kindred_common.web.auth import requires
from kindred_common.web.paging import (
    DEFAULT_LIMIT,
    Cursor,
    Limit,
    Page,
    after_two,
    cut,
    encode_cursor,
    identity,
    words,
)
from kindred_matching.application.queries import DrawReport, EngineReport, Readings, Sight
from kindred_matching.application.replica import Replicas
from kindred_matching.domain.draw_prices import DrawsPriced, PriceDraws

Reader = Annotated[Principal, Depends(requires(scope="matching:read"))]


class DrawView(BaseModel):
    """A pair that was drawn by lot, whatever became of it: not each was sent, and nobody chose which were."""

    customer_id: UUID = Field(examples=["0197a2f4-5c00-7d10-8a3e-1f2b3c4d5e6f"])
    event_id: UUID = Field(examples=["0197a2f4-6d11-7e21-9b4f-2a3c4d5e6f70"])
    week: str = Field(examples=["2026-W10"], description="ISO week in UTC.")
    propensity: float = Field(
        examples=[0.0004], description="The chance at which this pair was to be drawn."
    )
    drawn_at: datetime = Field(examples=["2026-03-02T00:00:31Z"])

    @classmethod
    def of(cls, report: DrawReport) -> "DrawView":
        draw = report.draw
        return cls(
            customer_id=draw.customer_id,
            event_id=draw.event_id,
            week=draw.period,
            propensity=draw.propensity,
            drawn_at=report.drawn_at,
        )


class DrawsView(BaseModel):
    """Lots in figures: what they cost now, and how well the model foretold replies where it had not chosen."""

    chance: float = Field(
        examples=[0.005], description="At which a customer is drawn in a week; 0 is never."
    )
    standing: int = Field(examples=[3])
    cost: float = Field(
        examples=[0.21],
        description="How much more all matches would be worth without those that stand, in units of score.",
    )
    replies: int = Field(examples=[48], description="First replies to what was drawn.")
    calibration: float | None = Field(
        examples=[1.03], description="Expected over accepted; 1 is right."
    )
    brier: float | None = Field(
        examples=[0.21], description="The mean squared error of the forecasts."
    )

    @classmethod
    def of(cls, report: EngineReport, priced: DrawsPriced) -> "DrawsView":
        tally = report.model.drawn
        return cls(
            chance=report.rules.draws,
            standing=priced.standing,
            cost=priced.cost,
            replies=tally.replies,
            calibration=tally.calibration,
            brier=tally.brier,
        )


def draws_router(
    transactions: Transactions,
    open_readings: Callable[[Transaction], Readings],
    replicas: Replicas,
    clock: Clock,
    ids: Ids,
) -> APIRouter:
    """Reading what was drawn."""
    router = APIRouter(prefix="/v1", tags=["draws"])

    @router.get("/draws", summary="The pairs that were drawn by lot, the latest weeks first")
    async def list_draws(
        reader: Reader, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
    ) -> Page[DrawView]:
        sight = Sight(reader.sees_every_customer, reader.subject, reader.teams)
        place = after_two(cursor, words, identity)
        async with transactions.begin() as transaction:
            found = await open_readings(transaction).draws(sight, place, limit + 1)
            items, last = cut(found, limit)
            for each in items:
                whose = ("customer", str(each.draw.customer_id))
                entry = AuditEntry(ids(), clock.now(), reader.subject, "draw.read", *whose)
                await record(transaction.connection, entry)
        following = last and encode_cursor(last.draw.period, str(last.draw.customer_id))
        return Page(items=[DrawView.of(each) for each in items], next_cursor=following)

    @router.get("/engine/draws", summary="Lots in figures: what they cost and what they tell")
    async def get_draws(_: Reader) -> DrawsView:
        async with transactions.begin() as transaction:
            report = await open_readings(transaction).engine()
        return DrawsView.of(report, await replicas.ask(PriceDraws()))

    return router
