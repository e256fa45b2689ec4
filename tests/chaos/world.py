"""The customers, accounts and events of a chaos run, as other systems know them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from tests.chaos.outside import Writing, writing
from tests.chaos.questions import KINDS, THEMES

from kindred_common.contracts.external import CrmAccount, CrmCustomer, CrmEvent
from kindred_common.contracts.identity import account_id_of, customer_id_of, event_id_of
from kindred_common.contracts.invitations import EventTheme
from kindred_common.contracts.profile import Norm, Place
from kindred_common.contracts.record import Record
from kindred_common.contracts.topics import CRM_ACCOUNTS, CRM_CUSTOMERS, CRM_EVENTS, Topic
from kindred_common.contracts.vocabulary import (
    BuyingRole,
    EventKind,
    FactSource,
    Language,
    LegalGround,
)

_GROUNDS = (LegalGround.EXISTING_RELATION,) * 4 + (LegalGround.NONE,)


@dataclass(slots=True)
class World:
    """What another system called ``source`` tells of companies, people and plans; each telling has a higher version."""

    source: str
    random: Random
    now: datetime
    versions: dict[tuple[str, str], int] = field(default_factory=dict)
    newest: dict[tuple[str, str], Record] = field(default_factory=dict)

    def customer_id(self, name: str) -> UUID:
        return customer_id_of(self.source, name)

    def account_id(self, name: str) -> UUID:
        return account_id_of(self.source, name)

    def event_id(self, name: str) -> UUID:
        return event_id_of(self.source, name)

    def account(self, name: str) -> Writing:
        """The account, as it is from now on."""
        record = CrmAccount(
            source=self.source,
            external_id=name,
            name=f"Company {name}",
            account_value=self.random.choice((0.5, 1.0, 2.0, 5.0)),
            public_sector=self.random.random() < 0.1,
            account_manager_id=f"manager-{self.random.randrange(5)}",
            team=f"team-{self.random.randrange(2)}",
        )
        return self._told(CRM_ACCOUNTS, name, record)

    def customer(self, name: str, account: str) -> Writing:
        """The customer, as he is from now on."""
        random = self.random
        norm = Norm(max_value=75.0, business_only=random.random() < 0.5, stated_by=FactSource.CRM)
        record = CrmCustomer(
            source=self.source,
            external_id=name,
            account_external_id=account,
            given_name="Kees",
            family_name=f"Number {name}",
            email=f"{name}@example.com",
            language=random.choice(tuple(Language)),
            buying_role=random.choice((None, *BuyingRole)),
            legal_ground=random.choice(_GROUNDS),
            home=_somewhere(random),
            max_distance_km=random.choice((None, 50.0, 150.0)),
            norm=random.choice((None, None, norm)),
        )
        return self._told(CRM_CUSTOMERS, name, record)

    def event(self, name: str) -> Writing:
        """The event, as it is planned from now on."""
        random = self.random
        day = int(name.rpartition("-")[2])
        starts_at = self.now + timedelta(days=20 + day // 2, hours=random.randrange(6))
        kind = random.choice((*map(EventKind, KINDS), EventKind.WORKSHOP))
        themes = random.sample(THEMES, 2)
        record = CrmEvent(
            source=self.source,
            external_id=name,
            kind=kind,
            title=f"Event {name}",
            themes=tuple(EventTheme(theme=theme, weight=0.5) for theme in themes),
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=3),
            place=_somewhere(random),
            seats=random.choice((10, 20, 40)),
            companion_allowed=random.random() < 0.5,
            hospitality_value=random.choice((0.0, 20.0, 60.0, 120.0)),
        )
        return self._told(CRM_EVENTS, name, record)

    def _told(
        self, topic: Topic, name: str, record: CrmAccount | CrmCustomer | CrmEvent
    ) -> Writing:
        version = self.versions.get((topic.name, name), 0) + 1
        self.versions[(topic.name, name)] = version
        self.newest[(topic.name, name)] = record
        return writing(
            topic,
            f"{self.source}:{name}",
            record,
            record_id=f"{topic.name}-{name}-{version}",
            source=self.source,
            time=self.now,
            source_version=version,
        )


def beginning(world: World, customers: int, accounts: int, events: int) -> Sequence[Writing]:
    """Everybody and everything, told once."""
    return [
        *(world.account(f"a-{n}") for n in range(accounts)),
        *(world.customer(f"c-{n}", f"a-{n % accounts}") for n in range(customers)),
        *(world.event(f"e-{n}") for n in range(events)),
    ]


def _somewhere(random: Random) -> Place:
    """A place in the Netherlands."""
    return Place(
        latitude=round(random.uniform(51.3, 53.2), 4), longitude=round(random.uniform(4.0, 6.8), 4)
    )
