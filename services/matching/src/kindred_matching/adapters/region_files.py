"""Reads the regions where moments are wanted: the provinces that come with the service, and those that an installation adds."""

from importlib.resources import files
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kindred_common.contracts.record import Theme as Name
from kindred_matching.application.regions import NamedRegion, Regions
from kindred_matching.domain.facts import Place


class WrongRegions(ValueError):  # noqa: N818 - named for what it tells who wrote the file
    """A file cannot be read: the message says what is wrong where."""


class _RegionLine(BaseModel):
    """One region of a file, with the city whose point stands for it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Name
    en: str = Field(min_length=1, max_length=80)
    nl: str = Field(min_length=1, max_length=80)
    city: str = Field(min_length=1, max_length=80)
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)


class _RegionFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    regions: tuple[_RegionLine, ...]


def read_regions(further: Path | None = None) -> Regions:
    """The Dutch provinces and the regions of a further file of the same form; one of the same id takes another's place.

    Raises:
        WrongRegions: a file cannot be read.
    """
    found = _read((files("kindred_matching.adapters") / "regions.json").read_text("utf-8"))
    if further is not None:
        try:
            found |= _read(further.read_text("utf-8"))
        except OSError as error:
            raise WrongRegions(f"{further}: {error.strerror}") from None
    return found


def _read(text: str) -> dict[str, NamedRegion]:
    try:
        lines = _RegionFile.model_validate_json(text).regions
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(step) for step in first["loc"])
        raise WrongRegions(f"{place}: {first['msg']}") from None
    return {
        line.id: NamedRegion(
            line.id, line.en, line.nl, line.city, Place(line.latitude, line.longitude)
        )
        for line in lines
    }
