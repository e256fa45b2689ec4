"""A company's customers with tastes that nobody knows, what they said of them, and the events of a season.

Everything that decides is drawn once from a seed: tastes that run in families of themes, how open each customer is, what distance,
company and the manner of asking do, how well themes and single events go down with everybody. The survey asked some questions, was
answered in part, and the answers are off. None of the hidden amounts are those that the scoring starts from.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from kindred_matching.adapters.theme_files import read_taxonomy
from kindred_matching.domain.facts import Customer, Event, Interest, Place
from kindred_matching.domain.travel import distances_km

Floats = NDArray[np.float64]
Random = np.random.Generator

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
FAMILIES = (
    "sport", "performing-arts", "music", "food-and-wine", "art", "technology", "leadership", "finance", "logistics", "sustainability",
)  # fmt: skip
THEMES_PER_FAMILY = 4
KINDS = ("seminar", "workshop", "sport", "culture", "dinner", "outing", "online")
SEATS = 0.4
"""The seats of a round for each customer: the most invitations that he can expect."""
MANNERS = ("email", "phone", "card")
FAMILY_SPREAD, THEME_SPREAD = 0.6, 0.6
"""How far customers' tastes lie apart for families of themes, and within a family, before they are bent into -1..1."""
ROUNDING = 0.5**2 / 12
"""The variance that five points add to an answer."""
ANSWERED, NOISE = 0.85, 0.2
"""The share of the survey's questions that a customer answers, and how far off he is (tastes run from -1 to 1)."""
QUARTER = timedelta(weeks=13)
AGENDA = 0.12
"""The share of invitations that are declined because the day is taken, whatever the event is."""


@dataclass(frozen=True, slots=True)
class Truth:
    """The hidden weights; the rows of arrays are customers or themes."""

    base: float
    interest: float
    kind: float
    per_100_km: float
    manner: dict[str, float]
    in_company: float
    alone: float
    taste: Floats
    kind_taste: Floats
    openness: Floats
    popularity: Floats


@dataclass(frozen=True, slots=True)
class World:
    """``customers`` are as the survey shows them; ``themes`` are the columns of the hidden tastes."""

    seed: int
    themes: tuple[str, ...]
    customers: tuple[Customer, ...]
    truth: Truth


@dataclass(frozen=True, slots=True)
class Occasion:
    """The events of one round, with how good each of them turned out to be."""

    events: tuple[Event, ...]
    quality: Floats


def draw_world(customers: int, seed: int) -> World:
    """The world of a seed: the same customers whatever the season."""
    random = np.random.default_rng((seed, 1))
    tree = read_taxonomy().themes
    families = [
        [t.id for t in tree if t.parent == family][:THEMES_PER_FAMILY] for family in FAMILIES
    ]
    themes = tuple(theme for family in families for theme in family)
    truth = _truth(random, customers, len(FAMILIES), len(themes))
    return World(
        seed,
        themes,
        tuple(_customer(number, random, themes, truth) for number in range(customers)),
        truth,
    )


def _truth(random: Random, customers: int, families: int, themes: int) -> Truth:
    of_family = random.normal(0, FAMILY_SPREAD, (customers, families)).repeat(
        themes // families, axis=1
    )
    return Truth(
        base=-0.5,
        interest=2.5,
        kind=0.7,
        per_100_km=-1.5,
        manner={"email": -0.3, "phone": 0.5, "card": 0.2},
        in_company=1.0,
        alone=-0.6,
        taste=np.tanh(of_family + random.normal(0, THEME_SPREAD, (customers, themes))),
        kind_taste=np.tanh(random.normal(0, 0.7, (customers, len(KINDS)))),
        openness=random.normal(0, 0.5, customers),
        popularity=random.normal(0, 0.3, themes),
    )


def _customer(number: int, random: Random, themes: tuple[str, ...], truth: Truth) -> Customer:
    answered = random.random(len(themes)) < ANSWERED
    said = truth.taste[number] + random.normal(0, NOISE, len(themes))
    kinds = truth.kind_taste[number] + random.normal(0, NOISE, len(KINDS))
    return Customer(
        id=UUID(int=(0xC << 120) + number),
        version=1,
        may_be_invited=True,
        account_value=float(np.round(random.lognormal(0, 0.4), 3)),
        home=_somewhere(random),
        interests=tuple(
            Interest(themes[place], _on_five_points(said[place]), 0.9, START)
            for place in np.flatnonzero(answered).tolist()
        ),
        kinds=tuple(
            (kind, _on_five_points(value))
            for kind, value in zip(KINDS, kinds.tolist(), strict=True)
            if random.random() < 0.5
        ),
        companion_wish="partner" if random.random() < 0.4 else "alone",
        manner=str(random.choice(MANNERS, p=(0.7, 0.2, 0.1))),
        nps=int(np.clip(random.normal(7.6, 1.8), 0, 10)),
    )


