"""Records that other systems publish, and the receipts they get. Hostile input: bounded in every field."""

from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field, StringConstraints

from kindred_common.contracts.invitations import EventTheme
from kindred_common.contracts.moment import Moment
from kindred_common.contracts.profile import Norm, Place
from kindred_common.contracts.record import (
    BirthYear,
    ExternalId,
    MinimumAge,
    Record,
    SourceName,
)
from kindred_common.contracts.survey import Answer
from kindred_common.contracts.vocabulary import (
    BuyingRole,
    DeclineReason,
    EventKind,
    Language,
    LegalGround,
    Manner,
)

Email = Annotated[
    str, StringConstraints(pattern=r"^[^@\s<>]{1,64}@[^@\s<>]{1,189}$", max_length=254)
]
ShortText = Annotated[
    str, StringConstraints(pattern=r"\S", min_length=1, max_length=200, strip_whitespace=True)
]


class CrmAccount(Record):
    """A customer company, in full; a null value deactivates it."""

    record_type: ClassVar[str] = "kindred.crm-account.v1"

    source: SourceName
    external_id: ExternalId
    name: ShortText
    account_value: float = Field(default=1.0, ge=0, le=1_000_000, allow_inf_nan=False)
    public_sector: bool = False
    account_manager_id: ShortText | None = None
    account_manager_name: ShortText | None = None
    account_manager_email: Email | None = None
    team: ShortText | None = None


class CrmCustomer(Record):
    """A contact at an account, in full; a null value deactivates him."""

    record_type: ClassVar[str] = "kindred.crm-customer.v1"

    source: SourceName
    external_id: ExternalId
    account_external_id: ExternalId | None = None
    given_name: ShortText
    family_name: ShortText
    email: Email | None = None
    phone: Annotated[str, StringConstraints(max_length=40)] | None = None
    language: Language = Language.DUTCH
    formal: bool = True
    buying_role: BuyingRole | None = None
    legal_ground: LegalGround = LegalGround.NONE
    manner: Manner | None = None
    home: Place | None = None
    max_distance_km: float | None = Field(default=None, ge=0, le=20_000)
    norm: Norm | None = None
    birth_year: BirthYear | None = None


class TransactionKind(StrEnum):
    """What happened in the business relation."""

    ORDER = "order"
    RETURN = "return"
    CONTRACT = "contract"
    SERVICE_TICKET = "service_ticket"
    VISIT = "visit"


class CrmTransaction(Record):
    """An order, return, contract, service ticket or visit of an account; a complaint stays ``open`` until solved."""

    record_type: ClassVar[str] = "kindred.crm-transaction.v1"

    source: SourceName
    external_id: ExternalId
    account_external_id: ExternalId
    customer_external_id: ExternalId | None = None
    kind: TransactionKind
    at: Moment
    amount: float | None = Field(default=None, allow_inf_nan=False)
    complaint: bool = False
    open: bool = False


class CrmEvent(Record):
    """An event planned elsewhere, in full; a null value cancels it."""

    record_type: ClassVar[str] = "kindred.crm-event.v1"

    source: SourceName
    external_id: ExternalId
    kind: EventKind
    title: ShortText
    themes: tuple[EventTheme, ...] = Field(default=(), max_length=50, fail_fast=True)
    starts_at: Moment
    ends_at: Moment
    zone: ShortText = "Europe/Amsterdam"
    place_name: ShortText | None = None
    place: Place | None = None
    languages: tuple[Language, ...] = Field(
        default=(Language.DUTCH, Language.ENGLISH), max_length=10, fail_fast=True
    )
    seats: int = Field(ge=0, le=1_000_000)
    companion_allowed: bool = False
    hospitality_value: float = Field(default=0, ge=0, le=1_000_000, allow_inf_nan=False)
    minimum_age: MinimumAge = 0


class ExternalAnswers(Record):
    """Answers that a customer gave in another survey tool."""

    record_type: ClassVar[str] = "kindred.external-answers.v1"

    source: SourceName
    customer_source: SourceName
    customer_external_id: ExternalId
    survey: ExternalId
    answered_at: Moment
    answers: tuple[Answer, ...] = Field(min_length=1, max_length=500, fail_fast=True)


class ResponseKind(StrEnum):
    """What another system saw a customer do about an event."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    ATTENDED = "attended"
    NO_SHOW = "no_show"


class ExternalResponse(Record):
    """An RSVP or attendance seen by another system, a ticket scanner for example."""

    record_type: ClassVar[str] = "kindred.external-response.v1"

    source: SourceName
    customer_source: SourceName
    customer_external_id: ExternalId
    event_id: UUID | None = None
    event_source: SourceName | None = None
    event_external_id: ExternalId | None = None
    response: ResponseKind
    decline_reason: DeclineReason | None = None
    with_companion: bool = False
    at: Moment


class ReceiptStatus(StrEnum):
    """What became of a record from outside."""

    ACCEPTED = "accepted"
    WAITING = "waiting"
    REJECTED = "rejected"


class IngestReceipt(Record):
    """Tells a publishing system what became of one of its records.

    A rejected record names the ``field`` and the ``reason``; a waiting one what it waits for.
    """

    record_type: ClassVar[str] = "kindred.ingest-receipt.v1"

    record_source: str = Field(max_length=500)
    record_id: str = Field(max_length=500)
    topic: str
    partition: int
    offset: int
    status: ReceiptStatus
    field: str | None = None
    reason: str | None = None
    at: Moment
