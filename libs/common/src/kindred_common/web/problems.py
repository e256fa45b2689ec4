"""Errors as RFC 9457 problem documents: a status, a name that stays, and what is wrong with which field."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

TYPE_PREFIX = "urn:kindred:problem:"
MEDIA_TYPE = "application/problem+json"


class FieldError(BaseModel):
    """What is wrong with one field; the reason never repeats what was sent."""

    field: str = Field(examples=["body.starts_at"])
    reason: str = Field(examples=["Field required"])


class ProblemDocument(BaseModel):
    """The body of every error answer (RFC 9457)."""

    type: str = Field(examples=[TYPE_PREFIX + "not-found"])
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str | None = None
    errors: list[FieldError] | None = None
    correlation_id: str | None = Field(
        default=None, description="Quote this when you ask for help; our logs carry it."
    )


class Problem(HTTPException):
    """An error answer; raise it anywhere in a request.

    ``slug`` names the kind of problem for ever, ``detail`` tells this case without repeating personal data.
    """

    def __init__(
        self,
        status: int,
        slug: str,
        title: str,
        detail: str | None = None,
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status, title, dict(headers or {}))
        self.slug = slug
        self.title = title
        self.explanation = detail
        self.errors = tuple(errors)

    def document(self, correlation_id: str | None = None) -> ProblemDocument:
        return ProblemDocument(
            type=TYPE_PREFIX + self.slug,
            title=self.title,
            status=self.status_code,
            detail=self.explanation,
            errors=list(self.errors) or None,
            correlation_id=correlation_id,
        )


def problem_of_status(status: int, headers: Mapping[str, str] | None = None) -> Problem:
    """The problem that says no more than its status."""
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = "Error"
    return Problem(status, phrase.lower().replace(" ", "-"), phrase, headers=headers)


def not_found(what: str) -> Problem:
    """404 for a thing that does not exist or may not be seen: the answer is the same for both."""
    return Problem(404, "not-found", f"There is no such {what}")


def conflict(slug: str, title: str, detail: str | None = None) -> Problem:
    """409 for what the present state does not allow."""
    return Problem(409, slug, title, detail)
