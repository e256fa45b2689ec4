"""What the OpenAPI document says beyond what FastAPI writes: credentials and problem documents."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import iter_route_contexts

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
    public = _public_operations(app)
    for path, operations in document.get("paths", {}).items():
        for method, operation in operations.items():
            _complete(operation, public=(path, method) in public)
    return document


def _complete(operation: Document, *, public: bool) -> None:
    problem = {
        "description": "A problem",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}},
    }
    responses = operation.setdefault("responses", {})
    if "422" in responses:
        responses["422"] = {**problem, "description": "The request is not as it should be"}
    responses.setdefault("default", problem)
    if public:
        operation["security"] = []
    else:
        responses.setdefault("401", {**problem, "description": "Credentials are missing or wrong"})
        responses.setdefault("403", {**problem, "description": "Not allowed"})


def _public_operations(app: FastAPI) -> set[tuple[str, str]]:
    return {
        (context.path_format or "", method.lower())
        for context in iter_route_contexts(app.routes)
        if isinstance(context.original_route, PublicRoute)
        for method in context.methods or ()
    }
