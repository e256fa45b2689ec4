"""Customers, one on one and in lists, as the API shows them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from kindred_common.contracts.feedback import FeedbackGiven
from kindred_common.contracts.matching import Contribution, CustomerMatches
from kindred_common.contracts.profile import (
    CustomerDetails,
    CustomerProfile,
    Interest,
    KindPreference,
    Norm,
)
from kindred_common.contracts.vocabulary import (
    BuyingRole,
    CompanionWish,
    Expectation,
    Language,
    Manner,
    ReasonCode,
)
from kindred_invitations.application.queries import OneOnOne
from kindred_invitations.application.views import CustomerCard, CustomerLine
from kindred_invitations.application.views import EventName as NamedEvent
from kindred_invitations.domain.loyalty import LoyaltyClass, loyalty_class
from kindred_invitations.entrypoints.schemas_decisions import DecisionOut
from kindred_invitations.entrypoints.schemas_events import EventName
from kindred_invitations.entrypoints.schemas_invitations import TrackOut


class CustomerItem(BaseModel):
    """A customer in a list."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "customer_id": "0198a6c2-7d10-7c55-9a3e-2f4f1f0e8a11",
                    "given_name": "Mira",
                    "family_name": "Jansen",
                    "account_id": "0198a6c2-7d10-7c55-9a3e-2f4f1f0e8a41",
                    "account_name": "Waterwerken Noord",
                    "account_manager_id": "anna",
                    "team": "north",
                    "active": True,
                    "loyalty": "promoter",
                    "nps": 9,
                    "open_case": False,
                }
            ]
        }
    )

    customer_id: UUID
    given_name: str | None
    family_name: str | None
    account_id: UUID | None
    account_name: str | None
    account_manager_id: str | None
    team: str | None
    active: bool
    loyalty: LoyaltyClass
    nps: int | None
    open_case: bool

    @classmethod
    def of(cls, line: CustomerLine) -> Self:
        names = [name for name in cls.model_fields if name != "loyalty"]
        values = {name: getattr(line, name) for name in names}
        return cls(**values, loyalty=loyalty_class(line.nps))


class CustomerSearch(BaseModel):
    """Words of the customer's or the account's name; in the body, so that no name stands in an address."""

    text: str = Field(min_length=1, max_length=100, examples=["de vries"])


class PersonOut(BaseModel):
    """Name and addresses."""

    given_name: str
    family_name: str
    email: str | None
    phone: str | None
    language: Language
    formal: bool
    account_id: UUID | None
    account_name: str | None
    account_manager_id: str | None
    account_manager_name: str | None
    team: str | None

    @classmethod
    def of(cls, details: CustomerDetails) -> Self:
        return cls.model_validate(details, from_attributes=True)


class LoyaltyOut(BaseModel):
    """What the customer answered to the recommendation question."""

    loyalty: LoyaltyClass
    nps: int | None
    answered_at: datetime | None
    open_case: bool = Field(description="A complaint is not solved yet.")


class PreferencesOut(BaseModel):
    """How the customer likes the relation to be kept, and what he may accept."""

    buying_role: BuyingRole | None
    manner: Manner | None
    companion_wish: CompanionWish | None
    kinds: tuple[KindPreference, ...]
    max_distance_km: float | None
    blocked_weekdays: tuple[int, ...] = Field(description="0 is Monday.")
    excluded_themes: tuple[str, ...]
    norm: Norm | None
    may_be_invited: bool
    objected: bool
    last_attended_at: datetime | None

    @classmethod
    def of(cls, profile: CustomerProfile) -> Self:
        return cls.model_validate(profile, from_attributes=True)


class ConsentOut(BaseModel):
    """What the customer last said about one purpose."""

    purpose: str
    state: str
    stated_at: datetime
    channel: str


class MatchOut(BaseModel):
    """An event that was chosen for the customer, and why: the contributions to its score."""

    event: EventName | None
    event_id: UUID
    seats: int
    score: float
    fixed: bool
    reasons: tuple[Contribution, ...]
    propensity: float | None = Field(
        description="The chance at which it was to be drawn, if it was drawn by lot; null for what was chosen."
    )


