"""The regions of the country, by the names that people know them by."""

from collections.abc import Mapping
from dataclasses import dataclass

from kindred_matching.domain.demand import Region
from kindred_matching.domain.facts import Place


@dataclass(frozen=True, slots=True)
class NamedRegion:
    """A region: its name in both languages, and the city whose point stands for it."""

    id: str
    en: str
    nl: str
    city: str
    centre: Place

    @property
    def region(self) -> Region:
        return Region(self.id, self.centre)


Regions = Mapping[str, NamedRegion]
"""Regions by their ids."""
