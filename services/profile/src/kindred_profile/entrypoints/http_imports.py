"""Imports of customers over HTTP."""

import hashlib
from dataclasses import dataclass, replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Form, UploadFile
from fastapi.responses import PlainTextResponse
from pydantic import ValidationError

from kindred_common.contracts.record import Cause
from kindred_common.security.principals import Principal
from kindred_common.web.bodies import LARGEST_UPLOAD, accepts_up_to
from kindred_common.web.idempotency import needs_no_key
from kindred_common.web.problems import FieldError, Problem, not_found
from kindred_profile.application.import_customers import (
    Import,
    Report,
    Rows,
    add_up,
    import_rows,
)
from kindred_profile.domain.import_rules import Fault
from kindred_profile.entrypoints.access import AccountWriter, CauseOf
from kindred_profile.entrypoints.customer_tables import batches_of, faults_table
from kindred_profile.entrypoints.desk import Act, Desk
from kindred_profile.entrypoints.schemas_imports import ImportMapping, ImportOut

SHOWN_FAULTS = 100
ALL_FAULTS = 200_000


class _DryRun(Exception):  # noqa: N818 - not a failure: it undoes what was only tried
    """Ends a transaction without effect."""


def imports_router(desk: Desk) -> APIRouter:
    """Importing customers from CSV."""
    router = APIRouter(prefix="/v1/imports", tags=["imports"])

    @router.post(
        "",
        status_code=201,
        summary="Import customers from a CSV file; the same file twice changes nothing",
        description="Repeat it as often as you like, also after it was interrupted: one that was finished is told again as `repeated`.",
    )
    @needs_no_key
    @accepts_up_to(LARGEST_UPLOAD)
    async def import_customers(
        principal: AccountWriter,
        cause: CauseOf,
        file: Annotated[UploadFile, File(description="CSV, UTF-8, with a heading.")],
        mapping: Annotated[str, Form(description="JSON as described by ImportMapping.")],
        dry_run: Annotated[bool, Form(description="Tell what would happen; do nothing.")] = False,
    ) -> ImportOut:
        rules, content = _mapping(mapping), await file.read()
        run = _Run(desk, principal, cause, dry_run=dry_run)
        return await run.through(rules, content)

    @router.get("/{import_id}", summary="What an import did")
    async def read_import(_: AccountWriter, import_id: UUID) -> ImportOut:
        async with desk.transactions.begin() as transaction:
            imports = desk.imports(transaction)
            found = await imports.find(import_id)
            if found is None:
                raise not_found("import")
            faults = await imports.faults(import_id, 0, SHOWN_FAULTS)
        return ImportOut.of(found, found.report, list(faults))

    @router.get(
        "/{import_id}/faults.csv",
        summary="Every row that was not taken, with the reason, as CSV",
        response_class=PlainTextResponse,
    )
    async def read_faults(_: AccountWriter, import_id: UUID) -> PlainTextResponse:
        async with desk.transactions.begin() as transaction:
            imports = desk.imports(transaction)
            if await imports.find(import_id) is None:
                raise not_found("import")
            faults = await imports.faults(import_id, 0, ALL_FAULTS)
        headers = {"Content-Disposition": 'attachment; filename="faults.csv"'}
        return PlainTextResponse(faults_table(faults), headers=headers, media_type="text/csv")

    return router


@dataclass
class _Run:
    """One import under way."""

    desk: Desk
    principal: Principal
    cause: Cause
    dry_run: bool

    async def through(self, mapping: ImportMapping, content: bytes) -> ImportOut:
        """Batch by batch, each in a transaction; an import that was finished before is not done again."""
        known = await self._begin(mapping, content)
        if known.finished and not self.dry_run:
            return ImportOut.of(known, replace(known.report, repeated=True), [])
        report, faults = Report(dry_run=self.dry_run), list[Fault]()
        for rows in batches_of(content, mapping):
            report = add_up(report, await self._batch(known, rows))
            faults += rows.faults[: SHOWN_FAULTS - len(faults)]
        async with self.desk.transactions.begin() as transaction:
            now = self.desk.clock.now()
            await self.desk.imports(transaction).finish(known.id, report, now)
        return ImportOut.of(replace(known, finished=True), report, faults)

    async def _begin(self, mapping: ImportMapping, content: bytes) -> Import:
        digest = hashlib.sha256(f"{self.dry_run}\n{mapping.model_dump_json()}\n".encode())
        digest.update(content)
        started = Import(
            self.desk.ids(),
            digest.digest(),
            mapping.source,
            Report(dry_run=self.dry_run),
            finished=False,
        )
        async with self.desk.transactions.begin() as transaction:
            imports = self.desk.imports(transaction)
            known = await imports.begin(started, self.desk.clock.now())
            if self.dry_run or not known.finished:
                await imports.forget_faults(known.id)
            act = Act("customers.import", "import", str(known.id), {"dry_run": self.dry_run})
            await self.desk.note(transaction, self.principal, act)
        return known

    async def _batch(self, known: Import, rows: Rows) -> Report:
        wrong = len(rows.faults)
        report = Report()
        try:
            async with self.desk.transactions.begin() as transaction:
                stores, now = self.desk.stores(transaction), self.desk.clock.now()
                report = await import_rows(stores, rows, self.cause, now)
                if self.dry_run:
                    raise _DryRun
                await self.desk.imports(transaction).add_faults(known.id, rows.faults)
        except _DryRun:
            async with self.desk.transactions.begin() as transaction:
                await self.desk.imports(transaction).add_faults(known.id, rows.faults)
        return replace(report, rows=report.rows + wrong, failed=len(rows.faults))


def _mapping(text: str) -> ImportMapping:
    try:
        return ImportMapping.model_validate_json(text)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
        errors = [
            FieldError(
                field=".".join(["body.mapping", *(str(part) for part in e["loc"])]),
                reason=e["msg"],
            )
            for e in found[:20]
        ]
        raise Problem(
            422, "wrong-input", "The request is not as it should be", errors=errors
        ) from None
