"""Account managers' wishes: to pin, forbid or prefer a pair, with a reason, and at a price that is shown."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from kindred_common.clock import Clock, Ids
from kindred_common.db.transactions import Transaction, Transactions
from kindred_common.security.audit import AuditEntry, record
from kindred_common.security.principals import Principal, Role
from kindred_common.web.auth import requires
from kindred_common.web.paging import Cursor, Page, after_two, cut, encode_cursor, identity
from kindred_common.web.problems import conflict, not_found
from kindred_matching.application.queries import Readings, Sight
from kindred_matching.application.replica import Replicas
from kindred_matching.application.wishes import KeptWish, KeptWishes
from kindred_matching.domain.explanation import Explanation, Outcome, WhyPair
from kindred_matching.domain.vocabulary import Reason
from kindred_matching.domain.wish_prices import PriceWishes
from kindred_matching.domain.wishes import Wish, WishKind
from kindred_matching.entrypoints.phrases import OUTCOMES, REASONS
from kindred_matching.entrypoints.reading import require_sight

Wisher = Annotated[
    Principal,
    Depends(
        requires(
            Role.ACCOUNT_MANAGER,
            Role.PROGRAMME_MANAGER,
            Role.ADMINISTRATOR,
            scope="matching:write",
        )
    ),
]
Reader = Annotated[Principal, Depends(requires(scope="matching:read"))]

PRICED = 20
"""Each wish on a page is priced by trying the programme without it."""

_CUSTOMER = "0197a2f4-5c00-7d10-8a3e-1f2b3c4d5e6f"
_EVENT = "0197a2f4-6d11-7e21-9b4f-2a3c4d5e6f70"


class WishBody(BaseModel):
    """What is wished for the pair, and why."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"kind": "pin", "reason": "Promised at the last review meeting."}]
        }
    )

    kind: WishKind = Field(
        description="`pin`: propose the pair as far as rules, agenda, seats and budget allow; `forbid`: never; "
        "`prefer`: it counts for half as much again."
    )
    reason: str = Field(min_length=3, max_length=500)


