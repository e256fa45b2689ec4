"""Model epochs: what came into use when, how well it foretold, and asking for the next."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from kindred_common.clock import Clock, Ids
from kindred_common.db.transactions import Transaction, Transactions
from kindred_common.security.audit import AuditEntry, record
from kindred_common.security.principals import Principal, Role
from kindred_common.web.auth import requires
from kindred_common.web.idempotency import Outcome, once
from kindred_common.web.paging import (
    DEFAULT_LIMIT,
    Cursor,
    Limit,
    Page,
    after,
    cut,
    encode_cursor,
    row_number,
)
from kindred_matching.application.ports import EpochRequests
from kindred_matching.application.queries import EpochReport, Readings
from kindred_matching.domain.lens import Lens
from kindred_matching.domain.rules import Rules

Reader = Annotated[Principal, Depends(requires(scope="matching:read"))]
Operator = Annotated[
    Principal, Depends(requires(Role.ADMINISTRATOR, Role.SYSTEM, scope="operations"))
]


class WeightView(BaseModel):
    """What a term of the log-odds is multiplied with."""

    term: str = Field(examples=["manner:phone"])
    weight: float = Field(examples=[0.41])
    learned: float = Field(examples=[0.41], description="The part of it that replies have taught.")


class EpochView(BaseModel):
    """A model epoch; `replies`, `calibration` and `brier` tell how well it foretold first replies to invitations."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "number": 4,
                    "begun_at": "2026-03-02T03:00:01Z",
                    "asked_by": "night",
                    "replies": 312,
                    "calibration": 1.02,
                    "brier": 0.19,
                    "weights": [{"term": "manner:phone", "weight": 0.41, "learned": 0.41}],
                }
            ]
        }
    )

    number: int
    begun_at: datetime | None = Field(description="None for the first, which nobody began.")
    asked_by: str | None
    replies: int
    calibration: float | None = Field(description="Expected over accepted; 1 is right.")
    brier: float | None = Field(description="The mean squared error of the forecasts.")
    weights: list[WeightView] = Field(description="Those that differ from what they began as.")

    @classmethod
    def of(cls, epoch: EpochReport, rules: Rules) -> "EpochView":
        lens, tally = Lens.under(rules, epoch.shifts), epoch.tally
        return cls(
            number=epoch.number,
            begun_at=epoch.begun_at,
            asked_by=epoch.asked_by,
            replies=tally.replies,
            calibration=tally.calibration,
            brier=tally.brier,
            weights=[
                WeightView(term=term, weight=lens.weight(term), learned=shift)
                for term, shift in epoch.shifts
            ],
        )


class AskedView(BaseModel):
    """The epoch was asked for; the writer begins it within a minute and then scores all customers anew, slice by slice."""

    asked_at: datetime = Field(examples=["2026-03-01T16:20:00Z"])


def epochs_router(
    transactions: Transactions,
    open_readings: Callable[[Transaction], Readings],
    open_requests: Callable[[Transaction], EpochRequests],
    clock: Clock,
    ids: Ids,
) -> APIRouter:
    """Reading and asking for model epochs."""
    router = APIRouter(prefix="/v1", tags=["epochs"])

    @router.get("/epochs", summary="Model epochs, the latest first, and how well each foretold")
    async def list_epochs(
        _: Reader, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
    ) -> Page[EpochView]:
        async with transactions.begin() as transaction:
            readings = open_readings(transaction)
            rules = (await readings.engine()).rules
            found = await readings.epochs(after(cursor, row_number), limit + 1)
        items, last = cut(found, limit)
        return Page(
            items=[EpochView.of(epoch, rules) for epoch in items],
            next_cursor=encode_cursor(last.number) if last else None,
        )

    @router.post(
        "/epochs",
        status_code=202,
        response_model=AskedView,
        summary="Bring into use what was learned from replies",
    )
    async def ask_epoch(request: Request, operator: Operator) -> Response:
        async def work(transaction: Transaction) -> Outcome:
            now = clock.now()
            await open_requests(transaction).ask(operator.subject, now)
            entry = AuditEntry(ids(), now, operator.subject, "epoch.asked", "epoch", "next")
            await record(transaction.connection, entry)
            return Outcome(202, AskedView(asked_at=now))

        return await once(request, transactions, work)

    return router
