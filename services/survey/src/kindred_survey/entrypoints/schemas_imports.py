"""How answered surveys in a file are to be read, and what came of it."""

import re
from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictFloat,
    StringConstraints,
    model_validator,
)
from pydantic.config import JsonDict

from kindred_common.contracts.moment import Moment
from kindred_common.contracts.record import SourceName
from kindred_survey.application.ports import ImportRun
from kindred_survey.domain.import_rows import ImportMapping, MappedColumn, RowFault
from kindred_survey.domain.questions import QuestionKind

Heading = Annotated[str, StringConstraints(min_length=1, max_length=200)]

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def _first_moment(at: object) -> object:
    return f"{at}T00:00:00Z" if isinstance(at, str) and _DAY.fullmatch(at) else at


MomentOrDay = Annotated[Moment, BeforeValidator(_first_moment)]

EXAMPLE: JsonDict = {
    "name": "young-people-survey",
    "answered_at": "2013-05-01T12:00:00Z",
    "columns": {
        "Opera": {
            "question_id": "opera",
            "kind": "interest",
            "theme": "opera",
            "scale_min": 1,
            "scale_max": 5,
        },
        "Recommend": {"question_id": "recommend", "kind": "nps"},
        "Manner": {
            "question_id": "manner",
            "kind": "preference",
            "aspect": "manner",
            "values": {"by phone": "phone", "by mail": "email", "no wish": ""},
        },
    },
}


class ColumnSchema(BaseModel):
    """What the cells of one column answer.

    Cells hold a number on the scale, or a choice as in the survey's answers; ``values`` translates cells that hold
    something else, and by an empty translation ignores them. Empty cells are no answers.
    """

    model_config = ConfigDict(extra="forbid")

    question_id: str = Field(min_length=1, max_length=100)
    kind: QuestionKind
    theme: str | None = Field(default=None, max_length=60, description="Of an interest.")
    aspect: str | None = Field(
        default=None, max_length=60, description="The event kind or preference."
    )
    scale_min: StrictFloat = Field(default=0.0, allow_inf_nan=False)
    scale_max: StrictFloat = Field(
        default=10.0, allow_inf_nan=False, description="0 to 10 for nps; what the file uses else."
    )
    values: dict[str, str] = Field(default_factory=dict, max_length=100)

    def to_domain(self) -> MappedColumn:
        is_preference = self.kind is QuestionKind.PREFERENCE
        return MappedColumn(
            question_id=self.question_id,
            kind=self.kind,
            theme=self.theme,
            aspect=self.aspect,
            scale_min=0.0 if is_preference else self.scale_min,
            scale_max=0.0 if is_preference else self.scale_max,
            values=self.values,
        )


class CustomerSchema(BaseModel):
    """Who the person of a row is: the one whom ``source`` calls by the cell in ``column``.

    His customer id is the UUIDv5 of source and cell, as for every source. Without ``column`` the row's number stands in
    for the cell (1 for the first row below the heading), without ``source`` the import's name for the source.
    """

    model_config = ConfigDict(extra="forbid")

    source: SourceName | None = None
    column: Heading | None = None


class MappingSchema(BaseModel):
    """What a CSV file of answered surveys means: one row a person, columns by their heading; others are ignored.

    ``name`` names the survey for ever. When people answered stands in ``answered_at_column`` (ISO 8601, UTC if it names no
    zone), or is ``answered_at`` for all, or now.
    """

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    name: SourceName
    customer: CustomerSchema = CustomerSchema()
    columns: dict[Heading, ColumnSchema] = Field(min_length=1, max_length=500)
    answered_at: MomentOrDay | None = Field(
        default=None, description="A time with its zone, or a day: then its first moment in UTC."
    )
    answered_at_column: Heading | None = None
    delimiter: str = Field(default=",", min_length=1, max_length=1)

    @model_validator(mode="after")
    def _one_time(self) -> Self:
        if self.answered_at is not None and self.answered_at_column is not None:
            raise ValueError("give answered_at or answered_at_column, not both")
        return self

    def to_domain(self, now: datetime) -> ImportMapping:
        return ImportMapping(
            customer_source=self.customer.source or self.name,
            customer_column=self.customer.column,
            columns={name: column.to_domain() for name, column in self.columns.items()},
            answered_at=min(self.answered_at, now) if self.answered_at else now,
            answered_at_column=self.answered_at_column,
        )


class FaultView(BaseModel):
    """Why a row was not taken. The cell is not repeated."""

    model_config = ConfigDict(from_attributes=True)

    row: int = Field(description="Counted from 1 below the heading.")
    column: str
    reason: str

    @classmethod
    def of(cls, fault: RowFault) -> Self:
        return cls.model_validate(fault)


class ImportView(BaseModel):
    """What came of an import. `unchanged` rows were taken in before; `empty` ones answer nothing."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "id": "0198a6c2-7d10-7c55-9a3e-2f4f1f0e8ab1",
                    "name": "young-people-survey",
                    "survey_id": "0198a6c2-7d10-7c55-9a3e-2f4f1f0e8a51",
                    "dry": False,
                    "rows": 1010,
                    "imported": 1008,
                    "unchanged": 0,
                    "empty": 1,
                    "failed": 1,
                    "answers": 60213,
                    "started_at": "2026-03-02T09:00:00Z",
                    "finished_at": "2026-03-02T09:00:11Z",
                    "faults": [{"row": 17, "column": "Opera", "reason": "is not a number"}],
                    "faults_file": "/v1/imports/0198a6c2-7d10-7c55-9a3e-2f4f1f0e8ab1/faults.csv",
                }
            ]
        },
    )

    id: UUID
    name: str
    survey_id: UUID
    dry: bool = Field(description="Nothing was taken in; the counts say what would be.")
    rows: int
    imported: int
    unchanged: int
    empty: int
    failed: int
    answers: int
    started_at: datetime
    finished_at: datetime | None
    faults: list[FaultView] = Field(default_factory=list, description="The first of them.")
    faults_file: str | None = Field(default=None, description="All faults as CSV.")

    @classmethod
    def of(cls, run: ImportRun, faults: list[RowFault]) -> Self:
        view = cls.model_validate(run)
        return view.model_copy(
            update={
                "faults": [FaultView.of(fault) for fault in faults],
                "faults_file": f"/v1/imports/{run.id}/faults.csv" if faults else None,
            }
        )
