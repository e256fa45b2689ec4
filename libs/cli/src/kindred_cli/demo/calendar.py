"""The 24 contact moments of the demonstration world: all kinds, over one season, in the Netherlands."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Moment:
    """An event in outline: when in days from today and local hours, where, about what, how many seats, worth how much.

    ``themes`` are weights 0..1; ``hospitality_value`` is euro per head.
    """

    title: str
    kind: str
    day: int
    hour: int
    hours: int
    town: str
    themes: tuple[tuple[str, float], ...]
    seats: int
    hospitality_value: float = 0.0
    companion: bool = False


CALENDAR = (
    Moment("Data in the supply chain", "seminar", 10, 13, 4, "Utrecht", (("data", 1.0), ("logistics", 0.7)), 30, 35),
    Moment("Artificial intelligence without the noise", "seminar", 17, 13, 4, "Eindhoven",
           (("artificial-intelligence", 1.0), ("technology", 0.6)), 40, 35),
    Moment("Leading through change", "seminar", 24, 9, 4, "Den Haag", (("leadership", 1.0),), 25, 40),
    Moment("Reading a balance sheet in an hour", "workshop", 12, 10, 3, "Amsterdam", (("finance", 1.0),), 16, 25),
    Moment("Contracts that work", "workshop", 31, 10, 3, "Rotterdam", (("law", 1.0), ("finance", 0.3)), 14, 25),
    Moment("Forecasting hands-on", "workshop", 38, 13, 4, "Utrecht", (("data", 0.9), ("artificial-intelligence", 0.5)), 12, 25),
    Moment("Open doors at the recycling plant", "information_day", 20, 10, 4, "Groningen",
           (("sustainability", 1.0), ("technology", 0.4)), 45, 15),
    Moment("A day at the distribution centre", "information_day", 45, 9, 6, "Zwolle", (("logistics", 1.0), ("technology", 0.5)), 40, 20),
    Moment("New rules for energy", "information_day", 52, 13, 3, "Arnhem", (("law", 0.7), ("sustainability", 0.8)), 35, 15),
    Moment("League match from the business seats", "sport", 14, 19, 4, "Rotterdam", (("football", 1.0),), 20, 180, companion=True),
    Moment("Cup final with dinner", "sport", 41, 18, 5, "Rotterdam", (("football", 1.0), ("gastronomy", 0.3)), 12, 260, companion=True),
    Moment("Cycling clinic over the hills", "sport", 28, 10, 6, "Maastricht", (("cycling", 1.0), ("nature", 0.5)), 18, 60),
    Moment("Golf for beginners and better", "sport", 56, 13, 5, "Arnhem", (("golf", 1.0), ("nature", 0.3)), 16, 85),
    Moment("Opera: a première", "culture", 22, 19, 4, "Amsterdam", (("opera", 1.0), ("classical-music", 0.8)), 14, 150, companion=True),
    Moment("Musical, with a look backstage", "culture", 35, 19, 4, "Den Haag", (("musicals", 1.0), ("theatre", 0.6)), 24, 120, companion=True),
    Moment("Museum night with the curator", "culture", 48, 18, 3, "Amsterdam", (("art", 1.0), ("history", 0.5)), 30, 55, companion=True),
    Moment("Strings in the church", "culture", 59, 20, 3, "Groningen", (("classical-music", 1.0),), 40, 45, companion=True),
    Moment("Chef's table", "dinner", 26, 18, 4, "Breda", (("gastronomy", 1.0), ("wine", 0.5)), 10, 140),
    Moment("Wine and what it goes with", "dinner", 50, 18, 4, "Maastricht", (("wine", 1.0), ("gastronomy", 0.6)), 16, 110, companion=True),
    Moment("Sailing on the IJsselmeer", "outing", 43, 9, 8, "Zwolle", (("nature", 0.7), ("travel", 0.6)), 20, 130),
    Moment("Classic cars on small roads", "outing", 57, 9, 8, "Enschede", (("cars", 1.0),), 16, 150, companion=True),
    Moment("Walking the dunes with a forester", "outing", 33, 10, 4, "Den Haag", (("nature", 1.0),), 30, 20, companion=True),
    Moment("Security in twenty minutes", "online", 8, 12, 1, "Utrecht", (("technology", 0.8), ("data", 0.4)), 200),
    Moment("Questions to an economist", "online", 29, 12, 1, "Utrecht", (("finance", 0.9), ("leadership", 0.3)), 200),
)  # fmt: skip
