"""How the engine stands."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends

from kindred_common.clock import Clock
from kindred_common.db.transactions import Transaction, Transactions
from kindred_common.security.principals import Principal
from kindred_common.web.auth import requires
from kindred_matching.application.queries import Readings
from kindred_matching.application.replica import Replicas
from kindred_matching.domain.offer import ListOffer
from kindred_matching.entrypoints.schemas import EngineView
from kindred_matching.entrypoints.schemas_offer import OfferView

Reader = Annotated[Principal, Depends(requires(scope="matching:read"))]


def engine_router(
    transactions: Transactions,
    open_readings: Callable[[Transaction], Readings],
    replicas: Replicas,
    clock: Clock,
) -> APIRouter:
    """The engine's status."""
    router = APIRouter(prefix="/v1", tags=["engine"])

    @router.get("/engine", summary="The engine: size, value, load, age, writer")
    async def get_engine(_: Reader) -> EngineView:
        async with transactions.begin() as transaction:
            report = await open_readings(transaction).engine()
        return EngineView.of(report, clock.now())

    @router.get(
        "/engine/offer", summary="What is on offer: seats, and what they and money cost now"
    )
    async def get_offer(_: Reader) -> OfferView:
        return OfferView.of(await replicas.ask(ListOffer()))

    return router
