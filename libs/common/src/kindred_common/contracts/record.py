"""What every record on a topic has in common."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, StrictFloat, StringConstraints

Theme = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
"""A subject of interest, by the name of its place in the theme taxonomy: ``classical-music``."""

SourceName = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9]+([-_.][a-z0-9]+)*$", max_length=60)
]
"""The name under which another system publishes."""

ExternalId = Annotated[str, StringConstraints(min_length=1, max_length=200)]
"""A thing's identifier in the system it comes from."""

BirthYear = Annotated[int, Field(ge=1900, le=2100)]
"""The year in which somebody was born: all of his birthday that a minimum age needs."""

MinimumAge = Annotated[int, Field(ge=0, le=100)]
"""The age that a guest has reached; 0 is none."""

Fraction = Annotated[StrictFloat, Field(ge=0.0, le=1.0, allow_inf_nan=False)]


class Part(BaseModel):
    """A value inside a record. Consumers ignore fields they do not know, so producers may add optional ones.

    Numbers are finite: JSON knows no others, and what is written must be readable.
    """

    model_config = ConfigDict(
        frozen=True, extra="ignore", use_enum_values=False, allow_inf_nan=False
    )


class Record(Part):
    """The body of one record; a subclass names its type once and for ever.

    ``record_type`` ends in a version. Fields may be added when they are optional; anything else is a new type.
    """

    record_type: ClassVar[str]

    def to_json(self) -> bytes:
        return self.model_dump_json().encode()

    @classmethod
    def from_json(cls, body: bytes) -> Self:
        """Reads a body as its JSON Schema says: a number in quotes is no number.

        Raises:
            pydantic.ValidationError: it does not fit.
        """
        return cls.model_validate_json(body, strict=True)


@dataclass(frozen=True, slots=True)
class Cause:
    """What led to a record, so that any result can be followed back to its first cause.

    ``correlation_id`` is shared by all that follows from one first cause. ``causation_id`` is the id of the record
    directly before, or None at the start of a chain. ``traceparent`` is the W3C trace context.
    """

    correlation_id: str
    causation_id: str | None = None
    traceparent: str | None = None
