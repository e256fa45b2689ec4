"""What would be if: supposed changes, tried on the replica; nothing happens to the programme."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from kindred_common.clock import Clock, Ids
from kindred_common.db.transactions import Transaction, Transactions
from kindred_common.security.audit import AuditEntry, record
from kindred_common.security.principals import Principal, Role
from kindred_common.web.auth import requires
from kindred_common.web.idempotency import Outcome, once
from kindred_common.web.problems import FieldError, Problem
from kindred_matching.application.queries import Readings, Sight
from kindred_matching.application.replica import Replicas
from kindred_matching.domain.what_if import Missing, WhatIf
from kindred_matching.entrypoints.schemas_changes import EventChange, MoveChange, PairChange
from kindred_matching.entrypoints.schemas_what_if import EffectView, WhatIfBody

Planner = Annotated[
    Principal,
    Depends(
        requires(
            Role.PROGRAMME_MANAGER,
            Role.ADMINISTRATOR,
            Role.ACCOUNT_MANAGER,
            scope="matching:read",
        )
    ),
]
"""Who plans the programme, or his own customers' part in it."""


@dataclass(frozen=True, slots=True)
class PlanningDesk:
    """What questions about a programme that might be are answered with."""

    transactions: Transactions
    open_readings: Callable[[Transaction], Readings]
    replicas: Replicas
    clock: Clock
    ids: Ids

    async def note(self, transaction: Transaction, planner: Principal, question: str) -> None:
        """Writes down who asked."""
        entry = AuditEntry(
            self.ids(), self.clock.now(), planner.subject, f"{question}.asked", "programme", "next"
        )
        await record(transaction.connection, entry)

    async def visible(
        self, transaction: Transaction, planner: Principal, customers: Sequence[UUID]
    ) -> frozenset[UUID]:
        """Those of the customers whom the planner may see."""
        sight = Sight(planner.sees_every_customer, planner.subject, planner.teams)
        return await self.open_readings(transaction).visible(sorted(set(customers)), sight)


def what_if_router(desk: PlanningDesk) -> APIRouter:
    """Asking what changes would do."""
    router = APIRouter(prefix="/v1", tags=["planning"])

    @router.post(
        "/what-if",
        response_model=EffectView,
        summary="What changes would do to value, lists and people",
        description="Nothing changes by asking. The answer compares two copies of the programme as it is now, one with the changes.",
    )
    async def ask_what_if(request: Request, planner: Planner, body: WhatIfBody) -> Response:
        await _require_sense(desk, planner, body)
        suppositions = tuple(change.supposed(desk.ids) for change in body.changes)
        effect = await desk.replicas.ask(WhatIf(suppositions))
        if isinstance(effect, Missing):
            raise _unknown([(effect.place, effect.field)])

        async def work(transaction: Transaction) -> Outcome:
            customers = [who for who, _ in effect.gained + effect.lost]
            visible = await desk.visible(transaction, planner, customers)
            await desk.note(transaction, planner, "what-if")
            return Outcome(200, EffectView.of(effect, visible))

        return await once(request, desk.transactions, work)

    return router


async def _require_sense(desk: PlanningDesk, planner: Principal, body: WhatIfBody) -> None:
    """Refuses times that are past, and customers whom the planner may not see as if they did not exist."""
    now = desk.clock.now()
    past = [
        FieldError(field=f"body.changes.{place}.starts_at", reason="Input should lie ahead")
        for place, change in enumerate(body.changes)
        if isinstance(change, MoveChange | EventChange) and change.starts_at <= now
    ]
    if past:
        raise Problem(422, "wrong-input", "The request is not as it should be", errors=past)
    named = {
        place: change.customer_id
        for place, change in enumerate(body.changes)
        if isinstance(change, PairChange)
    }
    if named:
        async with desk.transactions.begin() as transaction:
            visible = await desk.visible(transaction, planner, list(named.values()))
        hidden = [(place, "customer_id") for place, who in named.items() if who not in visible]
        if hidden:
            raise _unknown(hidden)


def _unknown(faults: Sequence[tuple[int, str]]) -> Problem:
    errors = [
        FieldError(
            field=f"body.changes.{place}.{field}",
            reason=f"There is no such {field.removesuffix('_id')}",
        )
        for place, field in faults
    ]
    return Problem(422, "unknown", "A change names what does not exist", errors=errors)
