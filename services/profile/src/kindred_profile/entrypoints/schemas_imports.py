"""What the API takes and gives about imports."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from kindred_common.contracts.record import ExternalId, SourceName
from kindred_profile.application.import_customers import Import, Report
from kindred_profile.domain.import_rules import Column, Cycle, Fault, Rule, Template
from kindred_profile.entrypoints.schemas import AccountBody

Text = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]*$")]


class RuleBody(BaseModel):
    """Where the value of a field comes from: exactly one of ``column``, ``value``, ``template`` and ``cycle``.

    ``values`` translates what stands in the column. In a template ``{row}`` is the number of the row, counted from 1 below
    the heading, and ``{Name}`` the value in that column. ``cycle`` gives its values in turn, one a row.
    """

    model_config = ConfigDict(extra="forbid")

    column: Text | None = None
    values: dict[Text, Text] = Field(default_factory=dict, max_length=500)
    value: Text | None = None
    template: Text | None = None
    cycle: list[Text] | None = Field(default=None, min_length=1, max_length=1000)

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        sources = (self.column, self.value, self.template, self.cycle)
        if sum(source is not None for source in sources) != 1:
            raise ValueError("give exactly one of column, value, template and cycle")
        return self

    def to_rule(self) -> Rule:
        if self.column is not None:
            return Column(self.column, self.values)
        if self.template is not None:
            return Template(self.template)
        return Cycle(tuple(self.cycle or [self.value or ""]))


class ImportedAccount(AccountBody):
    """An account that the import brings along, under the name that its rows use."""

    external_id: ExternalId


class FieldRules(BaseModel):
    """The rules for the fields of a customer; ``external_id`` is the number of the row when no rule says otherwise."""

    model_config = ConfigDict(extra="forbid")

    external_id: RuleBody = RuleBody(template="{row}")
    given_name: RuleBody
    family_name: RuleBody
    account_external_id: RuleBody | None = None
    email: RuleBody | None = None
    phone: RuleBody | None = None
    language: RuleBody | None = None
    formal: RuleBody | None = None
    buying_role: RuleBody | None = None
    legal_ground: RuleBody | None = None
    manner: RuleBody | None = None
    latitude: RuleBody | None = None
    longitude: RuleBody | None = None
    max_distance_km: RuleBody | None = None
    norm_max_value: RuleBody | None = None
    norm_business_only: RuleBody | None = None
    birth_year: RuleBody | None = None


class ImportMapping(BaseModel):
    """What a table of customers means.

    ``source`` names the import: with the external id it decides the id of each customer, so that the same person keeps
    it in every import of this name.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "source": "young-people",
                    "accounts": [{"external_id": "demo", "name": "Voorbeeld BV"}],
                    "fields": {
                        "given_name": {"value": "Respondent"},
                        "family_name": {"template": "{row}"},
                        "email": {"template": "respondent-{row}@example.com"},
                        "account_external_id": {"value": "demo"},
                        "legal_ground": {"value": "existing_relation"},
                    },
                }
            ]
        },
    )

    source: SourceName
    delimiter: Annotated[str, StringConstraints(min_length=1, max_length=1)] = ","
    accounts: list[ImportedAccount] = Field(default_factory=list, max_length=1000)
    fields: FieldRules

    def rules(self) -> dict[str, Rule]:
        """The rules by field."""
        bodies = {name: getattr(self.fields, name) for name in FieldRules.model_fields}
        return {name: body.to_rule() for name, body in bodies.items() if body is not None}


class FaultOut(BaseModel):
    """Why a row was not taken; rows count from 1 below the heading."""

    row: int
    field: str
    reason: str

    @classmethod
    def of(cls, fault: Fault) -> Self:
        return cls(row=fault.row, field=fault.field, reason=fault.reason)


class ImportOut(BaseModel):
    """What an import did, or would do; the first faults, all of them at ``/v1/imports/{id}/faults.csv``."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "0198a6c2-7d10-7c55-9a3e-2f4f1f0e8ab1",
                    "source": "young-people",
                    "finished": True,
                    "dry_run": False,
                    "repeated": False,
                    "rows": 1010,
                    "created": 1009,
                    "updated": 0,
                    "unchanged": 0,
                    "failed": 1,
                    "faults": [{"row": 17, "field": "email", "reason": "is not an address"}],
                }
            ]
        }
    )

    id: UUID
    source: str
    finished: bool
    dry_run: bool
    repeated: bool = Field(description="It was done before; nothing was done now.")
    rows: int
    created: int
    updated: int
    unchanged: int
    failed: int
    faults: list[FaultOut]

    @classmethod
    def of(cls, done: Import, report: Report, faults: list[Fault]) -> Self:
        return cls(
            id=done.id,
            source=done.name,
            finished=done.finished,
            dry_run=report.dry_run,
            repeated=report.repeated,
            rows=report.rows,
            created=report.created,
            updated=report.updated,
            unchanged=report.unchanged,
            failed=report.failed,
            faults=[FaultOut.of(fault) for fault in faults],
        )
