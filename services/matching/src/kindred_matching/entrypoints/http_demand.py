"""Which moment that is not on offer would add most, and for whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from kindred_common.contracts.record import Theme
from kindred_common.contracts.vocabulary import EventKind
from kindred_common.web.problems import FieldError, Problem
from kindred_matching.application.regions import Regions
from kindred_matching.domain.demand import FindDemand
from kindred_matching.entrypoints.http_what_if import Planner, PlanningDesk
from kindred_matching.entrypoints.schemas_demand import DemandView, demand_view
from kindred_matching.entrypoints.wording import Labels

EVENING = "18:00"
USUAL_PERIOD = timedelta(days=91)
LONGEST_PERIOD = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Country:
    """What moments are made of: the names of themes, regions, and the zone in which days begin."""

    labels: Labels
    regions: Regions
    zone: ZoneInfo


class DemandQuery(BaseModel):
    """What may be looked for; what is not named is free."""

    model_config = ConfigDict(extra="forbid")

    kind: list[EventKind] = Field(default=[], max_length=len(EventKind))
    theme: list[Theme] = Field(default=[], max_length=40)
    region: list[str] = Field(
        default=[], max_length=50, description="By id: `utrecht`, `noord-holland` ..."
    )
    from_: date | None = Field(default=None, alias="from", description="The first day; today.")
    until: date | None = Field(
        default=None, description="The last day, at most a year on; three months from the first."
    )
    at: str = Field(
        default=EVENING,
        pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$",
        description="When moments begin, by the clock where they are: 09:30 for a morning.",
    )
    hours: int = Field(default=3, ge=1, le=24, description="How long they last.")
    seats: int = Field(default=20, ge=1, le=1000)
    cost: float = Field(default=0, ge=0, le=1e6, description="Euro per head.")
    limit: int = Field(default=5, ge=1, le=20)


def demand_router(desk: PlanningDesk, country: Country) -> APIRouter:
    """Looking for moments."""
    router = APIRouter(prefix="/v1", tags=["planning"])

    @router.get(
        "/demand",
        summary="Which moments that are not on offer would add most, and for whom",
        description="One time of the day is looked at, evenings from six to nine unless `at` and `hours` say otherwise. Of moments "
        "that differ in their day only the best is told.",
    )
    async def get_demand(planner: Planner, query: Annotated[DemandQuery, Query()]) -> DemandView:
        question = _question(query, country, desk.clock.now())
        found = await desk.replicas.ask(question)
        guests = [who for wanted in found.wanted for who in wanted.customers]
        async with desk.transactions.begin() as transaction:
            visible = await desk.visible(transaction, planner, guests)
            await desk.note(transaction, planner, "demand")
        return demand_view(found, question.length, (country.labels, country.regions), visible)

    return router


def _question(query: DemandQuery, country: Country, now: datetime) -> FindDemand:
    unknown = [name for name in query.region if name not in country.regions]
    if unknown:
        raise _wrong("region", "There is no such region")
    return FindDemand(
        kinds=tuple(str(kind) for kind in query.kind or EventKind),
        themes=tuple(query.theme),
        regions=tuple(country.regions[name].region for name in query.region or country.regions),
        times=tuple(_beginnings(query, country.zone, now)),
        seats=query.seats,
        cost=round(query.cost * 100),
        length=timedelta(hours=query.hours),
        most=query.limit,
    )


def _beginnings(query: DemandQuery, zone: ZoneInfo, now: datetime) -> Sequence[datetime]:
    first = query.from_ or now.astimezone(zone).date()
    last = query.until or first + USUAL_PERIOD
    if last < first:
        raise _wrong("until", "Input should not lie before the first day")
    if last - first > LONGEST_PERIOD:
        raise _wrong("until", "Input should lie at most a year after the first day")
    days = [first + timedelta(days=day) for day in range((last - first).days + 1)]
    at = time.fromisoformat(query.at)
    ahead = [each for day in days if (each := datetime.combine(day, at, zone)) > now]
    if not ahead:
        raise _wrong("until", "Input should lie ahead")
    return ahead


def _wrong(field: str, reason: str) -> Problem:
    errors = [FieldError(field=f"query.{field}", reason=reason)]
    return Problem(422, "wrong-input", "The request is not as it should be", errors=errors)
