"""Dutch towns for the demonstration world, with WGS 84 coordinates."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Town:
    """A place where accounts are and events are held."""

    name: str
    latitude: float
    longitude: float


TOWNS = (
    Town("Amsterdam", 52.373, 4.893),
    Town("Rotterdam", 51.922, 4.479),
    Town("Den Haag", 52.078, 4.288),
    Town("Utrecht", 52.091, 5.122),
    Town("Eindhoven", 51.441, 5.470),
    Town("Groningen", 53.219, 6.567),
    Town("Zwolle", 52.512, 6.091),
    Town("Arnhem", 51.985, 5.899),
    Town("Breda", 51.589, 4.776),
    Town("Maastricht", 50.851, 5.691),
    Town("Enschede", 52.219, 6.896),
    Town("Leeuwarden", 53.201, 5.800),
)
