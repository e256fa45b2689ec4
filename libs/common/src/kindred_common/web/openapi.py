"""What the OpenAPI document says beyond what FastAPI writes: credentials and problem documents."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import RouteContext, iter_route_contexts

from kindred_common.web.auth import requirement_of
from kindred_common.web.idempotency import takes_key
from kindred_common.web.problems import MEDIA_TYPE, ProblemDocument
from kindred_common.web.routing import PublicRoute

SCHEMES = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "A token of the identity provider; in the default set-up `kindred token --role ...`.",
    },
    "apiKey": {
        "type": "apiKey",
        "in": "header",
        "name": "X-API-Key",
        "description": "For other systems: a key with scopes.",
    },
}

IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
    "description": "Repeat the request with the same key as often as you like: it has one effect, and within 48 hours "
    "the same answer.",
}

Document = dict[str, Any]


def document_application(app: FastAPI) -> None:
    """Replaces the application's OpenAPI document by a complete one, made when it is first asked for."""

    def openapi() -> Document:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign] # the way FastAPI documents


def _document(app: FastAPI) -> Document:
    document = get_openapi(
        title=app.title,
        version=app.version,
        openapi_version=app.openapi_version,
        description=app.description,
        routes=app.routes,
    )
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    own = ProblemDocument.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(own.pop("$defs"))
    schemas["ProblemDocument"] = own
    components["securitySchemes"] = SCHEMES
    document["security"] = [{name: []} for name in SCHEMES]
    for context in iter_route_contexts(app.routes):
        for method in context.methods or ():
            operation = document["paths"].get(context.path_format, {}).get(method.lower())
            if operation is not None:
                _complete(operation, method, context)
    return document


def _complete(operation: Document, method: str, context: RouteContext) -> None:
    public = isinstance(context.original_route, PublicRoute)
    _tell_responses(operation, public=public)
    if public:
        operation["security"] = []
        return
    if method == "POST" and takes_key(getattr(context.original_route, "endpoint", None)):
        operation.setdefault("parameters", []).append(IDEMPOTENCY_KEY)
    requirement = requirement_of(context)
    if requirement is not None:
        told = [operation.get("description", ""), requirement.in_words()]
        operation["description"] = "\n\n".join(text for text in told if text)


def _tell_responses(operation: Document, *, public: bool) -> None:
    problem = {
        "description": "A problem",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}},
    }
    responses = operation.setdefault("responses", {})
    if "422" in responses:
        responses["422"] = {**problem, "description": "The request is not as it should be"}
    responses.setdefault("default", problem)
    if not public:
        responses.setdefault("401", {**problem, "description": "Credentials are missing or wrong"})
        responses.setdefault("403", {**problem, "description": "Not allowed"})
