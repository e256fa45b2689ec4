from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from kindred_invitations.application.because import Because
from kindred_invitations.application.views import Sight
from kindred_invitations.domain.decisions import Decision, DecisionKind, Matter, most_valuable
from kindred_invitations.domain.errors import Unknown

MANY = 100_000


class Matters(Protocol):
    """What may ask for a decision, leaving out what was settled."""

    async def matters_of(
        self, manager: str, now: datetime, teams: Sequence[str] = ()
    ) -> list[Matter]: ...

    async def matters_about(self, customer_id: UUID, now: datetime) -> list[Matter]: ...

    async def settle(self, decision_id: UUID, actor: str, at: datetime) -> None: ...

    async def visible(self, customer_id: UUID, sight: Sight) -> bool: ...


NEEDS_AN_ACT = frozenset({DecisionKind.APPROVE_DRAFT})
"""What is not settled by a word: a draft is approved or withdrawn."""


async def settle_decision(
    matters: Matters, because: Because, sight: Sight, customer_id: UUID, decision_id: UUID
) -> Decision:
    """Takes something that was done off the list.

    Raises:
        Unknown: the customer is not the caller's, or nothing of that id waits.
    """
    if not await matters.visible(customer_id, sight):
        raise Unknown("customer")
    waiting = most_valuable(await matters.matters_about(customer_id, because.at), because.at, MANY)
    for decision in waiting:
        if decision.id == decision_id and decision.matter.kind not in NEEDS_AN_ACT:
            await matters.settle(decision_id, because.actor, because.at)
            return decision
    raise Unknown("decision")
