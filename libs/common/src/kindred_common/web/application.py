"""The one way to build a service's web application: closed, observed and documented."""

from collections.abc import Sequence

from fastapi import APIRouter, Depends, FastAPI
from fastapi.responses import JSONResponse
from starlette.middleware import Middleware

from kindred_common.web.auth import deny_by_default
from kindred_common.web.bodies import BodyLimit
from kindred_common.web.context import ProblemMap, WebContext
from kindred_common.web.middleware import LastResort, Observation, SecurityHeaders
from kindred_common.web.openapi import document_application
from kindred_common.web.pages import static_router
from kindred_common.web.probes import probes_router
from kindred_common.web.problem_handlers import install_handlers
from kindred_common.web.rate_limits import PublicBuckets
from kindred_common.web.routing import open_router


def create_application(
    context: WebContext,
    routers: Sequence[APIRouter],
    *,
    title: str,
    description: str = "",
    problems: ProblemMap | None = None,
) -> FastAPI:
    """Builds the application.

    Every route asks for a principal with a role unless it stands on a router from
    :func:`kindred_common.web.routing.public_router`. A body may be ``context.body_limit`` bytes long; a route that
    takes uploads is marked with :func:`kindred_common.web.bodies.accepts_up_to`.

    Args:
        context: what the application is and was given.
        routers: the service's routes.
        title: its name in the documentation.
        description: what it owns and does, for the documentation.
        problems: which status and problem name each domain error becomes.
    """
    app = FastAPI(
        title=title,
        version=context.version,
        description=description,
        dependencies=[Depends(deny_by_default)],
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        middleware=[
            Middleware(SecurityHeaders),
            Middleware(Observation, context=context),
            Middleware(LastResort),
            Middleware(BodyLimit, limit=context.body_limit),
        ],
    )
    app.state.kindred = context
    app.state.public_buckets = PublicBuckets(context.clock, context.public_limits)
    install_handlers(app, problems or {})
    probes = probes_router(context.metrics, context.health)
    for router in (probes, _document_router(app), static_router(), *routers):
        app.include_router(router)
    document_application(app)
    return app


def _document_router(app: FastAPI) -> APIRouter:
    router = open_router()

    @router.get("/openapi.json")
    async def openapi() -> JSONResponse:
        return JSONResponse(app.openapi())

    return router
