"""Public routes, told from all others by their class, so that everything else can be closed."""

from fastapi import APIRouter, Depends, FastAPI
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from starlette.requests import HTTPConnection
from starlette.types import Scope

from kindred_common.web.rate_limits import limited

UNMATCHED = "unmatched"


class PublicRoute(APIRoute):
    """A route that needs no credentials."""


def public_router(prefix: str = "", *, in_schema: bool = False) -> APIRouter:
    """A router whose routes anybody may call, as often as the limits allow: pages behind personal links."""
    return APIRouter(
        prefix=prefix,
        route_class=PublicRoute,
        dependencies=[Depends(limited)],
        include_in_schema=in_schema,
    )


def open_router(prefix: str = "") -> APIRouter:
    """A public router without limits, for probes and style sheets."""
    return APIRouter(prefix=prefix, route_class=PublicRoute, include_in_schema=False)


def is_public(request: HTTPConnection) -> bool:
    """Whether the request matched a route that needs no credentials."""
    return isinstance(request.scope.get("route"), PublicRoute)


def unprotected_routes(app: FastAPI) -> list[str]:
    """Every route that can be called without credentials, as ``GET /path``: tests compare it with what is meant."""
    return sorted(
        f"{method} {context.path_format or context.path}"
        for context in iter_route_contexts(app.routes)
        if not _closed(context)
        for method in sorted(context.methods or {"ANY"})
    )


def _closed(context: RouteContext) -> bool:
    route = context.original_route
    return isinstance(route, APIRoute) and not isinstance(route, PublicRoute)


class RouteTemplates:
    """Finds the template (``/v1/customers/{id}``) of the route that a request matched."""

    def __init__(self) -> None:
        self._templates: dict[int, str] = {}

    def of(self, scope: Scope) -> str:
        route = scope.get("route")
        if route is None:
            return UNMATCHED
        if id(route) not in self._templates:
            self._learn(scope["app"])
        return self._templates.get(id(route), UNMATCHED)

    def _learn(self, app: FastAPI) -> None:
        for context in iter_route_contexts(app.routes):
            self._templates[id(context.original_route)] = context.path_format or UNMATCHED
