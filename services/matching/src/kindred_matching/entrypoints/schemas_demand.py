"""What the search for moments that are wanted answers."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from pydantic import BaseModel, Field

from kindred_common.contracts.vocabulary import EventKind
from kindred_matching.application.regions import NamedRegion, Regions
from kindred_matching.domain.demand import Demand, Wanted
from kindred_matching.entrypoints.schemas_changes import CUSTOMER
from kindred_matching.entrypoints.wording import Labels


class NamesView(BaseModel):
    """A name in each language."""

    en: str = Field(examples=["North Holland"])
    nl: str = Field(examples=["Noord-Holland"])


class WantedThemeView(BaseModel):
    """A subject; one of which only customers speak has no name but its id."""

    id: str = Field(examples=["opera"])
    names: NamesView

    @classmethod
    def of(cls, theme: str, labels: Labels) -> "WantedThemeView":
        en, nl = (labels.get(language, {}).get(theme, theme) for language in ("en", "nl"))
        return cls(id=theme, names=NamesView(en=en, nl=nl))


class WantedRegionView(BaseModel):
    """A region and the city whose point stood for it."""

    id: str = Field(examples=["noord-holland"])
    names: NamesView
    city: str = Field(examples=["Amsterdam"])

    @classmethod
    def of(cls, region: NamedRegion) -> "WantedRegionView":
        names = NamesView(en=region.en, nl=region.nl)
        return cls(id=region.id, names=names, city=region.city)


class WantedView(BaseModel):
    """A moment that is not on offer, and what adding it to a copy of the programme did."""

    kind: EventKind = Field(examples=["culture"])
    theme: WantedThemeView
    region: WantedRegionView | None = Field(description="null for what is online.")
    starts_at: datetime = Field(examples=["2026-06-11T18:00:00+02:00"])
    ends_at: datetime = Field(examples=["2026-06-11T21:00:00+02:00"])
    value: float = Field(
        examples=[8.4], description="That it added to all matches, in units of score."
    )
    guests: int = Field(examples=[17], description="Who would be proposed for it.")
    customers: list[UUID] = Field(
        examples=[[CUSTOMER]], description="Those of the guests whom you may see."
    )


class DemandView(BaseModel):
    """The moments that would add most, the best first.

    `asked` of all `customers` were asked what they would give for each kind, theme, region and evening; the most promising were
    then tried with all customers.
    """

    items: list[WantedView]
    asked: int = Field(examples=[400])
    customers: int = Field(examples=[400])


def demand_view(
    found: Demand, length: timedelta, names: tuple[Labels, Regions], visible: Collection[UUID]
) -> DemandView:
    """The answer for somebody who may see these customers; ``names`` are those of themes and regions."""
    items = [_wanted(each, length, names, visible) for each in found.wanted]
    return DemandView(items=items, asked=found.asked, customers=found.customers)


def _wanted(
    wanted: Wanted, length: timedelta, names: tuple[Labels, Regions], visible: Collection[UUID]
) -> WantedView:
    moment, (labels, regions) = wanted.moment, names
    region = None if moment.region is None else WantedRegionView.of(regions[moment.region.name])
    return WantedView(
        kind=EventKind(moment.kind),
        theme=WantedThemeView.of(moment.theme, labels),
        region=region,
        starts_at=moment.starts_at,
        ends_at=moment.starts_at + length,
        value=wanted.value,
        guests=len(wanted.customers),
        customers=[who for who in wanted.customers if who in visible],
    )
