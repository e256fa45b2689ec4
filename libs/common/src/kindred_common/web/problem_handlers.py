"""Turns every exception of a request into a problem document, or a page for people."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from itertools import islice
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from kindred_common.security.authenticator import Unauthenticated
from kindred_common.security.signing_keys import KeysUnavailable
from kindred_common.web.auth import keys_unavailable, unauthenticated
from kindred_common.web.context import ProblemMap
from kindred_common.web.error_pages import error_page
from kindred_common.web.problems import MEDIA_TYPE, FieldError, Problem, problem_of_status
from kindred_common.web.routing import is_public
from kindred_common.web.tracing import correlation_id_of

Handler = Callable[[Request, Exception], Awaitable[Response]]

QUOTING_TYPES = frozenset({"union_tag_invalid", "json_invalid", "url_parsing", "uuid_parsing"})
"""Kinds of validation errors whose messages repeat what was sent."""

CONSTANT_TYPES = frozenset(
    {"missing", "extra_forbidden", "too_long", "too_short", "string_type", "int_type", "float_type"}
    | {"bool_type", "list_type", "tuple_type", "dict_type", "model_attributes_type"}
)
"""Kinds of validation errors whose messages hold nothing of what was sent but its length."""

LONGEST_FIELD = 200
MOST_ERRORS = 100
"""More are not told: a body of a mebibyte can hold several hundred thousand mistakes."""
MOST_TEXTS = 1000
"""Among more texts we do not look whether a message repeats one; then only the kind of the error is told."""


def install_handlers(app: FastAPI, problems: ProblemMap) -> None:
    """Registers handlers for our problems, wrong input, HTTP errors and the service's domain errors."""
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _wrong_input)
    app.add_exception_handler(Unauthenticated, _unauthenticated)
    app.add_exception_handler(KeysUnavailable, _keys_unavailable)
    for kind, (status, slug) in problems.items():
        app.add_exception_handler(kind, _domain_error(status, slug))


def respond(request: Request, problem: Problem) -> Response:
    """The problem as a page where people look, as JSON everywhere else."""
    if _for_people(request):
        return error_page(request, problem.status_code, problem.headers)
    document = problem.document(correlation_id_of(request))
    return Response(
        document.model_dump_json(exclude_none=True),
        problem.status_code,
        dict(problem.headers or {}),
        MEDIA_TYPE,
    )


def _for_people(request: Request) -> bool:
    looks = "text/html" in request.headers.get("accept", "")
    return looks and (is_public(request) or request.scope.get("route") is None)


async def _http_error(request: Request, error: Exception) -> Response:
    if isinstance(error, Problem):
        return respond(request, error)
    if isinstance(error, HTTPException):
        return respond(request, problem_of_status(error.status_code, error.headers))
    raise error


async def _unauthenticated(request: Request, error: Exception) -> Response:
    if not isinstance(error, Unauthenticated):
        raise error
    return respond(request, unauthenticated(error))


async def _keys_unavailable(request: Request, _error: Exception) -> Response:
    return respond(request, keys_unavailable())


def _domain_error(status: int, slug: str) -> Handler:
    title = slug.replace("-", " ").capitalize()

    async def handle(request: Request, error: Exception) -> Response:
        return respond(request, Problem(status, slug, title, str(error) or None))

    return handle


async def _wrong_input(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    errors = [_field_error(entry) for entry in error.errors()[:MOST_ERRORS]]
    return respond(
        request, Problem(422, "wrong-input", "The request is not as it should be", errors=errors)
    )


def _field_error(entry: Mapping[str, Any]) -> FieldError:
    field = ".".join(str(step) for step in entry["loc"])
    return FieldError(field=field[:LONGEST_FIELD], reason=_reason(entry))


def _reason(entry: Mapping[str, Any]) -> str:
    kind, message = str(entry["type"]), str(entry["msg"])
    if kind in CONSTANT_TYPES:
        return message
    if kind in QUOTING_TYPES or kind.endswith("_parsing") or _repeats(message, entry.get("input")):
        return f"Not valid: {kind.replace('_', ' ')}"
    return message


def _repeats(message: str, sent: object) -> bool:
    """Whether the message holds a text that was sent, as far as it is worth looking."""
    texts = list(islice(_texts(sent), MOST_TEXTS))
    return len(texts) == MOST_TEXTS or any(len(text) > 1 and text in message for text in texts)


def _texts(value: object) -> Iterator[str]:
    """The texts and numbers in what was sent, and an empty text for each part that holds others."""
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Mapping):
            waiting.extend(part.values())
        elif isinstance(part, list | tuple):
            waiting.extend(part)
        tells = isinstance(part, str | int | float) and not isinstance(part, bool)
        yield str(part) if tells else ""
