"""The demonstration world: accounts, customers, events and answers, the same for the same seed.

No real person or company is in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from kindred_cli.demo.calendar import CALENDAR, Moment
from kindred_cli.demo.places import TOWNS, Town
from kindred_common.contracts.identity import account_id_of, customer_id_of, event_id_of

SOURCE = "demo"
SEED = 20260301
ACCOUNTS = 40
CUSTOMERS = 400
ZONE = ZoneInfo("Europe/Amsterdam")

_FIRST = (
    "Anna", "Bram", "Carla", "Daan", "Eva", "Femke", "Gijs", "Hanna", "Ivo", "Julia", "Koen", "Lotte", "Milan", "Nora",
    "Olaf", "Petra", "Quinten", "Rosa", "Sander", "Tess", "Umar", "Vera", "Wouter", "Yara", "Zeger", "Aisha", "Bas", "Demi",
)  # fmt: skip
_LAST = (
    "Visser", "de Wit", "Jansen", "Smit", "Bakker", "Mulder", "Bos", "Vos", "Peters", "Dekker", "Brouwer", "de Groot", "Kok",
    "van Dijk", "Hendriks", "Yilmaz", "El Amrani", "Willems", "Prins", "Blom", "Kuipers", "Veenstra", "Postma", "Schouten",
)  # fmt: skip
_TRADES = (
    "Logistics",
    "Foods",
    "Metal",
    "Print",
    "Care",
    "Energy",
    "Housing",
    "Foundation",
    "Textiles",
    "Water",
)
_PROFESSIONAL = (
    "data",
    "logistics",
    "leadership",
    "finance",
    "law",
    "technology",
    "sustainability",
    "artificial-intelligence",
)
_PRIVATE = (
    "football", "cycling", "golf", "opera", "classical-music", "musicals", "theatre", "art", "history", "gastronomy", "wine",
    "nature", "travel", "cars",
)  # fmt: skip
MANAGERS = (
    ("demo-manager-1", "Iris de Boer"),
    ("demo-manager-2", "Joost Meijer"),
    ("demo-manager-3", "Kim Vermeer"),
)
_ROLES = ("decision_maker", "influencer", "buyer", "user", "problem_solver")
_MANNERS = ("email", "email", "email", "email", "phone", "card")


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """A customer company; ``value`` weighs it against the others."""

    external_id: str
    name: str
    value: float
    public_sector: bool
    manager_id: str
    manager_name: str
    town: Town

    @property
    def id(self) -> UUID:
        return account_id_of(SOURCE, self.external_id)


@dataclass(frozen=True, slots=True)
class DemoCustomer:
    """A contact, with what moves him: interests on a scale of 1 to 5, and how likely he recommends us, 0 to 10."""

    external_id: str
    account: DemoAccount
    given_name: str
    family_name: str
    language: str
    role: str
    manner: str
    town: Town
    interests: tuple[tuple[str, int], ...]
    nps: int

    @property
    def id(self) -> UUID:
        return customer_id_of(SOURCE, self.external_id)

    @property
    def email(self) -> str:
        local = f"{self.given_name}.{self.family_name}".lower().replace(" ", "")
        return f"{local}.{self.external_id}@{self.account.external_id}.example"


@dataclass(frozen=True, slots=True)
class DemoEvent:
    """A contact moment on a date."""

    external_id: str
    moment: Moment
    town: Town
    starts_at: datetime
    ends_at: datetime

    @property
    def id(self) -> UUID:
        return event_id_of(SOURCE, self.external_id)


@dataclass(frozen=True, slots=True)
class World:
    """Everything the demonstration publishes."""

    accounts: Sequence[DemoAccount]
    customers: Sequence[DemoCustomer]
    events: Sequence[DemoEvent]


def build_world(today: date, *, seed: int = SEED) -> World:
    """The world as of ``today``: the people are the same every day, the events lie in the coming two months."""
    chance = Random(seed)  # noqa: S311 - repeatable by intention, no secret
    accounts = [_account(number, chance) for number in range(1, ACCOUNTS + 1)]
    customers = [
        _customer(number, chance.choice(accounts), chance) for number in range(1, CUSTOMERS + 1)
    ]
    towns = {town.name: town for town in TOWNS}
    events = [
        _event(number, moment, towns, today) for number, moment in enumerate(CALENDAR, start=1)
    ]
    return World(accounts, customers, events)


def _account(number: int, chance: Random) -> DemoAccount:
    town = chance.choice(TOWNS)
    manager_id, manager_name = MANAGERS[number % len(MANAGERS)]
    return DemoAccount(
        external_id=f"account-{number}",
        name=f"{town.name} {chance.choice(_TRADES)} {number}",
        value=round(chance.lognormvariate(0, 0.7), 2),
        public_sector=chance.random() < 0.15,
        manager_id=manager_id,
        manager_name=manager_name,
        town=town,
    )


def _customer(number: int, account: DemoAccount, chance: Random) -> DemoCustomer:
    return DemoCustomer(
        external_id=f"customer-{number}",
        account=account,
        given_name=chance.choice(_FIRST),
        family_name=chance.choice(_LAST),
        language="en" if chance.random() < 0.15 else "nl",
        role=chance.choice(_ROLES),
        manner=chance.choice(_MANNERS),
        town=account.town if chance.random() < 0.7 else chance.choice(TOWNS),
        interests=_interests(chance),
        nps=min(10, max(0, round(chance.gauss(7.6, 1.8)))),
    )


def _interests(chance: Random) -> tuple[tuple[str, int], ...]:
    passions = {*chance.sample(_PROFESSIONAL, 2), *chance.sample(_PRIVATE, 3)}
    others = [theme for theme in (*_PROFESSIONAL, *_PRIVATE) if theme not in passions]
    asked = [*sorted(passions), *chance.sample(others, 6)]
    return tuple(
        (theme, chance.choice((4, 5, 5)) if theme in passions else chance.choice((1, 1, 2, 3)))
        for theme in asked
    )


def _event(number: int, moment: Moment, towns: dict[str, Town], today: date) -> DemoEvent:
    starts_at = datetime.combine(today + timedelta(days=moment.day), time(moment.hour), ZONE)
    return DemoEvent(
        external_id=f"event-{number}",
        moment=moment,
        town=towns[moment.town],
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=moment.hours),
    )
