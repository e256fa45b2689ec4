"""Which problem each fault of a request becomes."""

from kindred_common.web.context import ProblemMap
from kindred_common.web.problems import FieldError, Problem
from kindred_survey.domain.errors import (
    NothingToPublish,
    NotPublished,
    StaleRevision,
    UnknownCustomer,
    UnknownSurvey,
    WrongFieldError,
)

PROBLEMS: ProblemMap = {
    UnknownSurvey: (404, "unknown-survey"),
    UnknownCustomer: (404, "unknown-customer"),
    NotPublished: (409, "not-published"),
    NothingToPublish: (409, "nothing-to-publish"),
    StaleRevision: (412, "precondition-failed"),
}


def wrong_field(slug: str, title: str, fault: WrongFieldError, under: str) -> Problem:
    """422 that names the field; ``under`` is where in the request it stands."""
    error = FieldError(field=f"{under}.{fault.field}", reason=fault.reason)
    return Problem(422, slug, title, errors=[error])


def wrong_answer(field: str, reason: str) -> Problem:
    """422 for an answer that the survey's version does not allow."""
    error = FieldError(field=field, reason=reason)
    title = "The survey does not allow this answer"
    return Problem(422, "wrong-answer", title, errors=[error])
