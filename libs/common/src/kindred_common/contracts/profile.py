"""Records that profile writes: the profile stream, the customers' details, and requests and signals about them."""

from typing import ClassVar
from uuid import UUID

from pydantic import Field, StrictFloat

from kindred_common.contracts.moment import Moment
from kindred_common.contracts.record import BirthYear, Fraction, Part, Record, Theme
from kindred_common.contracts.vocabulary import (
    BuyingRole,
    CompanionWish,
    ConsentPurpose,
    ConsentState,
    EventKind,
    FactSource,
    Language,
    LegalGround,
    Manner,
)


class Interest(Part):
    """How much a theme moves the customer: ``value`` 0 (not at all) to 1 (passionately).

    ``confidence`` 0..1 is how sure we were when it was observed; its decay over time is computed by the reader.
    """

    theme: Theme
    value: Fraction
    confidence: Fraction
    source: FactSource
    observed_at: Moment


class KindPreference(Part):
    """How much the customer likes a kind of contact moment, 0..1."""

    kind: EventKind
    value: Fraction


class Place(Part):
    """A point on earth in WGS 84 degrees."""

    latitude: StrictFloat = Field(ge=-90, le=90)
    longitude: StrictFloat = Field(ge=-180, le=180)


class Norm(Part):
    """What the customer may accept, by his employer's rules or his own.

    ``max_value`` is in euro per invitation, all included; ``business_only`` bars moments of a mainly social kind.
    """

    max_value: float | None = Field(default=None, ge=0)
    business_only: bool = False
    stated_by: FactSource


class Loyalty(Part):
    """The customer's latest answer to the recommendation question, 0..10."""

    nps: int = Field(ge=0, le=10)
    answered_at: Moment


class CustomerProfile(Record):
    """The pseudonymous profile as matching reads it; a new version appears only when something in it has changed.

    ``account_value`` weighs the account against the others (1 is ordinary). ``may_be_invited`` folds legal ground,
    consents and objections. ``changed`` names the fields that differ from the version before.
    """

    record_type: ClassVar[str] = "kindred.customer-profile.v1"

    customer_id: UUID
    version: int = Field(ge=1)
    active: bool
    account_id: UUID | None = None
    account_manager_id: str | None = None
    team: str | None = None
    account_value: float = Field(default=1.0, ge=0)
    public_sector: bool = False
    buying_role: BuyingRole | None = None
    language: Language = Language.DUTCH
    home: Place | None = None
    max_distance_km: float | None = Field(default=None, ge=0)
    blocked_weekdays: tuple[int, ...] = ()
    interests: tuple[Interest, ...] = ()
    excluded_themes: tuple[Theme, ...] = ()
    kinds: tuple[KindPreference, ...] = ()
    companion_wish: CompanionWish | None = None
    manner: Manner | None = None
    norm: Norm | None = None
    loyalty: Loyalty | None = None
    may_be_invited: bool = False
    objected: bool = False
    open_case: bool = False
    last_attended_at: Moment | None = None
    birth_year: BirthYear | None = None
    changed: tuple[str, ...] = ()


class CustomerDetails(Record):
    """Name, addresses and language of a customer: the only record that carries them."""

    record_type: ClassVar[str] = "kindred.customer-details.v1"

    customer_id: UUID
    active: bool = True
    given_name: str = Field(max_length=200)
    family_name: str = Field(max_length=200)
    email: str | None = Field(default=None, max_length=254)
    phone: str | None = Field(default=None, max_length=40)
    language: Language = Language.DUTCH
    formal: bool = True
    legal_ground: LegalGround = LegalGround.NONE
    account_id: UUID | None = None
    account_name: str | None = Field(default=None, max_length=200)
    account_manager_id: str | None = None
    account_manager_name: str | None = None
    account_manager_email: str | None = None
    team: str | None = None


class ConsentChanged(Record):
    """A customer granted, denied, revoked or objected; it takes effect wherever it lands, at once."""

    record_type: ClassVar[str] = "kindred.consent-changed.v1"

    customer_id: UUID
    purpose: ConsentPurpose
    state: ConsentState
    stated_at: Moment
    channel: str = Field(max_length=60)


class RematchRequested(Record):
    """Something that no single record shows asks for a fresh look at this customer's matches.

    ``request`` makes the request unique for its reason and time, so that two finders of the same thing ask once.
    """

    record_type: ClassVar[str] = "kindred.rematch-requested.v1"

    customer_id: UUID
    reason: str = Field(max_length=60)
    request: str = Field(max_length=200)
    found_at: Moment


class SignalInput(Record):
    """One observation that a live signal counts, keyed by the signal."""

    record_type: ClassVar[str] = "kindred.signal-input.v1"

    signal: str = Field(max_length=100)
    customer_id: UUID
    value: float = Field(allow_inf_nan=False)
    observed_at: Moment


class LiveSignal(Record):
    """A figure over a moving window: live and approximate, rebuilt from the facts when lost.

    ``value`` is the mean of the ``count`` observations between ``window_start`` and ``window_end``.
    """

    record_type: ClassVar[str] = "kindred.live-signal.v1"

    signal: str = Field(max_length=100)
    value: float
    count: int = Field(ge=0)
    window_start: Moment
    window_end: Moment
