"""What the API takes and gives about accounts and customers."""

from dataclasses import asdict
from typing import Annotated, Self
from uuid import UUID

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StringConstraints,
)
from pydantic.config import JsonDict

from kindred_common.contracts.external import Email, ShortText
from kindred_common.contracts.profile import Place
from kindred_common.contracts.record import ExternalId, SourceName
from kindred_common.contracts.vocabulary import (
    BuyingRole,
    FactSource,
    Language,
    LegalGround,
    Manner,
)
from kindred_profile.application.queries import AccountView, CustomerView
from kindred_profile.domain.customers import Account, Customer
from kindred_profile.domain.norms import Norm

PersonName = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200, strip_whitespace=True, pattern=r"^[^\x00]+$"),
]
Phone = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[^\x00]+$")]


ACCOUNT: JsonDict = {
    "name": "Waterwerken Noord",
    "account_value": 1.5,
    "public_sector": True,
    "account_manager_id": "anna",
    "account_manager_name": "Anna de Wit",
    "account_manager_email": "anna@example.com",
    "team": "north",
}

CUSTOMER: JsonDict = {
    "account_id": "0198f0a0-0000-7000-8000-000000000001",
    "given_name": "Mira",
    "family_name": "Jansen",
    "email": "mira.jansen@example.com",
    "language": "nl",
    "legal_ground": "existing_relation",
    "buying_role": "decision_maker",
    "home": {"latitude": 52.09, "longitude": 5.12},
}


class AccountBody(BaseModel):
    """An account, in full."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [ACCOUNT]},
    )

    name: ShortText
    account_value: StrictFloat = Field(
        default=1.0,
        ge=0,
        le=1_000_000,
        allow_inf_nan=False,
        description="Weighs the account against the others; 1 is ordinary.",
    )
    public_sector: StrictBool = False
    account_manager_id: ShortText | None = Field(
        default=None, description="The subject with which he signs in."
    )
    account_manager_name: ShortText | None = None
    account_manager_email: Email | None = None
    team: ShortText | None = None
    active: StrictBool = True

    def to_account(self, account_id: UUID) -> Account:
        return Account(id=account_id, **self.model_dump(include=set(AccountBody.model_fields)))


class NewAccount(AccountBody):
    """An account to be made; ``source`` and ``external_id`` name it as another system does, and decide its id."""

    source: SourceName | None = None
    external_id: ExternalId | None = None


class AccountOut(AccountBody):
    """An account as on record."""

    model_config = ConfigDict(
        extra="ignore",
        json_schema_extra={"examples": [ACCOUNT | {"id": "0198a6c2-7d10-7c55-9a3e-2f4f1f0e8a41"}]},
    )

    id: UUID

    @classmethod
    def of(cls, view: AccountView) -> Self:
        return cls.model_validate(asdict(view.account))


class NormBody(BaseModel):
    """What the customer may accept: most euro per invitation, and whether the content must be business."""

    model_config = ConfigDict(extra="forbid")

    max_value: StrictFloat | None = Field(default=None, ge=0, le=1_000_000, allow_inf_nan=False)
    business_only: StrictBool = False


class CustomerBody(BaseModel):
    """A customer (a contact at an account), in full."""

    model_config = ConfigDict(
        extra="forbid",
        use_enum_values=True,
        validate_default=True,
        json_schema_extra={"examples": [CUSTOMER]},
    )

    account_id: UUID | None = None
    given_name: PersonName
    family_name: PersonName
    email: Email | None = None
    phone: Phone | None = None
    language: Language = Language.DUTCH
    formal: StrictBool = True
    buying_role: BuyingRole | None = None
    legal_ground: LegalGround = Field(
        default=LegalGround.NONE, description="Why he may be approached by electronic mail."
    )
    manner: Manner | None = Field(
        default=None, description="How invitations reach him, unless he said otherwise himself."
    )
    home: Place | None = None
    max_distance_km: StrictFloat | None = Field(default=None, ge=0, le=20_000, allow_inf_nan=False)
    norm: NormBody | None = None
    birth_year: StrictInt | None = Field(
        default=None,
        ge=1900,
        le=2100,
        description="For events with a minimum age; left out, he counts as an adult.",
    )
    active: StrictBool = True

    def to_customer(self, customer_id: UUID, stated_by: FactSource) -> Customer:
        norm = self.norm
        return Customer(
            id=customer_id,
            home=None if self.home is None else (self.home.latitude, self.home.longitude),
            norm=None
            if norm is None
            else Norm(norm.max_value, norm.business_only, stated_by.value),
            **self.model_dump(include=_PLAIN),
        )


_PLAIN = set(CustomerBody.model_fields) - {"home", "norm"}


class NewCustomer(CustomerBody):
    """A customer to be made; ``source`` and ``external_id`` name him as another system does, and decide his id."""

    source: SourceName | None = None
    external_id: ExternalId | None = None


class CustomerOut(CustomerBody):
    """A customer as on record."""

    model_config = ConfigDict(
        extra="ignore",
        json_schema_extra={
            "examples": [
                CUSTOMER
                | {
                    "id": "0198a6c2-7d10-7c55-9a3e-2f4f1f0e8a11",
                    "account_name": "Waterwerken Noord",
                    "account_manager_id": "anna",
                    "team": "north",
                }
            ]
        },
    )

    id: UUID
    account_name: str | None = None
    account_manager_id: str | None = None
    team: str | None = None

    @classmethod
    def of(cls, view: CustomerView) -> Self:
        values = asdict(view.customer)
        if view.customer.home is not None:
            values["home"] = dict(zip(("latitude", "longitude"), view.customer.home, strict=True))
        if values["norm"] is not None:
            del values["norm"]["stated_by"]
        if view.account is not None:
            values["account_name"] = view.account.name
            values["account_manager_id"] = view.account.account_manager_id
            values["team"] = view.account.team
        return cls.model_validate(values)


class NameBody(BaseModel):
    """The name under which another system knows a customer."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"source": "ticketing", "external_id": "C-10482"}]},
    )

    source: SourceName
    external_id: ExternalId


class NamesOut(BaseModel):
    """All names under which other systems know a customer."""

    items: list[NameBody]
