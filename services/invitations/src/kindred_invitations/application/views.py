"""What the read model shows, as plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kindred_common.contracts.feedback import FeedbackGiven
from kindred_common.contracts.matching import CustomerMatches
from kindred_common.contracts.profile import CustomerDetails, CustomerProfile
from kindred_invitations.domain.invitation import Invitation


@dataclass(frozen=True, slots=True)
class Sight:
    """Whose customers may be shown: everybody's, or those of one account manager and his teams."""

    everything: bool
    manager: str
    teams: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CustomerLine:
    """A customer in a list."""

    customer_id: UUID
    sort_name: str
    given_name: str | None
    family_name: str | None
    account_id: UUID | None
    account_name: str | None
    account_manager_id: str | None
    team: str | None
    active: bool
    nps: int | None
    open_case: bool


@dataclass(frozen=True, slots=True)
class CustomerCard:
    """All that is kept of one customer; what has not arrived yet is None."""

    customer_id: UUID
    account_manager_id: str | None
    team: str | None
    profile: CustomerProfile | None
    details: CustomerDetails | None
    matches: CustomerMatches | None
    feedback: Sequence[FeedbackGiven]
    consents: Sequence["ConsentLine"]


@dataclass(frozen=True, slots=True)
class ConsentLine:
    """What the customer last said about one purpose."""

    purpose: str
    state: str
    stated_at: datetime
    channel: str


@dataclass(frozen=True, slots=True)
class EventName:
    """An event as others mention it."""

    event_id: UUID
    title: str
    kind: str
    starts_at: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step of an invitation's history."""

    number: int
    step: str
    at: datetime
    actor: str
    source: str
    seats: int
    manner: str
    decline_reason: str | None
    rule: str | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of the latest message that invites; ``result`` None while nothing is known."""

    result: str | None
    rule: str | None
    at: datetime | None
    allowed_from: datetime | None


@dataclass(frozen=True, slots=True)
class InvitationLine:
    """An invitation in a list, with its event and its guest's name."""

    invitation: Invitation
    event: EventName
    given_name: str | None
    family_name: str | None
    account_name: str | None
    account_manager_id: str | None
    team: str | None
    delivery: Delivery


@dataclass(frozen=True, slots=True)
class Track:
    """An invitation with every step it took."""

    line: InvitationLine
    steps: Sequence[StepLine]


@dataclass(frozen=True, slots=True)
class Host:
    """Who invites: the account manager, as the guest's page names him."""

    name: str | None
    language: str | None
