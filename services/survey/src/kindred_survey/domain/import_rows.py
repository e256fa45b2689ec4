"""Reads answers out of the rows of a table, by a mapping that says what its columns mean."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from kindred_survey.domain.errors import WrongAnswer, WrongMapping
from kindred_survey.domain.questions import LIMITS, Aspect, QuestionKind
from kindred_survey.domain.statements import Statement, check_statement

LONGEST_ID = 200
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class MappedColumn:
    """What the cells of a column answer; ``values`` says what to keep for cells that are not the answer themselves."""

    question_id: str
    kind: QuestionKind
    theme: str | None = None
    aspect: str | None = None
    scale_min: float = 0.0
    scale_max: float = 0.0
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ImportMapping:
    """What a table of answered surveys means: one row a person.

    The customer is the one whom ``customer_source`` calls by the cell in ``customer_column``, or by the row's number where
    there is no such column. ``columns`` says by name what a column answers; all others are ignored. The time of answering
    stands in ``answered_at_column``, else it is ``answered_at`` for all.
    """

    customer_source: str
    customer_column: str | None
    columns: Mapping[str, MappedColumn]
    answered_at: datetime
    answered_at_column: str | None = None


@dataclass(frozen=True, slots=True)
class ReadRow:
    """One person's answers, as far as the row gave any; ``number`` counts rows from 1 below the heading."""

    number: int
    customer: str
    answered_at: datetime
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class RowFault:
    """Why a row was not taken: ``column`` is its heading. The cell itself is not repeated."""

    row: int
    column: str
    reason: str


def check_heading(mapping: ImportMapping, heading: Sequence[str]) -> None:
    """Refuses a table that lacks a column which the mapping names.

    Raises:
        WrongMapping: with the column that is missing or there twice.
    """
    wanted = [*mapping.columns, mapping.customer_column, mapping.answered_at_column]
    for column in wanted:
        if column is not None and heading.count(column) != 1:
            count = heading.count(column)
            raise WrongMapping(column, "is there more than once" if count else "is not there")


def read_row(
    mapping: ImportMapping, number: int, heading: Sequence[str], cells: Sequence[str]
) -> ReadRow | RowFault:
    """The answers in a row; empty cells are no answers. One wrong cell refuses the row, so that it can be corrected."""
    if len(cells) != len(heading):
        return RowFault(number, "", f"has {len(cells)} cells instead of {len(heading)}")
    row = dict(zip(heading, (cell.strip() for cell in cells), strict=True))
    customer = row[mapping.customer_column] if mapping.customer_column else str(number)
    if not _is_identifier(customer):
        return RowFault(number, mapping.customer_column or "", "is empty or too long")
    answered_at = _answered_at(mapping, row)
    if answered_at is None:
        column = mapping.answered_at_column or ""
        return RowFault(number, column, "is not an ISO 8601 time after 1900")
    statements = _read_answers(mapping, number, row)
    if isinstance(statements, RowFault):
        return statements
    return ReadRow(number, customer, answered_at, tuple(statements))


def _is_identifier(text: str) -> bool:
    """Whether it can name a customer; Postgres keeps no zero bytes."""
    return 0 < len(text) <= LONGEST_ID and "\x00" not in text


def _read_answers(
    mapping: ImportMapping, number: int, row: Mapping[str, str]
) -> list[Statement] | RowFault:
    statements: list[Statement] = []
    for name, column in mapping.columns.items():
        try:
            statements += _read_cell(column, row[name])
        except WrongAnswer as fault:
            return RowFault(number, name, fault.reason)
    return statements


def _answered_at(mapping: ImportMapping, row: Mapping[str, str]) -> datetime | None:
    if mapping.answered_at_column is None or not row[mapping.answered_at_column]:
        return mapping.answered_at
    try:
        moment = datetime.fromisoformat(row[mapping.answered_at_column])
    except ValueError:
        return None
    # A time without a zone is taken as UTC: survey tools export it so. Nobody answers in the future.
    moment = min(moment if moment.tzinfo else moment.replace(tzinfo=UTC), mapping.answered_at)
    return moment if moment >= EARLIEST else None


def _read_cell(column: MappedColumn, cell: str) -> list[Statement]:
    word = column.values.get(cell, cell)
    if not word:
        return []
    is_choice = column.kind is QuestionKind.PREFERENCE and Aspect(column.aspect or "") not in LIMITS
    statement = Statement(
        column.question_id,
        column.kind,
        column.theme,
        column.aspect,
        number=None if is_choice else _number(word),
        scale_min=column.scale_min,
        scale_max=column.scale_max,
        choice=word if is_choice else None,
    )
    check_statement(statement)
    return [statement]


def _number(word: str) -> float:
    try:
        return float(word.replace(",", "."))
    except ValueError:
        raise WrongAnswer("number", "is not a number") from None
