"""From records of CRM systems and imports to records of our own."""

from uuid import UUID

from kindred_common.contracts.codec import Received
from kindred_common.contracts.external import CrmAccount, CrmCustomer, CrmTransaction
from kindred_profile.application.ports import Identity, Ticket
from kindred_profile.domain.customers import Account, Customer
from kindred_profile.domain.errors import WrongFact
from kindred_profile.domain.norms import Norm


def customer_of_record(record: CrmCustomer, customer_id: UUID, account_id: UUID | None) -> Customer:
    """The customer under our own ids."""
    home, norm = record.home, record.norm
    return Customer(
        id=customer_id,
        given_name=record.given_name,
        family_name=record.family_name,
        account_id=account_id,
        email=record.email,
        phone=record.phone or None,
        language=record.language.value,
        formal=record.formal,
        buying_role=record.buying_role and record.buying_role.value,
        legal_ground=record.legal_ground.value,
        manner=record.manner and record.manner.value,
        home=None if home is None else (home.latitude, home.longitude),
        max_distance_km=record.max_distance_km,
        norm=None
        if norm is None
        else Norm(norm.max_value, norm.business_only, norm.stated_by.value),
        birth_year=record.birth_year,
    )


def account_of_record(record: CrmAccount, account_id: UUID) -> Account:
    """The account under our own id."""
    return Account(
        id=account_id,
        name=record.name,
        account_value=record.account_value,
        public_sector=record.public_sector,
        account_manager_id=record.account_manager_id,
        account_manager_name=record.account_manager_name,
        account_manager_email=record.account_manager_email,
        team=record.team,
    )


def ticket_of_record(
    received: Received[CrmTransaction], account_id: UUID, customer_id: UUID | None
) -> Ticket:
    """The transaction under our own ids; of one transaction the record with the latest time counts."""
    record = received.data
    if record is None:
        raise WrongFact("data", "is missing")
    return Ticket(
        identity=Identity(record.source, record.external_id),
        account_id=account_id,
        customer_id=customer_id,
        kind=record.kind.value,
        happened_at=record.at,
        amount=record.amount,
        complaint=record.complaint,
        open=record.open,
        observed_at=received.envelope.time,
        record_id=received.envelope.id,
    )