def asked_again(customer: Customer, now: datetime) -> Customer:
    """The customer when the survey goes out every quarter and he confirms what he said: tastes do not change here."""
    quarters = (now - START) // QUARTER
    return replace(
        customer,
        interests=tuple(
            replace(each, observed_at=START + quarters * QUARTER) for each in customer.interests
        ),
    )


def survey_estimate(world: World) -> Floats:
    """The tastes that are to be expected after the survey, for one who knows how tastes and answers are drawn."""
    number = {theme: place for place, theme in enumerate(world.themes)}
    estimate = np.zeros_like(world.truth.taste)
    shrunk = float(world.truth.taste.var()) / (FAMILY_SPREAD**2 + THEME_SPREAD**2)
    size = THEMES_PER_FAMILY
    prior = shrunk * (FAMILY_SPREAD**2 + THEME_SPREAD**2 * np.eye(size))
    for row, customer in enumerate(world.customers):
        said = np.full(len(world.themes), np.nan)
        for each in customer.interests:
            said[number[each.theme]] = 2.0 * each.value - 1.0
        for first in range(0, len(said), size):
            answers = said[first : first + size]
            here = ~np.isnan(answers)
            noise = (NOISE**2 + ROUNDING) * np.eye(int(here.sum()))
            heard = prior[np.ix_(here, here)] + noise
            estimate[row, first : first + size] = prior[:, here] @ np.linalg.solve(
                heard, answers[here]
            )
    return estimate


def _on_five_points(taste: float) -> float:
    return float(np.clip(np.round((taste + 1) * 2), 0, 4) / 4)


def _somewhere(random: Random) -> Place:
    return Place(float(random.uniform(51.0, 53.2)), float(random.uniform(4.2, 6.8)))


def draw_occasion(world: World, number: int, events: int, *, season: int = 0) -> Occasion:
    """The events of a round; another ``season`` has others."""
    random = np.random.default_rng((world.seed, 2, season, number))
    seats = SEATS * len(world.customers) * random.dirichlet(np.full(events, 2.0))
    drawn = tuple(
        _event(world, random, number * events + place, START + timedelta(weeks=number), int(share))
        for place, share in enumerate(np.maximum(2, seats))
    )
    return Occasion(drawn, random.normal(0, 0.2, events))


def _event(world: World, random: Random, number: int, week: datetime, seats: int) -> Event:
    start = week + timedelta(days=int(random.integers(1, 6)), hours=int(random.integers(0, 10)))
    themes = random.choice(len(world.themes), size=int(random.integers(1, 4)), replace=False)
    weights = (1.0, 0.6, 0.4)
    kind = str(random.choice(KINDS))
    return Event(
        id=UUID(int=(0xE << 120) + number),
        kind=kind,
        themes=tuple((world.themes[t], weights[place]) for place, t in enumerate(themes.tolist())),
        starts_at=start,
        ends_at=start + timedelta(hours=3),
        weekdays=(start.weekday(),),
        place=_somewhere(random),
        seats=seats,
        companion_allowed=bool(random.random() < 0.5),
    )


@dataclass(frozen=True, slots=True)
class Chances:
    """What is true of each customer (rows) and event (columns); the last axis of ``accepts`` is alone, in company."""

    accepts: Floats
    fit: Floats
    taste: Floats


def true_chances(world: World, occasion: Occasion) -> Chances:
    """The chance that each customer accepts each event, and how well it would suit him."""
    truth, events = world.truth, occasion.events
    number = {theme: place for place, theme in enumerate(world.themes)}
    about = np.zeros((len(world.themes), len(events)))
    for column, event in enumerate(events):
        for theme, strength in event.themes:
            about[number[theme], column] = strength
    kinds = [KINDS.index(event.kind) for event in events]
    taste = truth.interest * truth.taste @ about + truth.kind * truth.kind_taste[:, kinds]
    liked = taste + truth.popularity @ about + occasion.quality
    rest = (
        truth.base + truth.openness[:, None] + truth.per_100_km * _kilometres(world, events) / 100
    )
    rest += np.array([truth.manner[str(each.manner)] for each in world.customers])[:, None]
    wishes = np.array([each.companion_wish == "partner" for each in world.customers])[:, None, None]
    company = np.where(wishes, np.array([truth.alone, truth.in_company]), 0.0)
    accepts = (1 - AGENDA) * _logistic((liked + rest)[:, :, None] + company)
    return Chances(accepts, _logistic(liked), taste)


def _kilometres(world: World, events: tuple[Event, ...]) -> Floats:
    latitudes = np.array([event.place.latitude for event in events if event.place])
    longitudes = np.array([event.place.longitude for event in events if event.place])
    online = np.array([event.kind == "online" for event in events])
    km = np.array([distances_km(each.home, latitudes, longitudes) for each in world.customers])
    return np.where(online, 0.0, km)


def _logistic(x: Floats) -> Floats:
    chances: Floats = 1.0 / (1.0 + np.exp(-x))
    return chances
