"""Reads records out of the rows of a table, by rules that say where each value comes from."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_PLACE = re.compile(r"\{([^{}]+)\}")
ROW = "row"


@dataclass(frozen=True, slots=True)
class Column:
    """The value in a column; ``values`` translates what stands there."""

    name: str
    values: Mapping[str, str]

    def value(self, number: int, cells: Mapping[str, str]) -> str:  # noqa: ARG002 - as all rules
        """The value for row ``number``, counted from 1 below the heading; empty for none."""
        cell = cells[self.name]
        return self.values.get(cell, cell)

    def columns(self) -> Sequence[str]:
        """The columns without which no row can be read."""
        return (self.name,)


@dataclass(frozen=True, slots=True)
class Template:
    """Text in which ``{row}`` is the number of the row and ``{Column}`` the value in a column."""

    text: str

    def value(self, number: int, cells: Mapping[str, str]) -> str:
        return _PLACE.sub(lambda m: str(number) if m[1] == ROW else cells[m[1]], self.text)

    def columns(self) -> Sequence[str]:
        return [name for name in _PLACE.findall(self.text) if name != ROW]


@dataclass(frozen=True, slots=True)
class Cycle:
    """Some values in turn, one a row."""

    values: tuple[str, ...]

    def value(self, number: int, cells: Mapping[str, str]) -> str:  # noqa: ARG002 - as all rules
        return self.values[(number - 1) % len(self.values)]

    def columns(self) -> Sequence[str]:
        return ()


Rule = Column | Template | Cycle


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a row was not taken: ``field`` is what it was to become. The cell itself is not repeated."""

    row: int
    field: str
    reason: str


def missing_columns(rules: Mapping[str, Rule], heading: Sequence[str]) -> list[str]:
    """The columns that the rules name and the table lacks, or has twice."""
    wanted = {name for rule in rules.values() for name in rule.columns()}
    return sorted(name for name in wanted if heading.count(name) != 1)


def read_row(
    rules: Mapping[str, Rule], number: int, heading: Sequence[str], cells: Sequence[str]
) -> dict[str, str] | Fault:
    """The values of a row by field; a field without a value is left out."""
    if len(cells) != len(heading):
        return Fault(number, "", f"has {len(cells)} cells instead of {len(heading)}")
    row = dict(zip(heading, (cell.strip() for cell in cells), strict=True))
    values = {field: rule.value(number, row) for field, rule in rules.items()}
    nulls = [field for field, value in values.items() if "\x00" in value]
    if nulls:
        return Fault(number, nulls[0], "holds a zero character")
    return {field: value for field, value in values.items() if value}