class CandidateOut(BaseModel):
    """An event that was ranked but not chosen, and what stood in the way."""

    event: EventName | None
    event_id: UUID
    score: float
    not_chosen: ReasonCode


class RefusalOut(BaseModel):
    """An event that is out of the question, and every reason why."""

    event: EventName | None
    event_id: UUID
    reasons: tuple[ReasonCode, ...]


class FeedbackOut(BaseModel):
    """How the customer experienced a moment."""

    event: EventName | None
    event_id: UUID
    invitation_id: UUID
    rating: int
    all_as_wished: bool
    expectation: Expectation
    fitted: bool | None
    given_at: datetime


class OneOnOneOut(BaseModel):
    """Everything about one customer on one page; what has not arrived yet is null or empty."""

    customer_id: UUID
    person: PersonOut | None
    loyalty: LoyaltyOut
    interests: tuple[Interest, ...] = Field(description="Strongest first.")
    preferences: PreferencesOut | None
    consents: list[ConsentOut]
    matches: list[MatchOut]
    candidates: list[CandidateOut]
    refusals: list[RefusalOut] = Field(description="Those with the fewest reasons.")
    more_refused: int = Field(description="How many events beside these are out of the question.")
    priced_at: datetime | None = Field(description="When the matcher last looked.")
    invitations: list[TrackOut]
    feedback: list[FeedbackOut]
    next: list[DecisionOut] = Field(description="What to do next, most valuable first.")

    @classmethod
    def of(cls, seen: OneOnOne, decisions: Sequence[DecisionOut]) -> Self:
        card = seen.card
        profile = card.profile
        interests = profile.interests if profile else ()
        return cls(
            customer_id=card.customer_id,
            person=None if card.details is None else PersonOut.of(card.details),
            loyalty=_loyalty(profile),
            interests=tuple(sorted(interests, key=lambda one: (-one.value, one.theme))),
            preferences=None if profile is None else PreferencesOut.of(profile),
            consents=[
                ConsentOut.model_validate(one, from_attributes=True) for one in card.consents
            ],
            **_proposals(card.matches, seen.events),
            more_refused=card.matches.more_refused if card.matches else 0,
            priced_at=card.matches.priced_at if card.matches else None,
            invitations=[TrackOut.of_track(track) for track in seen.tracks],
            feedback=_feedback(card, seen.events),
            next=list(decisions),
        )


def _loyalty(profile: CustomerProfile | None) -> LoyaltyOut:
    answer = profile.loyalty if profile else None
    return LoyaltyOut(
        loyalty=loyalty_class(answer.nps if answer else None),
        nps=answer.nps if answer else None,
        answered_at=answer.answered_at if answer else None,
        open_case=profile.open_case if profile else False,
    )


def _proposals(
    matches: CustomerMatches | None, events: Mapping[UUID, NamedEvent]
) -> dict[str, list[BaseModel]]:
    if matches is None:
        return {"matches": [], "candidates": [], "refusals": []}
    return {
        "matches": [
            MatchOut(event=_named(events, one.event_id), **one.model_dump())
            for one in matches.matches
        ],
        "candidates": [
            CandidateOut(event=_named(events, one.event_id), **one.model_dump())
            for one in matches.candidates
        ],
        "refusals": [
            RefusalOut(event=_named(events, one.event_id), **one.model_dump())
            for one in matches.refusals
        ],
    }


def _feedback(card: CustomerCard, events: Mapping[UUID, NamedEvent]) -> list[FeedbackOut]:
    return [_experience(given, events) for given in card.feedback]


def _experience(given: FeedbackGiven, events: Mapping[UUID, NamedEvent]) -> FeedbackOut:
    return FeedbackOut(
        event=_named(events, given.event_id),
        **given.model_dump(exclude={"customer_id", "event_kind", "themes"}),
    )


def _named(events: Mapping[UUID, NamedEvent], event_id: UUID) -> EventName | None:
    found = events.get(event_id)
    return None if found is None else EventName.model_validate(found, from_attributes=True)