class WishView(BaseModel):
    """A wish that stands, and what it costs: how much more all matches would be worth without it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "customer_id": _CUSTOMER,
                    "event_id": _EVENT,
                    "kind": "pin",
                    "reason": "Promised at the last review meeting.",
                    "made_by": "anna",
                    "made_at": "2026-03-02T09:15:00Z",
                    "price": 0.12,
                }
            ]
        }
    )

    customer_id: UUID
    event_id: UUID
    kind: WishKind
    reason: str
    made_by: str
    made_at: datetime
    price: float = Field(description="In units of score; 0 when it changes nothing.")

    @classmethod
    def of(cls, kept: KeptWish, price: float) -> "WishView":
        wish = kept.wish
        return cls(
            customer_id=wish.customer_id,
            event_id=wish.event_id,
            kind=wish.kind,
            reason=kept.reason,
            made_by=kept.made_by,
            made_at=wish.made_at,
            price=price,
        )


@dataclass(frozen=True, slots=True)
class WishDesk:
    """What the routes work with."""

    transactions: Transactions
    open_readings: Callable[[Transaction], Readings]
    open_wishes: Callable[[Transaction], KeptWishes]
    replicas: Replicas
    clock: Clock
    ids: Ids

    async def note(
        self, transaction: Transaction, who: Principal, done: str, subject: tuple[str, UUID]
    ) -> None:
        """Writes down who wished or read what."""
        kind, identifier = subject
        entry = AuditEntry(self.ids(), self.clock.now(), who.subject, done, kind, str(identifier))
        await record(transaction.connection, entry)

    async def priced(self, kept: Sequence[KeptWish]) -> list[WishView]:
        """The wishes with what each costs."""
        if not kept:
            return []
        prices = await self.replicas.ask(PriceWishes(tuple(each.wish for each in kept)))
        return [
            WishView.of(each, prices[each.wish.customer_id, each.wish.event_id]) for each in kept
        ]


def wishes_router(desk: WishDesk) -> APIRouter:
    """Reading, making and ending wishes."""
    router = APIRouter(prefix="/v1", tags=["wishes"])
    router.include_router(_reading(desk))
    router.include_router(_wishing(desk))
    return router


def _reading(desk: WishDesk) -> APIRouter:
    router = APIRouter()

    @router.get("/wishes", summary="The wishes that stand, each with its price")
    async def list_wishes(
        reader: Reader,
        limit: Annotated[int, Query(ge=1, le=PRICED, description="Most items on a page.")] = PRICED,
        cursor: Cursor = None,
    ) -> Page[WishView]:
        sight = Sight(reader.sees_every_customer, reader.subject, reader.teams)
        place = after_two(cursor, identity, identity)
        async with desk.transactions.begin() as transaction:
            found = await desk.open_wishes(transaction).standing(sight, place, limit + 1)
            kept, last = cut(found, limit)
            for each in kept:
                subject = ("customer", each.wish.customer_id)
                await desk.note(transaction, reader, "wish.read", subject)
        following = last and encode_cursor(str(last.wish.customer_id), str(last.wish.event_id))
        return Page(items=await desk.priced(kept), next_cursor=following)

    return router


def _wishing(desk: WishDesk) -> APIRouter:
    router = APIRouter()

    @router.put(
        "/customers/{customer_id}/events/{event_id}/wish",
        summary="Pin, forbid or prefer a pair",
        description="Replaces what was wished for the pair before. A pin of a pair that rules refuse, or that is settled already, "
        "is a 409 that says why.",
    )
    async def make_wish(
        wisher: Wisher, customer_id: UUID, event_id: UUID, body: WishBody
    ) -> WishView:
        async with desk.transactions.begin() as transaction:
            await _require_pair(desk, transaction, wisher, customer_id, event_id)
        await _require_possible(desk, customer_id, event_id, body.kind)
        wish = Wish(customer_id, event_id, body.kind, desk.clock.now())
        kept = KeptWish(wish, body.reason, wisher.subject)

        async def work(transaction: Transaction) -> None:
            await _require_pair(desk, transaction, wisher, customer_id, event_id)
            await desk.open_wishes(transaction).keep(kept)
            await desk.note(transaction, wisher, "wish.made", ("customer", customer_id))

        # The price before the writer hears of it: what it will cost.
        (view,) = await desk.priced([kept])
        await desk.transactions.run(work)
        return view

    @router.delete(
        "/customers/{customer_id}/events/{event_id}/wish",
        status_code=204,
        summary="Nothing is wished for the pair any longer",
    )
    async def end_wish(wisher: Wisher, customer_id: UUID, event_id: UUID) -> Response:
        async def work(transaction: Transaction) -> None:
            await require_sight(desk.open_readings(transaction), wisher, customer_id)
            ended = await desk.open_wishes(transaction).end(customer_id, event_id, desk.clock.now())
            if not ended:
                raise not_found("wish")
            await desk.note(transaction, wisher, "wish.ended", ("customer", customer_id))

        await desk.transactions.run(work)
        return Response(status_code=204)

    return router


async def _require_pair(
    desk: WishDesk, transaction: Transaction, wisher: Principal, customer_id: UUID, event_id: UUID
) -> None:
    readings = desk.open_readings(transaction)
    await require_sight(readings, wisher, customer_id)
    if not await readings.knows_event(event_id):
        raise not_found("event")


async def _require_possible(
    desk: WishDesk, customer_id: UUID, event_id: UUID, kind: WishKind
) -> None:
    """A pin that cannot come true is refused with the reasons; other wishes are always possible."""
    found = await desk.replicas.ask(WhyPair(customer_id, event_id, turns=False))
    if found is None:
        raise not_found("event")
    why = _against(found) if kind is WishKind.PIN else {}
    if why:
        detail = "; ".join(f"{code}: {words}" for code, words in why.items())
        raise conflict("wish-impossible", "The pair cannot be proposed", detail)


def _against(found: Explanation) -> Mapping[str, str]:
    """What a pin cannot overcome, each by its code and in words; a pair that a wish forbade may be pinned by the next."""
    if found.outcome in (Outcome.CHOSEN, Outcome.CANDIDATE):
        return {}
    refusing = (reason for reason in found.refusals if reason is not Reason.EXCLUDED)
    told = {reason.value: REASONS[reason] for reason in refusing}
    if told or found.outcome is Outcome.REFUSED:
        return told
    return {found.outcome.value: OUTCOMES[found.outcome]}
