"""My day, and the live signals, over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Header, Query

from kindred_common.contracts.profile import LiveSignal
from kindred_common.i18n.translator import choose_language, translator
from kindred_invitations.application.queries import see_my_day
from kindred_invitations.entrypoints.access import Audit, Reader
from kindred_invitations.entrypoints.desk import Desk
from kindred_invitations.entrypoints.schemas_decisions import MyDayOut, SignalsOut, decision_out


def my_day_router(desk: Desk, audit: Audit) -> APIRouter:
    """What matters most today, and how things are going."""
    router = APIRouter(prefix="/v1", tags=["my day"])

    @router.get("/my-day", summary="The ten most valuable decisions that wait for you")
    async def my_day(
        reader: Reader,
        account_manager_id: Annotated[
            str | None,
            Query(max_length=200, description="Somebody else's day, for who sees every customer."),
        ] = None,
        team: Annotated[bool, Query(description="Your teams' customers too.")] = False,
        accept_language: Annotated[str | None, Header(description="`nl` or `en`.")] = None,
    ) -> MyDayOut:
        other = account_manager_id if reader.sees_every_customer else None
        async with desk.transactions.begin() as transaction:
            reading = desk.reading(transaction)
            day = await see_my_day(
                reading.model,
                reading.matters,
                other or reader.subject,
                sorted(reader.teams) if team else (),
                desk.clock.now(),
            )
            subject = ("account-manager", other or reader.subject)
            await audit.note(transaction, reader, "my-day.read", subject, shown=len(day.decisions))
        speech = translator(choose_language(accept_language))
        items = [
            decision_out(one, day.customers.get(one.matter.customer_id), speech)
            for one in day.decisions
        ]
        return MyDayOut(items=items)

    @router.get("/signals", summary="Live figures, such as response rates")
    async def signals(_: Reader) -> SignalsOut:
        async with desk.transactions.begin() as transaction:
            found: list[LiveSignal] = await desk.reading(transaction).model.signals()
        return SignalsOut(items=found)

    return router
