"""CSV files in and out."""

import csv
import io
from collections.abc import AsyncIterator, Generator, Iterable, Iterator, Sequence
from typing import BinaryIO

from kindred_survey.application.import_answers import Batch
from kindred_survey.domain.errors import WrongMapping
from kindred_survey.domain.import_rows import RowFault

BATCH_ROWS = 200
MOST_ROWS = 200_000
LONGEST_CELL = 10_000

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def read_batches(file: BinaryIO, delimiter: str) -> Generator[Batch, None, None]:
    """The rows of a UTF-8 file in batches, read as they are asked for.

    Raises:
        WrongMapping: it is not such a file, has no rows or more than 200,000.
    """
    csv.field_size_limit(LONGEST_CELL)
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    try:
        yield from _batches(csv.reader(text, delimiter=delimiter, strict=True))
    except UnicodeDecodeError:
        raise WrongMapping("file", "is not UTF-8") from None
    except csv.Error as fault:
        raise WrongMapping("file", f"is not CSV: {fault}") from None
    finally:
        if not file.closed:
            text.detach()


def _batches(lines: Iterable[list[str]]) -> Iterator[Batch]:
    # Lines without a cell are no rows, here as in the import of customers: the numbers of rows name people.
    rows = (line for line in lines if line)
    heading = [name.strip() for name in next(rows, [])]
    if not heading:
        raise WrongMapping("file", "is empty")
    first = 1
    while batch := _take(rows, BATCH_ROWS):
        if first + len(batch) - 1 > MOST_ROWS:
            raise WrongMapping("file", f"has more than {MOST_ROWS} rows")
        yield Batch(first, heading, batch)
        first += len(batch)
    if first == 1:
        yield Batch(1, heading, [])


def _take(rows: Iterator[list[str]], count: int) -> Sequence[Sequence[str]]:
    batch: list[Sequence[str]] = []
    # A blank line is no row: profile, which takes the people of the same file, counts rows in the same way.
    for row in filter(None, rows):
        batch.append(row)
        if len(batch) == count:
            break
    return batch


async def faults_csv(pages: AsyncIterator[Sequence[RowFault]]) -> AsyncIterator[str]:
    """Faults as CSV that a spreadsheet takes for text, whatever the headings begin with."""
    yield _line(["row", "column", "reason"])
    async for faults in pages:
        yield "".join(_line([str(f.row), f.column, f.reason]) for f in faults)


def _line(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow([harmless(cell) for cell in cells])
    return line.getvalue()


def harmless(cell: str) -> str:
    """The cell with a quote before what a spreadsheet would run as a formula."""
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA) else cell
