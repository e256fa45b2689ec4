"""The demonstration world as records that a CRM would publish."""

from collections.abc import Iterator
from datetime import datetime

from kindred_cli.demo.world import SOURCE, DemoAccount, DemoCustomer, DemoEvent, World
from kindred_common.clock import Ids
from kindred_common.contracts.envelope import Envelope
from kindred_common.contracts.external import CrmAccount, CrmCustomer, CrmEvent
from kindred_common.contracts.invitations import EventTheme
from kindred_common.contracts.profile import Place
from kindred_common.contracts.record import Cause, Record
from kindred_common.contracts.topics import CRM_ACCOUNTS, CRM_CUSTOMERS, CRM_EVENTS, Topic
from kindred_common.contracts.vocabulary import BuyingRole, EventKind, Language, LegalGround, Manner

Row = tuple[Topic, str, Envelope, Record]

TEAM = "demo-team"


def records_of(world: World, now: datetime, ids: Ids) -> Iterator[Row]:
    """Every account, customer and event, in that order."""
    for account in world.accounts:
        yield row_of(CRM_ACCOUNTS, account.external_id, _account(account), now, ids)
    for customer in world.customers:
        yield row_of(CRM_CUSTOMERS, customer.external_id, _customer(customer), now, ids)
    for event in world.events:
        yield row_of(CRM_EVENTS, event.external_id, _event(event), now, ids)


def row_of(topic: Topic, external_id: str, body: Record, now: datetime, ids: Ids) -> Row:
    """The row that publishes a body as the demonstration's own system."""
    identity = str(ids())
    envelope = Envelope(
        id=identity,
        source=SOURCE,
        type=body.record_type,
        time=now,
        subject=external_id,
        cause=Cause(correlation_id=identity),
        source_version=int(now.timestamp() * 1000),
    )
    return topic, f"{SOURCE}:{external_id}", envelope, body


def _account(account: DemoAccount) -> CrmAccount:
    return CrmAccount(
        source=SOURCE,
        external_id=account.external_id,
        name=account.name,
        account_value=account.value,
        public_sector=account.public_sector,
        account_manager_id=account.manager_id,
        account_manager_name=account.manager_name,
        account_manager_email=f"{account.manager_id}@kindred.example",
        team=TEAM,
    )


def _customer(customer: DemoCustomer) -> CrmCustomer:
    return CrmCustomer(
        source=SOURCE,
        external_id=customer.external_id,
        account_external_id=customer.account.external_id,
        given_name=customer.given_name,
        family_name=customer.family_name,
        email=customer.email,
        language=Language(customer.language),
        formal=customer.role == "decision_maker",
        buying_role=BuyingRole(customer.role),
        legal_ground=LegalGround.EXISTING_RELATION,
        manner=Manner(customer.manner),
        home=Place(latitude=customer.town.latitude, longitude=customer.town.longitude),
    )


def _event(event: DemoEvent) -> CrmEvent:
    moment = event.moment
    return CrmEvent(
        source=SOURCE,
        external_id=event.external_id,
        kind=EventKind(moment.kind),
        title=moment.title,
        themes=tuple(EventTheme(theme=theme, weight=weight) for theme, weight in moment.themes),
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        place_name=event.town.name,
        place=Place(latitude=event.town.latitude, longitude=event.town.longitude),
        seats=moment.seats,
        companion_allowed=moment.companion,
        hospitality_value=moment.hospitality_value,
    )
