"""Answered surveys from files."""

import hashlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, BinaryIO
from uuid import UUID

from fastapi import APIRouter, Depends, File, Form, Request, UploadFile
from fastapi.exceptions import RequestValidationError
from fastapi.responses import StreamingResponse
from pydantic import ValidationError

from kindred_common.contracts.record import Cause
from kindred_common.security.audit import AuditEntry, record
from kindred_common.security.principals import Principal, Role
from kindred_common.web.auth import requires
from kindred_common.web.bodies import LARGEST_UPLOAD, accepts_up_to
from kindred_common.web.idempotency import needs_no_key
from kindred_common.web.problems import not_found
from kindred_common.web.tracing import cause_of
from kindred_survey.application.import_answers import IMPORTS, import_batch
from kindred_survey.application.ports import ImportRun
from kindred_survey.domain.errors import WrongMapping
from kindred_survey.domain.import_rows import ImportMapping, RowFault, check_heading
from kindred_survey.domain.mapping_rules import check_mapping
from kindred_survey.domain.survey import survey_id_of
from kindred_survey.entrypoints.csv_files import faults_csv, read_batches
from kindred_survey.entrypoints.desk import Desk
from kindred_survey.entrypoints.problems import wrong_field
from kindred_survey.entrypoints.schemas_imports import ImportView, MappingSchema

FAULTS_SHOWN = 100
FAULTS_A_PAGE = 1000
READ_BYTES = 1024 * 1024

Importer = Annotated[
    Principal,
    Depends(
        requires(Role.ADMINISTRATOR, Role.PROGRAMME_MANAGER, Role.SYSTEM, scope="imports:write")
    ),
]


@dataclass(frozen=True, slots=True)
class _Upload:
    """A file with the mapping that makes sense of it."""

    file: BinaryIO
    schema: MappingSchema
    mapping: ImportMapping
    dry: bool
    cause: Cause


def imports_router(desk: Desk) -> APIRouter:
    """Imports and their faults."""
    router = APIRouter(prefix="/v1/imports", tags=["imports"])
    _uploading(router, desk)
    _looking(router, desk)
    return router


def _uploading(router: APIRouter, desk: Desk) -> None:
    @router.post(
        "",
        status_code=201,
        summary="Import answered surveys; the same file with the same mapping counts once",
        description="Repeat it as often as you like, also after it was interrupted: rows that were taken are told as unchanged.",
    )
    @needs_no_key
    @accepts_up_to(LARGEST_UPLOAD)
    async def post_import(
        request: Request,
        principal: Importer,
        file: Annotated[UploadFile, File(description="CSV in UTF-8, at most 20 MiB.")],
        mapping: Annotated[str, Form(description="A MappingSchema as JSON.", max_length=200_000)],
        dry_run: Annotated[bool, Form(description="Only say what would happen.")] = False,
    ) -> ImportView:
        schema = _schema(mapping)
        meant = schema.to_domain(desk.clock.now())
        upload = _Upload(file.file, schema, meant, dry_run, cause_of(request))
        try:
            check_mapping(upload.mapping)
            run = await _run(desk, upload, principal)
        except WrongMapping as fault:
            title = "The mapping does not fit the file"
            raise wrong_field("wrong-mapping", title, fault, "body") from None
        return await _view(desk, run)


def _looking(router: APIRouter, desk: Desk) -> None:
    @router.get("/{import_id}", summary="What came of an import")
    async def get_import(_: Importer, import_id: UUID) -> ImportView:
        return await _view(desk, await _find(desk, import_id))

    @router.get(
        "/{import_id}/faults.csv",
        response_class=StreamingResponse,
        summary="Every row that was not taken, with the reason",
    )
    async def get_faults(_: Importer, import_id: UUID) -> StreamingResponse:
        run = await _find(desk, import_id)
        headers = {"Content-Disposition": f'attachment; filename="faults-{run.id}.csv"'}
        return StreamingResponse(
            faults_csv(_fault_pages(desk, run.id)), media_type="text/csv", headers=headers
        )


async def _run(desk: Desk, upload: _Upload, principal: Principal) -> ImportRun:
    """Takes the file in batches, a transaction each: what was taken stays when a later batch fails."""
    run = ImportRun(
        id=desk.ids(),
        fingerprint=_fingerprint(upload),
        name=upload.schema.name,
        survey_id=survey_id_of(IMPORTS, upload.schema.name),
        dry=upload.dry,
        started_at=desk.clock.now(),
    )
    batches = read_batches(upload.file, upload.schema.delimiter)
    for number, batch in enumerate(batches):
        if number == 0:
            check_heading(upload.mapping, batch.heading)
            await _begin(desk, run, principal)
        async with desk.transactions.begin() as transaction:
            run = await import_batch(
                desk.open(transaction), run, upload.mapping, batch, upload.cause, desk.clock.now()
            )
    run = replace(run, finished_at=desk.clock.now())
    async with desk.transactions.begin() as transaction:
        await desk.open(transaction).imports.save(run)
    return run


async def _begin(desk: Desk, run: ImportRun, principal: Principal) -> None:
    async with desk.transactions.begin() as transaction:
        await desk.open(transaction).imports.begin(run)
        entry = AuditEntry(
            desk.ids(),
            run.started_at,
            principal.subject,
            "answers.import",
            "import",
            str(run.id),
            {"dry": run.dry},
        )
        await record(transaction.connection, entry)


def _fingerprint(upload: _Upload) -> bytes:
    """Stands for the file and what it was taken to mean: with a corrected mapping it is read anew."""
    digest = hashlib.sha256(upload.schema.model_dump_json().encode() + b"\n")
    while chunk := upload.file.read(READ_BYTES):
        digest.update(chunk)
    upload.file.seek(0)
    return digest.digest()


def _schema(mapping: str) -> MappingSchema:
    try:
        return MappingSchema.model_validate_json(mapping)
    except ValidationError as error:
        faults = [{**e, "loc": ("body", "mapping", *e["loc"])} for e in error.errors()]
        raise RequestValidationError(faults) from None


async def _find(desk: Desk, import_id: UUID) -> ImportRun:
    async with desk.transactions.begin() as transaction:
        run = await desk.open(transaction).imports.find(import_id)
    if run is None:
        raise not_found("import")
    return run


async def _view(desk: Desk, run: ImportRun) -> ImportView:
    async with desk.transactions.begin() as transaction:
        faults = await desk.open(transaction).imports.faults(run.id, 0, FAULTS_SHOWN)
    return ImportView.of(run, [*faults])


async def _fault_pages(desk: Desk, import_id: UUID) -> AsyncIterator[Sequence[RowFault]]:
    after = 0
    while True:
        async with desk.transactions.begin() as transaction:
            imports = desk.open(transaction).imports
            faults = await imports.faults(import_id, after, FAULTS_A_PAGE)
        if not faults:
            return
        yield faults
        after = faults[-1].row
