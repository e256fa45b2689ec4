"""Takes in answered surveys from a file, a batch of rows in a transaction each; a file's rows count once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from kindred_common.contracts.identity import customer_id_of
from kindred_common.contracts.record import Cause
from kindred_survey.application.ports import ImportRun, Stores
from kindred_survey.application.take_external_answers import (
    ExternalResponse,
    take_external_answers,
)
from kindred_survey.domain.import_rows import ImportMapping, ReadRow, RowFault, read_row

IMPORTS = "import"
"""The source of surveys that come as files; with the import's name it identifies the survey."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows of a file as they stand in it; ``first`` is the number of the first, counted from 1."""

    first: int
    heading: Sequence[str]
    rows: Sequence[Sequence[str]]


async def import_batch(
    stores: Stores,
    run: ImportRun,
    mapping: ImportMapping,
    batch: Batch,
    cause: Cause,
    now: datetime,
) -> ImportRun:
    """Takes in a batch and returns the run with its counts raised; a dry run counts only."""
    read = [
        read_row(mapping, number, batch.heading, cells)
        for number, cells in enumerate(batch.rows, batch.first)
    ]
    faults = [row for row in read if isinstance(row, RowFault)]
    good = [row for row in read if isinstance(row, ReadRow)]
    filled = [row for row in good if row.statements]
    fresh = await _not_taken_before(stores, run, filled)
    answers = await _take(stores, [_response(run, mapping, row, cause) for row in fresh], run, now)
    await stores.imports.add_faults(run.id, faults)
    counted = replace(
        run,
        rows=run.rows + len(batch.rows),
        imported=run.imported + len(fresh),
        unchanged=run.unchanged + len(filled) - len(fresh),
        empty=run.empty + len(good) - len(filled),
        failed=run.failed + len(faults),
        answers=run.answers + answers,
    )
    await stores.imports.save(counted)
    return counted


async def _not_taken_before(
    stores: Stores, run: ImportRun, rows: Sequence[ReadRow]
) -> list[ReadRow]:
    """The rows that no run of the same file has taken; unless this one is dry, nobody else will take them."""
    numbers = [row.number for row in rows]
    if run.dry:
        new = set(numbers) - await stores.imports.taken(run.fingerprint, numbers)
    else:
        new = set(await stores.imports.claim(run.fingerprint, numbers))
    return [row for row in rows if row.number in new]


async def _take(
    stores: Stores, responses: Sequence[ExternalResponse], run: ImportRun, now: datetime
) -> int:
    """Returns how many answers were taken in, or would be."""
    if run.dry:
        return sum(len(response.statements) for response in responses)
    return await take_external_answers(stores, responses, IMPORTS, now)


def _response(
    run: ImportRun, mapping: ImportMapping, row: ReadRow, cause: Cause
) -> ExternalResponse:
    return ExternalResponse(
        source=IMPORTS,
        survey=run.name,
        customer_id=customer_of(mapping, row),
        answered_at=row.answered_at,
        statements=row.statements,
        cause=cause,
    )


def customer_of(mapping: ImportMapping, row: ReadRow) -> UUID:
    """The customer of a row, by the same rule as everywhere: UUIDv5 of a source and its name for him."""
    return customer_id_of(mapping.customer_source, row.customer)
