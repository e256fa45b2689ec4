"""The questions that are answered from the read model."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from kindred_common.contracts.profile import LiveSignal
from kindred_invitations.application.settle_decision import Matters
from kindred_invitations.application.views import (
    CustomerCard,
    CustomerLine,
    EventName,
    Host,
    InvitationLine,
    Sight,
    StepLine,
    Track,
)
from kindred_invitations.domain.decisions import Decision, most_valuable
from kindred_invitations.domain.event import Event
from kindred_invitations.domain.loyalty import LoyaltyClass

MOST_DECISIONS = 10
MOST_NEXT = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerFilter:
    """Which customers are wanted: words of name or account, an account, a loyalty class, one account manager's own."""

    text: str | None = None
    account_id: UUID | None = None
    loyalty: LoyaltyClass | None = None
    own_of: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFilter:
    """Which events are wanted."""

    open: bool | None = None
    kind: str | None = None
    starts_from: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationFilter:
    """Which invitations are wanted."""

    event_id: UUID | None = None
    customer_id: UUID | None = None
    steps: tuple[str, ...] = ()


class ReadModel(Protocol):
    """Customers and events as they are shown; lists begin behind a place and end after ``most`` rows."""

    async def customers(
        self, sight: Sight, wanted: CustomerFilter, after: tuple[str, UUID] | None, most: int
    ) -> list[CustomerLine]: ...

    async def card(self, customer_id: UUID) -> CustomerCard | None: ...

    async def named(self, customer_ids: Sequence[UUID]) -> dict[UUID, CustomerLine]: ...

    async def belongs_to(self, customer_id: UUID) -> tuple[str | None, str | None] | None:
        """The account manager and team of a customer; None when he is not known."""
        ...

    async def events(
        self, wanted: EventFilter, after: tuple[datetime, UUID] | None, most: int
    ) -> list[Event]: ...

    async def event_names(self, event_ids: Sequence[UUID]) -> dict[UUID, EventName]: ...

    async def signals(self) -> list[LiveSignal]: ...

    async def host(self, customer_id: UUID) -> Host: ...


class InvitationLists(Protocol):
    """Invitations as they are shown."""

    async def lines(
        self, sight: Sight, wanted: InvitationFilter, after: UUID | None, most: int
    ) -> list[InvitationLine]: ...

    async def line(self, invitation_id: UUID) -> InvitationLine | None: ...

    async def steps_of(self, invitation_ids: Sequence[UUID]) -> dict[UUID, list[StepLine]]: ...


@dataclass(frozen=True, slots=True)
class OneOnOne:
    """A customer on one page: what is known, what was proposed, what happened, and what to do next."""

    card: CustomerCard
    tracks: Sequence[Track]
    events: dict[UUID, EventName]
    next: Sequence[Decision]


async def see_customer(
    model: ReadModel, lists: InvitationLists, matters: Matters, customer_id: UUID, now: datetime
) -> OneOnOne | None:
    """Everything about one customer; None when he is not known."""
    card = await model.card(customer_id)
    if card is None:
        return None
    everyone = Sight(everything=True, manager="", teams=())
    wanted = InvitationFilter(customer_id=customer_id)
    lines = await lists.lines(everyone, wanted, None, 1000)
    steps = await lists.steps_of([line.invitation.id for line in lines])
    tracks = [Track(line, steps.get(line.invitation.id, [])) for line in lines]
    waiting = await matters.matters_about(customer_id, now)
    return OneOnOne(
        card,
        tracks,
        await model.event_names(_events_in(card)),
        most_valuable(waiting, now, MOST_NEXT),
    )


def _events_in(card: CustomerCard) -> list[UUID]:
    matches = card.matches
    mentioned = {given.event_id for given in card.feedback}
    if matches is not None:
        mentioned |= {match.event_id for match in matches.matches}
        mentioned |= {candidate.event_id for candidate in matches.candidates}
        mentioned |= {refusal.event_id for refusal in matches.refusals}
    return sorted(mentioned)


@dataclass(frozen=True, slots=True)
class MyDay:
    """The decisions that matter most, with the customers they are about."""

    decisions: Sequence[Decision]
    customers: dict[UUID, CustomerLine]


async def see_my_day(
    model: ReadModel, matters: Matters, manager: str, teams: Sequence[str], now: datetime
) -> MyDay:
    """The ten most valuable decisions that wait for an account manager, about his teams' customers too if given."""
    waiting = await matters.matters_of(manager, now, teams)
    decisions = most_valuable(waiting, now, MOST_DECISIONS)
    return MyDay(
        decisions, await model.named([decision.matter.customer_id for decision in decisions])
    )
