"""Who plays in the demonstration: a customer whose one answer makes him the right guest for one event."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain
from typing import Self
from uuid import UUID

from kindred_cli.demo.loading import INTEREST_SURVEY, installed_surveys, themes_of
from kindred_cli.demo.show.stage import Stage
from kindred_cli.demo.show.words import readable
from kindred_cli.demo.world import SOURCE, DemoCustomer, build_world
from kindred_cli.errors import CommandError
from kindred_cli.local_system import JSON
from kindred_common.contracts.external import CrmEvent
from kindred_common.contracts.identity import event_id_of
from kindred_common.contracts.invitations import EventTheme
from kindred_common.contracts.profile import Place
from kindred_common.contracts.vocabulary import EventKind, Language, Service

PASSIVE = 7
WEAK = 0.7
"""A match below this share of the customer's value gives way to one that really suits him."""
ORDINARY = 1.0
"""The value of an account below which its customers may find others before them, however well an event suits them."""
LASTS = timedelta(seconds=3)
SEATS = {"en": 12, "nl": 60}
"""Few enough that one who does not care gets none, enough for everybody who does."""
ASIDE = 0.3
"""How much of the event is about what the customer loved all along."""


@dataclass(frozen=True, slots=True)
class Cast:
    """The customer, the theme he did not care for until today, and one he loves."""

    customer: DemoCustomer
    survey_id: str
    question_id: str
    question: str
    theme: str
    loved: str

    @property
    def id(self) -> UUID:
        return self.customer.id

    @property
    def name(self) -> str:
        return f"{self.customer.given_name} {self.customer.family_name}"


@dataclass(frozen=True, slots=True)
class Extra:
    """An event that begins so soon that all of its life can be seen."""

    external_id: str
    body: CrmEvent

    @property
    def id(self) -> UUID:
        return event_id_of(SOURCE, self.external_id)

    @property
    def key(self) -> str:
        """The key of its record."""
        return f"{SOURCE}:{self.external_id}"

    def at(self, starts_at: datetime) -> Self:
        """The same event at another time."""
        times = {"starts_at": starts_at, "ends_at": starts_at + LASTS}
        return replace(self, body=self.body.model_copy(update=times))


async def choose(stage: Stage) -> Cast:
    """Somebody who may be written to today, with room for one more event.

    Raises:
        CommandError: there is nobody left, or the world is not here.
    """
    surveys = await installed_surveys(stage.apis[Service.SURVEY])
    survey = surveys[INTEREST_SURVEY]
    asked = themes_of(survey)
    cap = (await stage.apis[Service.MATCHING].get("/v1/engine"))["cap"]
    for again, customer in _candidates(stage):
        tastes = await _tastes(stage, customer.id, asked)
        if tastes is None:
            continue
        if await _may_be_written(stage, customer.id, again=again) and await _has_room(
            stage, customer, cap
        ):
            question_id = asked[tastes[0]]
            return Cast(
                customer,
                survey["id"],
                question_id,
                _words_of(survey, question_id),
                *tastes,
            )
    raise CommandError(
        "no customer of the demonstration world can be invited today:"
        " start `kindred up` on an empty folder, or try again when this week's letters have been forgotten"
    )


def extra_event(stage: Stage, cast: Cast, starts_in: timedelta) -> Extra:
    """An event made for the customer: near his home, on both of his themes."""
    town, language = cast.customer.town, cast.customer.language
    starts_at = stage.clock.now() + starts_in
    body = CrmEvent(
        source=SOURCE,
        external_id=f"show-{stage.ids()}",
        kind=EventKind.WORKSHOP,
        title=f"{readable(cast.theme)} meets {readable(cast.loved)}".capitalize(),
        themes=(
            EventTheme(theme=cast.theme, weight=1.0),
            EventTheme(theme=cast.loved, weight=ASIDE),
        ),
        starts_at=starts_at,
        ends_at=starts_at + LASTS,
        place_name=town.name,
        place=Place(latitude=town.latitude, longitude=town.longitude),
        languages=(Language(language),),
        seats=SEATS[language],
    )
    return Extra(body.external_id, body)


def _candidates(stage: Stage) -> Iterator[tuple[bool, DemoCustomer]]:
    """First those who were never written to, of accounts that count, English speakers before others."""
    world = build_world(stage.clock.now().date())
    fit = [customer for customer in world.customers if _fits(customer)]
    ranked = sorted(fit, key=_rank)
    return chain(((False, one) for one in ranked), ((True, one) for one in ranked))


def _rank(customer: DemoCustomer) -> tuple[bool, bool, float]:
    value = customer.account.value
    return value < ORDINARY, customer.language != "en", -value


def _fits(customer: DemoCustomer) -> bool:
    return (
        customer.manner == "email"
        and customer.nps >= PASSIVE
        and not customer.account.public_sector
    )


async def _tastes(stage: Stage, customer: UUID, asked: dict[str, str]) -> tuple[str, str] | None:
    """A theme that leaves the customer cold and one he loves, as his profile knows today; None when he is no guest."""
    found = await stage.apis[Service.PROFILE].try_get(f"/v1/customers/{customer}/profile")
    if found is None or not found["profile"]["may_be_invited"] or found["profile"]["open_case"]:
        return None
    values = {one["theme"]: one["value"] for one in found["interests"] if one["theme"] in asked}
    cold = [theme for theme, value in values.items() if value == 0.0]
    loved = [theme for theme, value in values.items() if value == 1.0]
    return (min(cold), min(loved)) if cold and loved else None


async def _may_be_written(stage: Stage, customer: UUID, *, again: bool) -> bool:
    pressure = await stage.apis[Service.OUTREACH].try_get(
        f"/v1/customers/{customer}/contact-pressure"
    )
    if pressure is None or (pressure["moments"] and not again):
        return False
    return any(
        one["message_class"] == "relationship" and one["allowed"] for one in pressure["classes"]
    )


async def _has_room(stage: Stage, customer: DemoCustomer, cap: int) -> bool:
    found = await stage.apis[Service.MATCHING].try_get(f"/v1/customers/{customer.id}/matches")
    if found is None:
        return False
    matches: Sequence[JSON] = found["matches"]
    free = [one["score"] for one in matches if not one["fixed"]]
    if len(matches) < cap:
        return True
    return bool(free) and min(free) < WEAK * customer.account.value


def _words_of(survey: JSON, question_id: str) -> str:
    questions = survey["definition"]["questions"]
    return str(next(one["text"]["en"] for one in questions if one["id"] == question_id))
