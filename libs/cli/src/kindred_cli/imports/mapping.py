"""One mapping for a file of answered surveys with the people who answered: a part for each service that takes it."""

from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kindred_cli.errors import CommandError
from kindred_common.contracts.record import SourceName, Theme

JSON = dict[str, Any]
SHIPPED = files("kindred_cli.imports") / "mappings"


class ColumnPart(BaseModel):
    """What we need to know ourselves of a column; the survey service reads the rest."""

    model_config = ConfigDict(extra="allow", frozen=True)

    kind: str
    theme: Theme | None = None
    values: Mapping[str, str] = Field(default_factory=dict)


class AnswersPart(BaseModel):
    """The survey service's mapping (MappingSchema of its API) without name, customer and delimiter."""

    model_config = ConfigDict(extra="allow", frozen=True)

    columns: Mapping[str, ColumnPart]


class FileMapping(BaseModel):
    """What a file of answered surveys means.

    ``name`` names the import for ever: with the id of a row it decides whose row it is, on both sides. The id is the cell
    in ``id_column``, or the number of the row, counted from 1 below the heading. ``customers`` is profile's mapping
    (ImportMapping of its API) without source and delimiter.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: SourceName
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    id_column: str | None = None
    customers: JSON
    answers: AnswersPart

    @classmethod
    def read(cls, path_or_name: str) -> Self:
        """The mapping in a file, or one that comes with Kindred.

        Raises:
            CommandError: there is none, or it is not right.
        """
        try:
            return cls.model_validate_json(_content(path_or_name))
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            place = ".".join(str(part) for part in first["loc"]) or "it"
            raise CommandError(f"the mapping {path_or_name}: {place}: {first['msg']}") from error

    def of_customers(self) -> JSON:
        """What profile is told."""
        fields: JSON = dict(self.customers.get("fields", {}))
        if self.id_column is not None:
            fields["external_id"] = {"column": self.id_column}
        own = {"source": self.name, "delimiter": self.delimiter, "fields": fields}
        return self.customers | own

    def of_answers(self) -> JSON:
        """What survey is told."""
        customer = {} if self.id_column is None else {"column": self.id_column}
        own = {"name": self.name, "delimiter": self.delimiter, "customer": customer}
        return self.answers.model_dump(exclude_unset=True) | own


def shipped() -> Sequence[str]:
    """The names of the mappings that come with Kindred."""
    return sorted(one.name.removesuffix(".json") for one in SHIPPED.iterdir())


def _content(path_or_name: str) -> bytes:
    if path_or_name in shipped():
        return (SHIPPED / f"{path_or_name}.json").read_bytes()
    try:
        return Path(path_or_name).read_bytes()
    except OSError as error:
        names = ", ".join(shipped())
        raise CommandError(
            f"the mapping {path_or_name} cannot be read: {error.strerror} (with Kindred come: {names})"
        ) from error
