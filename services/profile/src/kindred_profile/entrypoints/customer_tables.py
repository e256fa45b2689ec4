"""From an uploaded table to records, batch by batch, and from faults to a table again."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence

from pydantic import ValidationError

from kindred_common.contracts.external import CrmAccount, CrmCustomer
from kindred_common.web.problems import FieldError, Problem
from kindred_profile.application.import_customers import Rows
from kindred_profile.domain.import_rules import Fault, Rule, missing_columns, read_row
from kindred_profile.entrypoints.schemas_imports import ImportMapping

BATCH = 200
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def batches_of(content: bytes, mapping: ImportMapping) -> Iterator[Rows]:
    """The table's rows as records of the import's own source, some hundred at a time.

    Raises:
        Problem: 422 when it is no table, or lacks a column that the mapping names.
    """
    rules, accounts = mapping.rules(), _accounts(mapping)
    lines = _lines(content, mapping.delimiter)
    heading = [name.strip() for name in next(lines, [])]
    if missing := missing_columns(rules, heading):
        raise _wrong("file", f"has not exactly one column {missing[0]!r}")
    seen: dict[str, int] = {}
    batch = Rows(accounts, {})
    for number, cells in enumerate((line for line in lines if line), 1):
        if len(batch.customers) + len(batch.faults) == BATCH:
            yield batch
            batch = Rows(accounts, {})
        read = _customer(mapping.source, rules, number, heading, cells)
        if isinstance(read, Fault):
            batch.faults.append(read)
        elif (first := seen.setdefault(read.external_id, number)) != number:
            batch.faults.append(Fault(number, "external_id", f"is that of row {first} too"))
        else:
            batch.customers[number] = read
    yield batch


def faults_table(faults: Iterable[Fault]) -> str:
    """The faults as CSV that no spreadsheet takes for formulas."""
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(["row", "field", "reason"])
    table.writerows([fault.row, _safe(fault.field), _safe(fault.reason)] for fault in faults)
    return text.getvalue()


def _accounts(mapping: ImportMapping) -> list[CrmAccount]:
    return [
        CrmAccount(
            source=mapping.source, **account.model_dump(exclude={"active"}, exclude_none=True)
        )
        for account in mapping.accounts
    ]


def _lines(content: bytes, delimiter: str) -> Iterator[list[str]]:
    try:
        text = content.decode("utf-8-sig")
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    except UnicodeDecodeError:
        raise _wrong("file", "is not UTF-8") from None
    except (csv.Error, TypeError, ValueError):
        raise _wrong("file", "is not CSV as the mapping describes it") from None


def _customer(
    source: str,
    rules: Mapping[str, Rule],
    number: int,
    heading: Sequence[str],
    cells: Sequence[str],
) -> CrmCustomer | Fault:
    values = read_row(rules, number, heading, cells)
    if isinstance(values, Fault):
        return values
    try:
        return CrmCustomer.model_validate({"source": source, **_nested(values)})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        return Fault(number, _flat(field), first["msg"])


def _nested(values: Mapping[str, str]) -> dict[str, object]:
    """The values as a customer's record has them."""
    record: dict[str, object] = {n: v for n, v in values.items() if n not in _FLAT.values()}
    home = {part: values[part] for part in ("latitude", "longitude") if part in values}
    norm = {p: values[f"norm_{p}"] for p in ("max_value", "business_only") if f"norm_{p}" in values}
    if home:
        record["home"] = home
    if norm:
        record["norm"] = {**norm, "stated_by": "import"}
    return record


_FLAT = {
    "home.latitude": "latitude",
    "home.longitude": "longitude",
    "norm.max_value": "norm_max_value",
    "norm.business_only": "norm_business_only",
}


def _flat(field: str) -> str:
    return _FLAT.get(field, field)


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_DANGEROUS) else text


def _wrong(field: str, reason: str) -> Problem:
    error = FieldError(field=f"body.{field}", reason=reason)
    return Problem(422, "wrong-input", "The request is not as it should be", errors=[error])
